"""`python -m deploy.postgresql COMMAND...`: runs a command with a PostgreSQL of its own.

Such as `python -m deploy.postgresql scripts/demo --headless --json`.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from deploy.postgresql.cluster import find_programs, run_cluster
from hq_hub.config import DATABASE_VARIABLE

DATABASE = "hub"
EXIT_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.postgresql",
        description=f"Start a PostgreSQL server, run a command with {DATABASE_VARIABLE} set to an"
        " empty database of it, then throw the server away.",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="such as scripts/demo --headless")
    command: list[str] = parser.parse_args(arguments).command
    if not command:
        parser.error("which command?")
    if find_programs() is None:
        print("No PostgreSQL server is installed (Debian package postgresql).", file=sys.stderr)
        return EXIT_REFUSED
    with run_cluster() as cluster:
        environment = os.environ | {DATABASE_VARIABLE: cluster.create_database(DATABASE)}
        signal.signal(signal.SIGINT, lambda *_: None)  # For the command; we clean up after it.
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
