"""Real programs and broken lines; `python -m tests.processes` runs them for longer."""
