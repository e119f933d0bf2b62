"""Command line of the power cuts: exit 0 only if nothing was lost, altered or stalled."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from tests.power_cuts import rot
from tests.power_cuts.campaign import run

LIES_PERCENT = 30


def main() -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.power_cuts", description=__doc__)
    parser.add_argument("--cuts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--flips", type=int, default=0, help="bits to turn at rest, one at a time")
    parser.add_argument("--lies", type=int, default=0, help="cuts with 30 %% of the syncs left out")
    parser.add_argument("--json", action="store_true", help="one line on stdout")
    parsed = parser.parse_args()
    tally = run(parsed.cuts, parsed.seed)
    found = dataclasses.asdict(tally)
    if parsed.flips:
        files = rot.make_day_files(parsed.seed)
        found["rot"] = dataclasses.asdict(rot.flip_bits(files, parsed.flips, parsed.seed))
    if parsed.lies:
        lies = rot.lie_about_syncs(parsed.lies, LIES_PERCENT, parsed.seed)
        found["lies"] = dataclasses.asdict(lies)
    for name, value in found.items():
        print(f"{name:16} {value}", file=sys.stderr)
    if parsed.json:
        print(json.dumps(found))
    return 1 if tally.lost or tally.altered or tally.stalled else 0


if __name__ == "__main__":
    sys.exit(main())
