"""hub-apply-postgresql: as hub-apply, with the hub's database on a PostgreSQL server of its own.

The raw arm runs the same statements with the same rows, recorded beforehand, COPY and arrays ready.
The server's CPU counts: it is part of the price.
"""

from __future__ import annotations

import contextlib
import pathlib
import pickle
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import psutil
import sqlalchemy as sa

from benchmarks import hub_apply
from benchmarks.hub_apply import open_hub
from benchmarks.measure import Figures, Spent, peak_rss_mb, spread, stopwatch
from benchmarks.trade import LINES_A_TICKET
from deploy.postgresql.cluster import Cluster, find_programs, run_cluster
from hq_hub.services.apply import APPLY_FACTS_MAX
from hq_hub.store.engine import COPY_TYPES
from hq_hub.store.schema_books import PROJECTIONS

TEMPLATE = "template_hub"
ROUNDS = 7
Statement = tuple[str, Any, tuple[str, ...] | None]
"""SQL, its parameters or rows, and the types of the columns of a COPY."""
Block = list[Statement]
Arms = tuple[Spent, Spent]
"""What the hub's process and the server's took; the wall is that of the first."""


def run(folder: pathlib.Path) -> Figures:
    """Measure both arms in turn, each round on a fresh copy of the same hub."""
    if find_programs() is None:
        raise SystemExit("no PostgreSQL server is installed (Debian package postgresql)")
    with run_cluster(place=folder) as cluster:
        hub_apply.fill_hub(cluster.create_database(TEMPLATE))
        blocks, recorded = record(cluster), folder / "blocks"
        recorded.write_bytes(pickle.dumps(blocks))
        ours: list[Arms] = []
        raw: list[Arms] = []
        for number in range(ROUNDS + 1):
            ours.append(on_copy(cluster, "ours", hub_apply.post))
            raw.append(on_copy(cluster, "raw", lambda db: write_raw(db, recorded)))
            if number == 0:  # Warm-up.
                require_same(cluster.url("ours"), cluster.url("raw"))
                ours, raw = [], []
        return make_figures(ours, raw, len(blocks), read_version(cluster.url(TEMPLATE)))


def make_figures(ours: Sequence[Arms], raw: Sequence[Arms], blocks: int, version: str) -> Figures:
    """Put the rounds together."""
    lines = hub_apply.TICKETS * LINES_A_TICKET
    rates, limits = ([lines / hub.wall_s for hub, _server in arm] for arm in (ours, raw))
    hub_us, server_us, raw_hub_us, raw_server_us = (
        statistics.median(spent[part].cpu_s for spent in arm) / lines * 1e6
        for arm in (ours, raw)
        for part in (0, 1)
    )
    return Figures(
        bench="hub-apply-postgresql",
        value=statistics.median(rates),
        unit="lines/s",
        limit=statistics.median(limits),
        cpu_us_per_line=hub_us + server_us,
        peak_rss_mb=peak_rss_mb(),
        detail={
            "lines_per_s": spread(rates),
            "raw_lines_per_s": spread(limits),
            "ratio_by_round": spread([a / b for a, b in zip(rates, limits, strict=True)]),
            "hub_cpu_us_per_line": round(hub_us, 2),
            "server_cpu_us_per_line": round(server_us, 2),
            "raw_hub_cpu_us_per_line": round(raw_hub_us, 2),
            "raw_server_cpu_us_per_line": round(raw_server_us, 2),
            "ratio_by_cpu": round((raw_hub_us + raw_server_us) / (hub_us + server_us), 3),
            "facts": hub_apply.TICKETS,
            "lines": lines,
            "facts_per_transaction": APPLY_FACTS_MAX,
            "transactions": blocks,
            "postgresql": version,
            "guarantee": "fsync and synchronous_commit on; books, apply log and cursor together",
        },
    )


def on_copy(cluster: Cluster, name: str, work: Callable[[sa.Connection], Spent]) -> Arms:
    """Do some work on a fresh copy of the hub, and read what the server took for it."""
    cluster.drop_database(name)
    with open_hub(cluster.create_database(name, TEMPLATE)) as db:
        db.exec_driver_sql("SELECT 1")  # The server's process for this connection is there.
        db.rollback()
        before_s = read_cpu_s(cluster.pid)
        spent = work(db)
        return spent, Spent(cpu_s=read_cpu_s(cluster.pid) - before_s)


def read_cpu_s(pid: int) -> float:
    """CPU of all processes of the server, those that have ended too, in steps of 10 ms."""
    server, living_s = psutil.Process(pid), 0.0
    for process in server.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # It is among the server's ended ones.
            times = process.cpu_times()
            living_s += times.user + times.system
    whole = server.cpu_times()  # Last: who ends meanwhile is not missed.
    return living_s + whole.user + whole.system + whole.children_user + whole.children_system


def record(cluster: Cluster) -> list[Block]:
    """Write down what posting writes, a block a transaction."""
    blocks: list[Block] = [[]]

    def note(_db: object, _cursor: object, sql: str, values: Any, context: Any, *_: Any) -> None:  # noqa: ANN401 - of SQLAlchemy
        if sql.startswith(("COPY", "INSERT", "UPDATE", "DELETE")):
            blocks[-1].append((sql, values, context.execution_options.get(COPY_TYPES)))

    def post_and_note(db: sa.Connection) -> Spent:
        sa.event.listen(db.engine, "before_cursor_execute", note)
        sa.event.listen(db.engine, "commit", lambda _db: blocks.append([]))
        return hub_apply.post(db)

    on_copy(cluster, "recording", post_and_note)
    cluster.drop_database("recording")
    return [block for block in blocks if block]


def write_raw(db: sa.Connection, recorded: pathlib.Path) -> Spent:
    """The raw arm: the same rows into the same tables, by the driver alone."""
    driver: Any = db.connection.driver_connection
    blocks: list[Block] = pickle.loads(recorded.read_bytes())  # noqa: S301 - written above
    with stopwatch() as spent:
        for block in blocks:
            for sql, values, types in block:
                if types is None:
                    driver.execute(sql, values)
                    continue
                with driver.cursor().copy(sql) as copy:
                    copy.set_types(types)
                    for row in values:
                        copy.write_row(row)
            driver.commit()
    return spent


def require_same(ours: str, raw: str) -> None:
    """Both arms left the same books, or the run is void."""
    with open_hub(ours) as one, open_hub(raw) as other:
        for table in PROJECTIONS:
            question = sa.select(table).order_by(*table.primary_key)
            rows, same = (db.execute(question).fetchall() for db in (one, other))
            assert rows == same, table.name


def read_version(url: str) -> str:
    """The server's version."""
    with open_hub(url) as db:
        return ".".join(map(str, db.dialect.server_version_info or ()))
