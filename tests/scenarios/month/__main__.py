"""Play a month: `python -m tests.scenarios.month --stores 20 --days 30 [--database postgresql]`."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import pathlib
import sys
import tempfile
import time

from deploy.postgresql.cluster import run_cluster
from tests.scenarios.month.chain import HubFiles, PostgresqlFiles, SqliteFiles
from tests.scenarios.month.script import Plan, play_month


def main() -> int:
    """Play, print one line of JSON; 0 only if everything agrees."""
    parser = argparse.ArgumentParser(prog="month", description=__doc__)
    parser.add_argument("--stores", type=int, default=20)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    wish = parser.parse_args()
    began_s = time.monotonic()
    with contextlib.ExitStack() as parts:
        folder = pathlib.Path(parts.enter_context(tempfile.TemporaryDirectory()))
        files: HubFiles = SqliteFiles(folder)
        if wish.database == "postgresql":
            files = PostgresqlFiles(parts.enter_context(run_cluster(is_durable=False)))
        figures = play_month(Plan(wish.stores, wish.days, wish.seed), folder, files)
    line = dataclasses.asdict(figures) | {
        "ok": figures.is_right,
        "kinds": sorted(kind.value for kind in figures.kinds),
        "cases": sorted(figures.cases),
        "seconds": round(time.monotonic() - began_s, 1),
    }
    print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - this is its answer
    return 0 if figures.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
