"""Becomes a program that ends with the demo, even when the demo is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies. It survives exec."""


def main() -> None:
    """Tie this process to its parent, then become the program: arguments are PID COMMAND..."""
    parent_pid, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent_pid):
        sys.exit(1)  # It died before it could be asked to tell us.
    os.execvp(arguments[0], arguments)  # noqa: S606 - the demo's own list, and no shell is wanted


if __name__ == "__main__":
    main()
