"""chain-year: a chain's year from the boxes' journals to posted books and reports, to the fen.

All boxes hold what they sold and headquarters knows nothing yet. One loop drives the sync cores of
the boxes against the hub's services (`year_line.py`: in one process, no sockets), then everything
is posted, then the reports are read. Four independent reads must equal the trade file's rows.

The raw arm writes the rows that were left behind into an empty hub: the journal's bytes as they
came, each table whole and in the order of its key. It decides nothing and updates nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import itertools
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from benchmarks import trade
from benchmarks.hub_apply import open_hub
from benchmarks.measure import ROOT, Figures, Spent, peak_rss_mb, stopwatch
from benchmarks.year_journals import Year, open_box, open_year, rewind_boxes
from benchmarks.year_line import BoxLine, run_lines
from deploy.demo.reckoning import Expected, Reckoning, reckon
from hq_hub.reports import sales, sales_totals, stock, transfers, trial_balance
from hq_hub.reports.ledger import LedgerFilter
from hq_hub.reports.paging import EVERY_STORE, Block
from hq_hub.reports.sales import SalesFilter
from hq_hub.reports.stock import StockFilter, StockSort
from hq_hub.services.apply import apply_next
from hq_hub.store import schema_books, schema_ingest
from hq_hub.store.engine import open_read_engine, read_transaction, sqlite_url
from retail_domain.transfers.transfer_order import TransferState

CACHE = ROOT / "var" / "chain-year"
"""Where journals are kept from one run to the next."""
BOXES_AT_ONCE = 32
"""Lines that take turns: each holds an open database, and all of them are in this process."""
ROWS_A_PAGE = 50_000
"""As a list is exported."""
ROWS_A_TRANSACTION = 20_000
"""Of the raw arm."""
RAW_TABLES = (schema_ingest.hub_journal, schema_books.apply_log, *schema_books.PROJECTIONS)
MIB = 1 << 20


@dataclasses.dataclass(slots=True)
class Stages:
    """What each stage took."""

    spent: dict[str, Spent] = dataclasses.field(default_factory=dict)
    rss_mb: dict[str, float] = dataclasses.field(default_factory=dict)
    """The most memory of the process until the end of the stage."""

    @contextlib.contextmanager
    def take(self, name: str) -> Iterator[None]:
        """Time one stage."""
        with stopwatch() as spent:
            yield
        self.spent[name] = spent
        self.rss_mb[name] = peak_rss_mb()

    def wall_s(self, *names: str) -> float:
        """Time of some stages together."""
        return sum(self.spent[name].wall_s for name in names)

    def cpu_s(self, *names: str) -> float:
        """CPU of some stages together."""
        return sum(self.spent[name].cpu_s for name in names)


def run(
    folder: pathlib.Path,
    *,
    stores_max: int | None = None,
    baskets_max: int | None = None,
    cache: pathlib.Path = CACHE,
) -> Figures:
    """Measure one year: it is long enough to be its own average."""
    year = open_year(cache, stores_max, baskets_max)
    rewind_boxes(year)
    gc.collect()
    gc.freeze()  # The plan of the trade is no part of a hub: its collector never walks it.
    hub, raw = folder / "hub.db", folder / "raw.db"
    for path in (hub, raw):
        shutil.copyfile(year.hub, path)
    stages = Stages()
    stages.rss_mb["before"] = peak_rss_mb()
    url = sqlite_url(str(hub))
    with open_hub(url) as db:
        with stages.take("sync"):
            send_all(year, db)
        with stages.take("apply"):
            post_all(db)
    engine = open_read_engine(url)
    try:
        with read_transaction(engine) as db:
            with stages.take("reports"):
                read_reports(db, year)
            rss_mb = peak_rss_mb()
            gc.unfreeze()
            reckoning = reckon_year(db, year)
        require_right(reckoning, year)
        with read_transaction(engine) as db, stages.take("raw"):
            stages.spent["raw_writes"] = copy_rows(db, raw)
    finally:
        engine.dispose()
    return make_figures(year, stages, reckoning, rss_mb, hub.stat().st_size / MIB)


def send_all(year: Year, hub: sa.Connection) -> None:
    """Bring every journal to headquarters, BOXES_AT_ONCE at a time."""
    numbers = (store.store for store in year.plan.stores)
    while group := list(itertools.islice(numbers, BOXES_AT_ONCE)):
        with contextlib.ExitStack() as boxes:
            lines = []
            for store in group:
                db = boxes.enter_context(contextlib.closing(open_box(year.folder, store)))
                lines.append(BoxLine(db, year.folder.box(store), hub))
            run_lines(lines)


def post_all(db: sa.Connection) -> None:
    """Post everything; nothing may be parked."""
    while not (applied := apply_next(db, trade.START)).is_idle:
        assert applied.parked == 0, applied


def read_reports(db: sa.Connection, year: Year) -> None:
    """Sales by store and day, the trial balance, and the stock of every store, whole."""
    everything = SalesFilter()
    days, _sums = sales.read_sales_sums(db, everything)
    for start in range(0, days, ROWS_A_PAGE):
        sales.read_sales(db, everything, Block(start, start + ROWS_A_PAGE))
    assert trial_balance.read_trial_balance(db, LedgerFilter())
    stock.read_stock_sums(db, StockFilter())
    whole = Block(0, ROWS_A_PAGE)
    for store in year.plan.stores:
        assert stock.read_stock(db, StockFilter(store=store.store), StockSort.ITEM, whole)


def reckon_year(db: sa.Connection, year: Year) -> Reckoning:
    """Read boxes, journal, ledger and report apart."""
    supply = year.supply()
    return reckon(
        year.folder,
        db,
        Expected(year.plan, supply.orders, supply.transfers),
        report=sales_totals.read_report_sales(db),
        transfers_received=transfers.count_transfers(db, TransferState.RECEIVED, EVERY_STORE),
    )


def require_right(reckoning: Reckoning, year: Year) -> None:
    """A fast wrong answer is a failed run."""
    assert reckoning.is_right, reckoning
    assert reckoning.facts.applied == year.facts, reckoning.facts


def copy_rows(ours: sa.Connection, raw: pathlib.Path) -> Spent:
    """The raw arm: write all rows into a hub without facts. Only the writing is timed."""
    whole = Spent()
    with open_hub(sqlite_url(str(raw))) as db:
        driver = db.connection.driver_connection
        assert driver is not None
        for table in RAW_TABLES:
            places = ", ".join("?" * len(table.c))
            sql = f"INSERT INTO {table.name} VALUES ({places})"  # noqa: S608 - our own schema
            for block in read_blocks(ours, table):
                with stopwatch() as spent:
                    driver.execute("BEGIN IMMEDIATE")
                    driver.executemany(sql, block)
                    driver.execute("COMMIT")
                whole.wall_s += spent.wall_s
                whole.cpu_s += spent.cpu_s
    return whole


def read_blocks(db: sa.Connection, table: sa.Table) -> Iterator[list[Any]]:
    """All rows of a table in the order of its key, some at a time."""
    question = sa.select(table).order_by(*table.primary_key)
    found = db.execution_options(yield_per=ROWS_A_TRANSACTION).execute(question)
    for block in found.partitions():
        yield [tuple(row) for row in block]


def make_figures(
    year: Year, stages: Stages, reckoning: Reckoning, rss_mb: float, database_mb: float
) -> Figures:
    """Put the stages together."""
    plan, ours = year.plan, ("sync", "apply", "reports")
    wall_s, raw = stages.wall_s(*ours), stages.spent["raw_writes"]
    return Figures(
        bench="chain-year",
        value=plan.lines / wall_s,
        unit="lines/s",
        limit=plan.lines / raw.wall_s,
        cpu_us_per_line=stages.cpu_s(*ours) / plan.lines * 1e6,
        peak_rss_mb=rss_mb,
        detail={
            "seconds": round(wall_s, 2),
            "stage_seconds": {name: round(stages.wall_s(name), 2) for name in ours},
            "stage_cpu_seconds": {name: round(stages.cpu_s(name), 2) for name in ours},
            "stage_peak_rss_mb": {
                name: round(stages.rss_mb[name], 1) for name in ("before", *ours)
            },
            "raw_seconds": round(raw.wall_s, 2),
            "raw_cpu_seconds": round(raw.cpu_s, 2),
            "stores": len(plan.stores),
            "baskets": plan.baskets,
            "lines": plan.lines,
            "rejected_rows": plan.rejected_count,
            "facts": year.facts,
            "sales_fen": reckoning.trade.amount_fen,
            "is_right": reckoning.is_right,
            "hub_database_mb": round(database_mb, 1),
            "line": "in one process, no sockets: cores, bytes and hub services are the product's",
            "guarantee": "SQLite, WAL, synchronous FULL at the hub; four reads equal the trade",
        },
    )
