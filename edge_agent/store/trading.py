"""Shifts and trading days as they follow from the journal, and what was brought back of sales."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection, Value
from retail_domain.stock.count import StockCounted
from retail_domain.trade.box_event import BoxEvent
from retail_domain.trade.fact import Fact
from retail_domain.trade.shift import ShiftClosed, ShiftOpened
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayClosed, DayOpened

COUNTS = "count"
"""Series of count numbers."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shift:
    """The last shift of a register."""

    register_no: str
    shift_no: int
    staff_no: str
    float_fen: int
    opened_epoch: int
    opened_seq: int
    is_open: bool


@dataclasses.dataclass(frozen=True, slots=True)
class TradingDay:
    """Which day the store trades on."""

    opened: datetime.date | None
    """None between a close and an opening, and as long as nobody ever opened one."""
    closed: datetime.date | None
    """The last one; None before the first close."""
    epoch: int
    """Place of the last close; 0, 0 before the first."""
    seq: int


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """What was brought back of a sale's line."""

    milli: int
    refunded_fen: int


def read_shift(db: Connection, register_no: str) -> Shift | None:
    """The last shift of a register; None before its first."""
    row = db.execute(
        "SELECT * FROM register_shift WHERE register_no = ?", (register_no,)
    ).fetchone()
    return None if row is None else _read_shift(row)


def read_open_shifts(db: Connection) -> list[Shift]:
    """Shifts that nobody closed, by register."""
    rows = db.execute(
        "SELECT * FROM register_shift WHERE is_open = 1 ORDER BY register_no"
    ).fetchall()
    return [_read_shift(row) for row in rows]


def read_trading_day(db: Connection) -> TradingDay:
    """Which day the store trades on."""
    row = db.execute("SELECT opened_date, closed_date, epoch, seq FROM trading_day").fetchone()
    if row is None:
        return TradingDay(None, None, 0, 0)
    return TradingDay(_date(row[0]), _date(row[1]), get_int(row[2]), get_int(row[3]))


def read_returned(db: Connection, fact_id: uuid.UUID) -> dict[int, Returned]:
    """What this store took back of a sale, its own or another's, by line_no."""
    rows = db.execute(
        "SELECT line_no, returned_milli, refunded_fen FROM returned_line WHERE fact_id = ?",
        (fact_id.bytes,),
    ).fetchall()
    return {get_int(row[0]): Returned(get_int(row[1]), get_int(row[2])) for row in rows}


def read_last_no(db: Connection, series: str) -> int:
    """The last number of a series; 0 before the first."""
    row = db.execute("SELECT last_no FROM number_series WHERE series = ?", (series,)).fetchone()
    return 0 if row is None else get_int(row[0])


def read_note(db: Connection, name: str) -> str:
    """What the last event of a kind said; empty before the first."""
    row = db.execute("SELECT value FROM box_note WHERE name = ?", (name,)).fetchone()
    return "" if row is None else get_text(row[0])


def fold_returns(db: Connection, fact: Fact) -> None:
    """Note what a ticket brings back of sales."""
    ticket = fact.happening.payload
    assert isinstance(ticket, Ticket)
    for line in ticket.lines:
        if line.origin is not None:
            db.execute(
                """
                INSERT INTO returned_line VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET
                    returned_milli = returned_milli + excluded.returned_milli,
                    refunded_fen = refunded_fen + excluded.refunded_fen
                """,
                (
                    line.origin.fact_id.bytes,
                    line.origin.sale_line_no,
                    -line.quantity_milli,
                    -line.amount_fen,
                ),
            )


def fold_shift_opening(db: Connection, fact: Fact) -> None:
    """A register has a shift. One that was carried over from an earlier life changes nothing."""
    opened = fact.happening.payload
    assert isinstance(opened, ShiftOpened)
    db.execute(
        """
        INSERT INTO register_shift VALUES (?, ?, ?, ?, ?, ?, 1)
        ON CONFLICT DO UPDATE SET
            shift_no = excluded.shift_no, staff_no = excluded.staff_no,
            float_fen = excluded.float_fen, opened_epoch = excluded.opened_epoch,
            opened_seq = excluded.opened_seq, is_open = 1
        WHERE excluded.shift_no >= shift_no
        """,
        (
            fact.happening.register_no,
            opened.shift_no,
            fact.happening.staff_no,
            opened.float_fen,
            fact.position.epoch,
            fact.position.seq,
        ),
    )


def fold_shift_close(db: Connection, fact: Fact) -> None:
    """A register's shift is over."""
    closed = fact.happening.payload
    assert isinstance(closed, ShiftClosed)
    db.execute(
        "UPDATE register_shift SET is_open = 0 WHERE register_no = ? AND shift_no = ?",
        (fact.happening.register_no, closed.shift_no),
    )


def fold_day_opening(db: Connection, fact: Fact) -> None:
    """The store trades on a day."""
    assert isinstance(fact.happening.payload, DayOpened)
    db.execute(
        """
        INSERT INTO trading_day VALUES (1, ?, NULL, 0, 0)
        ON CONFLICT DO UPDATE SET opened_date = excluded.opened_date
        """,
        (fact.happening.business_date.isoformat(),),
    )


def fold_day_close(db: Connection, fact: Fact) -> None:
    """The store's day is over; what comes belongs to a later one."""
    assert isinstance(fact.happening.payload, DayClosed)
    db.execute(
        """
        INSERT INTO trading_day VALUES (1, NULL, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            opened_date = CASE WHEN opened_date > excluded.closed_date THEN opened_date END,
            closed_date = max(coalesce(closed_date, ''), excluded.closed_date),
            epoch = excluded.epoch, seq = excluded.seq
        """,
        (fact.happening.business_date.isoformat(), fact.position.epoch, fact.position.seq),
    )


def fold_count(db: Connection, fact: Fact) -> None:
    """A count has its number."""
    count = fact.happening.payload
    assert isinstance(count, StockCounted)
    db.execute(
        """
        INSERT INTO number_series VALUES (?, ?)
        ON CONFLICT DO UPDATE SET last_no = max(last_no, excluded.last_no)
        """,
        (COUNTS, count.count_no),
    )


def fold_event(db: Connection, fact: Fact) -> None:
    """Remember what the box last said of itself."""
    event = fact.happening.payload
    assert isinstance(event, BoxEvent)
    db.execute("INSERT OR REPLACE INTO box_note VALUES (?, ?)", (event.event.value, event.detail))


def _read_shift(row: tuple[Value, ...]) -> Shift:
    return Shift(
        get_text(row[0]),
        get_int(row[1]),
        get_text(row[2]),
        get_int(row[3]),
        get_int(row[4]),
        get_int(row[5]),
        bool(get_int(row[6])),
    )


def _date(value: Value) -> datetime.date | None:
    return None if value is None else datetime.date.fromisoformat(get_text(value))
