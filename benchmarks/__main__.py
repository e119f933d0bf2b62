"""`scripts/bench`: runs one benchmark, or each in a process of its own."""

from __future__ import annotations

import argparse
import importlib
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

from benchmarks.measure import Figures, describe_machine, to_json, to_table

MODULES = {
    "box-commit": "benchmarks.box_commit",
    "hub-apply": "benchmarks.hub_apply",
    "hub-apply-postgresql": "benchmarks.hub_apply_postgresql",
    "sync": "benchmarks.sync",
    "parsers": "benchmarks.parsers",
    "labels": "benchmarks.labels",
    "scan": "benchmarks.scan",
    "register": "benchmarks.register",
    "chain-year": "benchmarks.chain_year",
}
DESCRIPTION = """\
What Liushui is fast at, each beside its physical limit in the same rounds.
A ratio is only worth something on a quiet machine: look at load_average."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run benchmarks; 1 when one of several failed."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", choices=MODULES, help="default: all, one by one")
    parser.add_argument("--json", action="store_true", help="one line of JSON a benchmark")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        help="on the disk to measure (default: a temporary one)",
    )
    parser.add_argument("--stores", type=int, help="chain-year: of so many stores, the largest")
    parser.add_argument("--baskets", type=int, help="chain-year: so many in all, the earliest")
    options = parser.parse_args(arguments)
    if options.name is None:
        return run_each(sys.argv[1:] if arguments is None else arguments)
    sizes = {"stores_max": options.stores, "baskets_max": options.baskets}
    given = {name: size for name, size in sizes.items() if size is not None}
    if given and options.name != "chain-year":
        parser.error("--stores and --baskets are for chain-year")
    with tempfile.TemporaryDirectory(prefix="liushui-bench-", dir=options.folder) as folder:
        text = measure(options.name, pathlib.Path(folder), given)
    print(text if options.json else to_table(text), flush=True)
    return 0


def run_each(arguments: Sequence[str]) -> int:
    """Run every benchmark in its own process, so that peak memory is its own."""
    codes = [
        subprocess.run(
            [sys.executable, "-m", "benchmarks", name, *arguments], check=False
        ).returncode
        for name in MODULES
    ]
    return 1 if any(codes) else 0


def measure(name: str, folder: pathlib.Path, sizes: Mapping[str, int]) -> str:
    """Run one benchmark in this process. Returns its line."""
    print(f"bench: {name} ...", file=sys.stderr, flush=True)
    before = describe_machine(folder)
    figures: Figures = importlib.import_module(MODULES[name]).run(folder, **sizes)
    after = describe_machine(folder)["load_average"]
    figures.detail["machine"] = before | {"load_average_after": after}
    return to_json(figures)


if __name__ == "__main__":
    sys.exit(main())
