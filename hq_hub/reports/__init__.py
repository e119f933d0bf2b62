"""Read-only questions: SELECT and nothing else."""
