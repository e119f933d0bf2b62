"""hub-apply: facts in the hub's journal to posted stock, cost, ledger and report rows.

The raw arm runs the same statements with the same rows, recorded beforehand, set-based and one
transaction a block: all that is left out is reading, decoding, checking and posting.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import pathlib
import pickle
import random
import shutil
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from benchmarks import trade
from benchmarks.measure import Figures, Spent, peak_rss_mb, spread, stopwatch
from benchmarks.trade import LINES_A_TICKET, Goods
from hq_hub.services import documents
from hq_hub.services.apply import APPLY_FACTS_MAX, apply_next
from hq_hub.services.documents import NewPurchase
from hq_hub.services.setup import create_hub
from hq_hub.store import journal
from hq_hub.store.engine import open_engine, sqlite_url, write_transaction
from hq_hub.store.journal import ReceivedFact
from hq_hub.store.orders import PurchaseLine
from hq_hub.store.schema_books import PROJECTIONS
from hq_hub.store.stores import Store
from protos import chain, codec
from protos.liushui.v1 import fact_pb2
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import GoodsLine, GoodsReceived, ReceiptPurpose
from retail_domain.trade.fact import Fact, Payload, Position

ITEMS = 2_000
STORES = 20
TICKETS_A_STORE = 250
TICKETS = STORES * TICKETS_A_STORE
FACTS_A_BATCH = 25
"""Stores take turns in the hub's journal by batches of so many facts."""
OPENING_UNITS = 500
COST_SHARE = 0.6
ROUNDS = 7
SUPPLIER_NO = "SUP1"
FILLED = ("on_hand", "cost", "stock_movement", "entry_line", "ticket", "sale_line", "store_day")
"""Projections that receipts and tickets leave rows in."""


@dataclasses.dataclass(slots=True)
class StoreJournal:
    """One store's history as its box would send it."""

    store: str
    chance: random.Random
    seq: int = 0
    head: bytes = chain.GENESIS

    def add(self, payload: Payload) -> ReceivedFact:
        """Write the next fact."""
        self.seq += 1
        happening = trade.make_happening(payload, self.chance)
        body = codec.encode_fact(Fact(Position(self.store, "B1", 1, self.seq), happening))
        self.head = chain.next_head(self.head, body)
        kind = fact_pb2.FactKind.Value(codec.KIND_TO_WIRE[happening.kind])
        return ReceivedFact(self.seq, happening.fact_id.bytes, kind, body, self.head)


Statement = tuple[str, Any]
"""SQL, and the parameters of execute or, as a list, of executemany."""


def run(folder: pathlib.Path) -> Figures:
    """Measure both arms in turn, each round on a fresh copy of the same hub."""
    template, recorded = folder / "template.db", folder / "blocks"
    fill_file(template)
    blocks = record(template, folder / "recording.db", recorded)
    ours: list[Spent] = []
    raw: list[Spent] = []
    for number in range(ROUNDS + 1):
        ours.append(on_copy(template, folder / "ours.db", post))
        raw.append(on_copy(template, folder / "raw.db", lambda db: write_raw(db, recorded)))
        if number == 0:  # Warm-up.
            require_same(folder / "ours.db", folder / "raw.db")
            ours, raw = [], []
    return make_figures(ours, raw, blocks)


def make_figures(ours: Sequence[Spent], raw: Sequence[Spent], blocks: int) -> Figures:
    """Put the rounds together."""
    lines = TICKETS * LINES_A_TICKET
    rates, limits = ([lines / spent.wall_s for spent in arm] for arm in (ours, raw))
    cpu_us, raw_cpu_us = (
        statistics.median(spent.cpu_s for spent in arm) / lines * 1e6 for arm in (ours, raw)
    )
    return Figures(
        bench="hub-apply",
        value=statistics.median(rates),
        unit="lines/s",
        limit=statistics.median(limits),
        cpu_us_per_line=cpu_us,
        peak_rss_mb=peak_rss_mb(),
        detail={
            "lines_per_s": spread(rates),
            "raw_lines_per_s": spread(limits),
            "ratio_by_round": spread([a / b for a, b in zip(rates, limits, strict=True)]),
            "raw_cpu_us_per_line": round(raw_cpu_us, 2),
            "ratio_by_cpu": round(raw_cpu_us / cpu_us, 3),
            "facts": TICKETS,
            "lines": lines,
            "stores": STORES,
            "items": ITEMS,
            "facts_per_transaction": APPLY_FACTS_MAX,
            "transactions": blocks,
            "guarantee": "SQLite, WAL, synchronous FULL; books, apply log and cursor together",
        },
    )


def fill_file(path: pathlib.Path) -> None:
    """Make a hub's SQLite file, whole without what lies beside it."""
    url = sqlite_url(str(path))
    fill_hub(url)
    with open_hub(url) as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def fill_hub(url: str) -> None:
    """Make a hub with opening stock posted and tickets waiting."""
    create_hub(url, "bench")
    goods = trade.make_goods(ITEMS)
    stores = [
        StoreJournal(f"S{number:03}", random.Random(number))  # noqa: S311 - trade, not keys
        for number in range(1, STORES + 1)
    ]
    with open_hub(url) as db:
        documents.put_items(db, goods.items)
        documents.put_prices(db, "Z1", goods.prices)
        for own in stores:
            open_store(db, own, goods)
        while not apply_next(db, trade.START).is_idle:
            pass
        baskets, receipt_nos = trade.draw_baskets(goods, seed=2), itertools.count(1)
        for _ in range(TICKETS_A_STORE // FACTS_A_BATCH):
            numbers = [next(receipt_nos) for _ in range(FACTS_A_BATCH)]
            for own in stores:
                tickets = [trade.make_ticket(goods, next(baskets), n) for n in numbers]
                receive(db, own, tickets)


def open_store(db: sa.Connection, own: StoreJournal, goods: Goods) -> None:
    """Set a store up and let its opening stock arrive."""
    documents.put_store(db, Store(own.store, own.store, own.store, "", "Z1", "LE1"))
    with write_transaction(db):
        journal.open_epoch(db, own.store, 1, chain.GENESIS)
    quantity_milli = OPENING_UNITS * MILLI
    ordered = tuple(
        PurchaseLine(
            price.item_id, quantity_milli, int(price.unit_price_fen * COST_SHARE) * OPENING_UNITS
        )
        for price in goods.prices
    )
    purchase = NewPurchase(own.store, SUPPLIER_NO, ReceiptPurpose.OPENING, ordered)
    number = documents.put_purchase_order(db, purchase, by="bench", at=trade.START)
    lines = tuple(
        GoodsLine(line_no, item.item_id, quantity_milli)
        for line_no, item in enumerate(goods.items, start=1)
    )
    receive(db, own, [GoodsReceived(ReceiptPurpose.OPENING, SUPPLIER_NO, number, lines)])


def receive(db: sa.Connection, own: StoreJournal, payloads: Sequence[Payload]) -> None:
    """Keep a batch in the hub's journal, not posted yet."""
    facts = [own.add(payload) for payload in payloads]
    with write_transaction(db):
        journal.append_facts(db, store=own.store, epoch=1, facts=facts, received_at_ms=1)


@contextlib.contextmanager
def open_hub(url: str) -> Iterator[sa.Connection]:
    """The writer's connection."""
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        yield db
    engine.dispose()


def on_copy(
    template: pathlib.Path, path: pathlib.Path, work: Callable[[sa.Connection], Spent]
) -> Spent:
    """Do some work on a fresh copy of a hub."""
    remove_database(path)
    shutil.copyfile(template, path)
    with open_hub(sqlite_url(str(path))) as db:
        return work(db)


def remove_database(path: pathlib.Path) -> None:
    """Remove a file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def post(db: sa.Connection) -> Spent:
    """The product's arm: post all that waits."""
    posted = 0
    with stopwatch() as spent:
        while not (applied := apply_next(db, trade.START)).is_idle:
            posted += applied.posted
    assert posted == TICKETS
    return spent


def record(template: pathlib.Path, path: pathlib.Path, recorded: pathlib.Path) -> int:
    """Write down what posting writes, a file a transaction. Returns how many there are."""
    recorded.mkdir()
    statements: list[Statement] = []
    numbers = itertools.count()

    def note(_db: object, _cursor: object, sql: str, values: Any, *_: Any) -> None:  # noqa: ANN401 - of SQLAlchemy
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            statements.append((sql, values))

    def keep(_db: object) -> None:
        if statements:
            block = recorded / f"{next(numbers):05}"
            block.write_bytes(pickle.dumps(statements))
            statements.clear()

    def post_and_note(db: sa.Connection) -> Spent:
        sa.event.listen(db.engine, "before_cursor_execute", note)
        sa.event.listen(db.engine, "commit", keep)
        return post(db)

    on_copy(template, path, post_and_note)
    return next(numbers)


def write_raw(db: sa.Connection, recorded: pathlib.Path) -> Spent:
    """The raw arm: the same rows into the same tables, by the driver alone."""
    driver = db.connection.driver_connection
    assert driver is not None
    whole = Spent()
    for file in sorted(recorded.iterdir()):
        statements: list[Statement] = pickle.loads(file.read_bytes())  # noqa: S301 - written above
        with stopwatch() as spent:
            driver.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                run_sql = driver.executemany if isinstance(values, list) else driver.execute
                run_sql(sql, values)
            driver.execute("COMMIT")
        whole.wall_s += spent.wall_s
        whole.cpu_s += spent.cpu_s
    return whole


def require_same(ours: pathlib.Path, raw: pathlib.Path) -> None:
    """Both arms left the same books, or the run is void."""
    with open_hub(sqlite_url(str(ours))) as one, open_hub(sqlite_url(str(raw))) as other:
        for table in PROJECTIONS:
            question = sa.select(table).order_by(*table.primary_key)
            rows, same = (db.execute(question).fetchall() for db in (one, other))
            assert rows == same, table.name
            assert rows or table.name not in FILLED, table.name
