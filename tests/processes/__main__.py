"""Runs real programs under faults for minutes or hours: `python -m tests.processes --help`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import pathlib
import sys
import tempfile

from tests.processes.chain_run import Wish
from tests.processes.play import play

PAUSE_S = 0.25
"""Between two customers: four baskets a second and store, a chain's busiest hour."""


def tell(text: str) -> None:
    """Show a line on the way."""
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """Run one chain; 0 when nothing was lost, doubled or altered."""
    parser = argparse.ArgumentParser(prog="python -m tests.processes", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="of trade; hours are a soak")
    parser.add_argument("--seed", type=int, default=1, help="of trade and faults")
    parser.add_argument("--stores", type=int, default=3)
    parser.add_argument(
        "--transport", action="append", choices=("mqtt", "grpc"), help="default: both"
    )
    parser.add_argument(
        "--backlog", type=int, default=0, help="baskets a store sold without a line"
    )
    parser.add_argument("--flood", type=int, default=0, help="idle connections to HTTP and to gRPC")
    parser.add_argument("--calm", action="store_true", help="kill nothing and break no line")
    parser.add_argument("--json", action="store_true", help="one line on stdout")
    parser.add_argument("--data", type=pathlib.Path, help="keep the files here")
    parsed = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    wish = Wish(
        stores=parsed.stores,
        baskets=max(1, int(parsed.minutes * 60 / PAUSE_S)),
        seed=parsed.seed,
        transports=tuple(parsed.transport or ("mqtt", "grpc")),
        pause_s=PAUSE_S,
        backlog=parsed.backlog,
        flood=parsed.flood,
        is_calm=parsed.calm,
    )
    with tempfile.TemporaryDirectory(prefix="liushui-") as folder:
        root = parsed.data or pathlib.Path(folder)
        report = play(root / "run", wish, tell)
    found = {"ok": not report.verdict.faults, **dataclasses.asdict(report)}
    sys.stdout.write(
        json.dumps(found, ensure_ascii=False, indent=None if parsed.json else 1) + "\n"
    )
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
