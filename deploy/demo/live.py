"""The demo with people: three stores with screens, scanners and trade until Ctrl-C."""

from __future__ import annotations

import argparse


def run_live(options: argparse.Namespace) -> int:
    raise NotImplementedError(options)
