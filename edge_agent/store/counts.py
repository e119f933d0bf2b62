"""Counts that are going on: each line with its instant and what the books said then."""

from __future__ import annotations

import dataclasses
import uuid

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.stock.count import CountLine
from retail_domain.stock.movement import StockState


@dataclasses.dataclass(frozen=True, slots=True)
class OpenCount:
    """A count that somebody began."""

    count_id: uuid.UUID
    reason: str
    staff_no: str


def insert_count(db: Connection, count: OpenCount) -> None:
    """Begin a count; a repeat changes nothing."""
    db.execute(
        "INSERT INTO open_count VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (count.count_id.bytes, count.reason, count.staff_no),
    )


def read_counts(db: Connection) -> list[tuple[OpenCount, int]]:
    """Counts that are going on, with how many lines each has, by id: by when it began."""
    rows = db.execute(
        """
        SELECT count_id, reason, staff_no,
               (SELECT count(*) FROM open_count_line AS line WHERE line.count_id = c.count_id)
        FROM open_count AS c ORDER BY count_id
        """
    ).fetchall()
    return [
        (
            OpenCount(uuid.UUID(bytes=get_bytes(row[0])), get_text(row[1]), get_text(row[2])),
            get_int(row[3]),
        )
        for row in rows
    ]


def find_count(db: Connection, count_id: uuid.UUID) -> OpenCount | None:
    """A count that is going on."""
    row = db.execute(
        "SELECT reason, staff_no FROM open_count WHERE count_id = ?", (count_id.bytes,)
    ).fetchone()
    return None if row is None else OpenCount(count_id, get_text(row[0]), get_text(row[1]))


def put_line(db: Connection, count_id: uuid.UUID, line: CountLine) -> None:
    """Keep what was counted; a second look at the same key takes the place of the first."""
    db.execute(
        """
        INSERT INTO open_count_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
        ON CONFLICT DO UPDATE SET
            counted_milli = excluded.counted_milli, book_milli = excluded.book_milli,
            counted_at_ms = excluded.counted_at_ms, counted_by = excluded.counted_by,
            looks = looks + 1
        """,
        (
            count_id.bytes,
            line.state.value,
            line.item_id,
            line.lot,
            line.counted_milli,
            line.book_milli,
            (line.counted_at - EPOCH_START) // MILLISECOND,
            line.counted_by,
        ),
    )


def read_lines(db: Connection, count_id: uuid.UUID) -> tuple[CountLine, ...]:
    """What was counted so far, in order of state, item and lot."""
    rows = db.execute(
        """
        SELECT item_id, state, lot, counted_milli, book_milli, counted_at_ms, counted_by
        FROM open_count_line WHERE count_id = ? ORDER BY state, item_id, lot
        """,
        (count_id.bytes,),
    ).fetchall()
    return tuple(
        CountLine(
            line_no,
            get_int(row[0]),
            StockState(get_text(row[1])),
            get_text(row[2]),
            get_int(row[3]),
            get_int(row[4]),
            EPOCH_START + get_int(row[5]) * MILLISECOND,
            get_text(row[6]),
        )
        for line_no, row in enumerate(rows, start=1)
    )


def read_unsure(db: Connection, count_id: uuid.UUID) -> set[tuple[str, int, str]]:
    """State, item and lot of lines that differ from the books and were looked at once only."""
    rows = db.execute(
        """
        SELECT state, item_id, lot FROM open_count_line
        WHERE count_id = ? AND looks = 1 AND counted_milli <> book_milli
        """,
        (count_id.bytes,),
    ).fetchall()
    return {(get_text(row[0]), get_int(row[1]), get_text(row[2])) for row in rows}


def delete_count(db: Connection, count_id: uuid.UUID) -> None:
    """The count is closed or given up."""
    db.execute("DELETE FROM open_count WHERE count_id = ?", (count_id.bytes,))


def read_book(db: Connection, state: StockState, item_id: int, lot: str) -> int:
    """What should lie there now: stock on hand less what is in open baskets, in milli.

    Open baskets take unlabelled sellable goods. Source: domain rule 9.
    """
    row = db.execute(
        "SELECT coalesce(sum(quantity_milli), 0) FROM on_hand"
        " WHERE state = ? AND item_id = ? AND lot = ?",
        (state.value, item_id, lot),
    ).fetchone()
    assert row is not None
    book_milli = get_int(row[0])
    if state is StockState.SELLABLE and not lot:
        row = db.execute(
            "SELECT coalesce(sum(quantity_milli), 0) FROM open_line WHERE item_id = ?", (item_id,)
        ).fetchone()
        assert row is not None
        book_milli -= get_int(row[0])
    return book_milli
