"""How figures are taken and told: clocks, medians, the machine, one line of JSON a benchmark."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any

from pysqlite3 import dbapi2

ROOT = pathlib.Path(__file__).parent.parent
LIBRARIES = ("grpcio", "protobuf", "paho-mqtt", "pysqlite3", "sqlalchemy", "cryptography")
PEAK_MEMORY = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
PROCESSOR = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)


@dataclasses.dataclass(slots=True)
class Spent:
    """What one stretch of work took of one process."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What a benchmark tells."""

    bench: str
    value: float
    unit: str
    limit: float
    """What the raw arm made in the same rounds, in the same unit."""
    cpu_us_per_line: float
    peak_rss_mb: float
    detail: dict[str, Any]

    @property
    def ratio(self) -> float:
        """The product's share of the limit."""
        return self.value / self.limit


@contextlib.contextmanager
def stopwatch() -> Iterator[Spent]:
    """Time a stretch of this process; the result is whole after the block."""
    spent = Spent()
    cpu, wall = time.process_time(), time.perf_counter()
    yield spent
    spent.wall_s = time.perf_counter() - wall
    spent.cpu_s = time.process_time() - cpu


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Median with its range: one run proves nothing."""
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
        "rounds": len(values),
    }


def latency_ms(seconds: Sequence[float]) -> dict[str, Any]:
    """p50 and p99 of single waits."""
    return {
        "p50_ms": round(percentile(seconds, 0.5) * 1e3, 3),
        "p99_ms": round(percentile(seconds, 0.99) * 1e3, 3),
        "samples": len(seconds),
    }


def peak_rss_mb() -> float:
    """The most memory that this process ever held."""
    found = PEAK_MEMORY.search(pathlib.Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]) / 1024


def fdatasync_rate(folder: pathlib.Path, writes: int, block_bytes: int) -> float:
    """How often a second this disk keeps an appended block: the limit below every database."""
    path = folder / "fdatasync.bin"
    block = os.urandom(block_bytes)
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND)
    with stopwatch() as spent:
        for _ in range(writes):
            os.write(file, block)
            os.fdatasync(file)
    os.close(file)
    path.unlink()
    return writes / spent.wall_s


def file_system(folder: pathlib.Path) -> str:
    """Kind of the file system of a folder; on tmpfs a sync costs nothing."""
    mounts = pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    kinds = {fields[1]: fields[2] for fields in map(str.split, mounts)}
    places = (str(folder), *map(str, folder.parents))
    return next(kinds[place] for place in places if place in kinds)


def describe_machine(folder: pathlib.Path) -> dict[str, Any]:
    """What a reader must know before comparing."""
    processor = PROCESSOR.search(pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {
        "commit": _read_commit(),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "processor": processor[1] if processor else platform.machine(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "file_system": file_system(folder),
        "python": platform.python_version(),
        "sqlite": dbapi2.sqlite_version,
        **versions,
    }


def to_json(figures: Figures) -> str:
    """One line, with the keys that checks rely on."""
    line = {
        "bench": figures.bench,
        "value": round(figures.value, 1),
        "unit": figures.unit,
        "limit": round(figures.limit, 1),
        "ratio": round(figures.ratio, 3),
        "cpu_us_per_line": round(figures.cpu_us_per_line, 2),
        "peak_rss_mb": round(figures.peak_rss_mb, 1),
        "detail": figures.detail,
    }
    return json.dumps(line, ensure_ascii=False)


def to_table(text: str) -> str:
    """The same for people: one figure a line, those of the detail below."""
    line = json.loads(text)
    detail = line.pop("detail")
    rows = [f"{key:18} {value}" for key, value in line.items()]
    rows += [f"  {key:22} {_show(value)}" for key, value in detail.items()]
    return "\n".join(rows)


def _show(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key} {_show(part)}" for key, part in value.items())
    return str(value)


def _read_commit() -> str:
    """Commit of the tree; + when it was changed since. Empty outside a clone."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
