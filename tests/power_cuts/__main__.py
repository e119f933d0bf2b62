"""Command line of the power cuts: exit 0 only if nothing was lost, altered or stalled."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from tests.power_cuts.campaign import run


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.power_cuts", description=__doc__)
    parser.add_argument("--cuts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line on stdout")
    parsed = parser.parse_args()
    tally = run(parsed.cuts, parsed.seed)
    for name, value in dataclasses.asdict(tally).items():
        print(f"{name:14} {value}", file=sys.stderr)
    if parsed.json:
        print(json.dumps(dataclasses.asdict(tally)))
    return 1 if tally.lost or tally.altered or tally.stalled else 0


if __name__ == "__main__":
    sys.exit(main())
