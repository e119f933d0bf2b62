"""box-commit: a durable 8-line ticket through the register's use case, beside raw SQLite.

The raw arm writes the same rows with the same bytes into the same tables of a second file, with the
same library and pragmas: all that is left out is our own code.
"""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import random
import statistics
import time
from collections.abc import Sequence

from benchmarks import trade
from benchmarks.measure import (
    Figures,
    Spent,
    fdatasync_rate,
    latency_ms,
    peak_rss_mb,
    spread,
    stopwatch,
)
from benchmarks.trade import LINES_A_TICKET, Goods
from edge_agent.services.box import Box, Clock
from edge_agent.services.register import BasketLine, sell_basket
from edge_agent.services.registers import enrol_register
from edge_agent.services.seat import Seat
from edge_agent.store import feeds, projections
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.rows import get_bytes
from edge_agent.store.sqlite_library import Connection, Row
from protos import codec, documents
from protos.chain import GENESIS
from protos.feed_hash import hash_scope
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket

ITEMS = 5_000
ROUNDS = 21
TICKETS_A_ROUND = 100
"""Short rounds: what else the machine does meets both arms."""
WARM_UP_TICKETS = 2_000
"""Until most of what a store sells was sold once since the box started."""
SYNCS_A_ROUND = 50
SYNC_BYTES = 8_192
"""About what one ticket appends to the write-ahead log, at least."""
IDENTITY = Identity("bench", "S001", "B1", "测试店", "Bench", "Z1")
SEAT = Seat("1", "1001", OpenTicket())

MOVE_TAIL = "UPDATE ack_cursor SET tail_seq = ?, tail_head = ?"
INSERT_FACT = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)"
ADD_STOCK = """
INSERT INTO on_hand (store, state, item_id, lot, quantity_milli) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET quantity_milli = quantity_milli + excluded.quantity_milli
"""
MOVE_RECEIPT_NO = """
INSERT INTO register_receipt VALUES (?, ?)
ON CONFLICT DO UPDATE SET last_receipt_no = excluded.last_receipt_no
"""


@dataclasses.dataclass(frozen=True, slots=True)
class RawTicket:
    """All rows that one ticket leaves behind."""

    tail: Row
    fact: Row
    stock: list[Row]
    receipt: Row


@dataclasses.dataclass(slots=True)
class Arm:
    """What one arm took, round by round and ticket by ticket."""

    rounds: list[Spent] = dataclasses.field(default_factory=list)
    tickets_s: list[float] = dataclasses.field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Tickets a second of each round."""
        return [TICKETS_A_ROUND / spent.wall_s for spent in self.rounds]

    @property
    def cpu_us(self) -> float:
        """CPU of one ticket."""
        return statistics.median(spent.cpu_s for spent in self.rounds) / TICKETS_A_ROUND * 1e6


def run(folder: pathlib.Path) -> Figures:
    """Measure both arms in turn."""
    goods = trade.make_goods(ITEMS)
    box_db, raw_db = (open_box(folder / name, goods) for name in ("box.db", "raw.db"))
    baskets, chance = trade.draw_baskets(goods, seed=2), random.Random(3)  # noqa: S311 - trade
    sold, raw, syncs = Arm(), Arm(), []
    box, seq = make_box(chance), 0
    for tickets in [WARM_UP_TICKETS] + [TICKETS_A_ROUND] * ROUNDS:
        waiting = [next(baskets) for _ in range(tickets)]
        syncs.append(fdatasync_rate(folder, SYNCS_A_ROUND, SYNC_BYTES))
        sell(box_db, box, waiting, sold)
        write_raw(raw_db, read_raw_tickets(box_db, seq), raw)
        seq += tickets
        if seq == WARM_UP_TICKETS:
            sold, raw, syncs = Arm(), Arm(), []
    require_same(box_db, raw_db)
    box_db.close()
    raw_db.close()
    return make_figures(sold, raw, syncs)


def make_figures(sold: Arm, raw: Arm, syncs: Sequence[float]) -> Figures:
    """Put the rounds together."""
    ratios = [ours / limit for ours, limit in zip(sold.rates, raw.rates, strict=True)]
    of_disk = [ours / limit for ours, limit in zip(sold.rates, syncs, strict=True)]
    return Figures(
        bench="box-commit",
        value=statistics.median(sold.rates),
        unit="tickets/s",
        limit=statistics.median(raw.rates),
        cpu_us_per_line=sold.cpu_us / LINES_A_TICKET,
        peak_rss_mb=peak_rss_mb(),
        detail={
            "ticket": latency_ms(sold.tickets_s),
            "raw_ticket": latency_ms(raw.tickets_s),
            "tickets_per_s": spread(sold.rates),
            "raw_tickets_per_s": spread(raw.rates),
            "ratio_by_round": spread(ratios),
            "cpu_us_per_ticket": round(sold.cpu_us, 1),
            "raw_cpu_us_per_ticket": round(raw.cpu_us, 1),
            "fdatasync_per_s": spread(syncs),
            "ratio_to_fdatasync": spread(of_disk),
            "lines_per_ticket": LINES_A_TICKET,
            "guarantee": "WAL, synchronous FULL, one commit a ticket",
        },
    )


def open_box(path: pathlib.Path, goods: Goods) -> Connection:
    """A new box: enrolled, with items, prices and a register."""
    migrate(str(path))
    db = open_database(str(path))
    bodies = {
        documents.ITEMS_FEED: [documents.encode_item(item) for item in goods.items],
        documents.PRICES_FEED: [documents.encode_price(price) for price in goods.prices],
    }
    keys = [documents.item_key(item.item_id) for item in goods.items]
    with write_transaction(db):
        write_identity(db, IDENTITY, epoch=1, epoch_start_head=GENESIS)
        for feed, feed_bodies in bodies.items():
            put_documents(db, feed, list(zip(keys, feed_bodies, strict=True)))
    enrol_register(db, SEAT.register_no, "token", {})
    return db


def put_documents(db: Connection, feed: str, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Take a feed's scope in as the hub sends it."""
    known = feeds.read_position(db, feed)
    target = ScopePosition(feed, known.scope, 1, 1, hash_scope(rows))
    changes = [DocumentChange(key, target.version, body) for key, body in rows]
    assert feeds.apply_changes(db, base_version=0, target=target, changes=changes)


def make_box(chance: random.Random) -> Box:
    """A box with the real clocks, as its program makes it."""
    clock = Clock(
        now=lambda: datetime.datetime.now(datetime.UTC),
        monotonic_ms=lambda: time.monotonic_ns() // 1_000_000,
        random_bits=chance.getrandbits,
        boot_id=trade.BOOT_ID,
    )
    china = datetime.timezone(datetime.timedelta(hours=8))
    return Box(IDENTITY, clock, china, datetime.time(4))


def sell(db: Connection, box: Box, baskets: Sequence[list[BasketLine]], arm: Arm) -> None:
    """Sell baskets one by one: price, tax, settle, journal with chain, stock, commit."""
    with stopwatch() as spent:
        for basket in baskets:
            wall_ms = time.time_ns() // 1_000_000
            fact_id = make_fact_id(wall_ms, box.clock.random_bits(RANDOM_BITS))
            began_s = time.perf_counter()
            sell_basket(db, box, SEAT, basket, fact_id=fact_id, tender=TenderKind.CASH)
            arm.tickets_s.append(time.perf_counter() - began_s)
    arm.rounds.append(spent)


def read_raw_tickets(db: Connection, after_seq: int) -> list[RawTicket]:
    """The rows of the tickets that were just sold."""
    rows = db.execute("SELECT * FROM journal WHERE seq > ? ORDER BY seq", (after_seq,)).fetchall()
    return [_split_rows(row) for row in rows]


def _split_rows(row: Row) -> RawTicket:
    fact = codec.decode_fact(get_bytes(row[5]))
    payload = fact.happening.payload
    moves = stock_movements(fact.position.store, payload)
    assert isinstance(payload, Ticket)
    return RawTicket(
        tail=(row[1], row[6]),
        fact=row,
        stock=[
            (m.key.store, m.key.state.value, m.key.item_id, m.key.lot, m.quantity_milli)
            for m in moves
        ],
        receipt=(fact.happening.register_no, payload.receipt_no),
    )


def write_raw(db: Connection, tickets: Sequence[RawTicket], arm: Arm) -> None:
    """Write the same rows, a commit a ticket."""
    with stopwatch() as spent:
        for ticket in tickets:
            began_s = time.perf_counter()
            db.execute("BEGIN IMMEDIATE")
            db.execute(MOVE_TAIL, ticket.tail)
            db.execute(INSERT_FACT, ticket.fact)
            db.executemany(ADD_STOCK, ticket.stock)
            db.execute(MOVE_RECEIPT_NO, ticket.receipt)
            db.execute("COMMIT")
            arm.tickets_s.append(time.perf_counter() - began_s)
    arm.rounds.append(spent)


def require_same(box_db: Connection, raw_db: Connection) -> None:
    """Both arms did the same work, or the run is void."""
    for table in projections.PROJECTIONS:
        rows = projections.read_projection(box_db, table)
        assert rows == projections.read_projection(raw_db, table), table
    question = "SELECT * FROM journal ORDER BY seq"
    assert box_db.execute(question).fetchall() == raw_db.execute(question).fetchall()
