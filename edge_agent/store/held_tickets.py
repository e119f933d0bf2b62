"""Tickets that wait for their customer: put aside at one register, taken up at any."""

from __future__ import annotations

import dataclasses
import json
import uuid

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, Row
from retail_domain.catalog.item import TaxRate, UnitOfMeasure
from retail_domain.trade.approval import Approval
from retail_domain.trade.open_ticket import OpenLine, OpenTicket


@dataclasses.dataclass(frozen=True, slots=True)
class HeldTicket:
    """One ticket that waits."""

    held_id: uuid.UUID
    register_no: str
    """Where it was put aside."""
    staff_no: str
    held_at_ms: int
    ticket: OpenTicket


def insert_held_ticket(db: Connection, held: HeldTicket) -> None:
    """Put a ticket aside."""
    db.execute(
        "INSERT INTO held_ticket VALUES (?, ?, ?, ?, ?)",
        (
            held.held_id.bytes,
            held.register_no,
            held.staff_no,
            held.held_at_ms,
            _dump(held.ticket),
        ),
    )


def take_held_ticket(db: Connection, held_id: uuid.UUID) -> HeldTicket | None:
    """Take a ticket up: it waits no longer. None when somebody was faster."""
    rows = db.execute(
        "DELETE FROM held_ticket WHERE held_id = ? RETURNING *", (held_id.bytes,)
    ).fetchall()
    return _read(rows[0]) if rows else None


def read_held_tickets(db: Connection) -> list[HeldTicket]:
    """All that wait, the longest first."""
    rows = db.execute("SELECT * FROM held_ticket ORDER BY held_at_ms, held_id").fetchall()
    return [_read(row) for row in rows]


def count_held_tickets(db: Connection) -> int:
    """How many wait."""
    row = db.execute("SELECT count(*) FROM held_ticket").fetchone()
    assert row is not None
    return get_int(row[0])


def _dump(ticket: OpenTicket) -> str:
    kept = dataclasses.asdict(ticket)
    for line in kept["lines"]:
        line["unit_of_measure"] = line["unit_of_measure"].value
    return json.dumps(kept, ensure_ascii=False)


def _read(row: Row) -> HeldTicket:
    held_id, register_no, staff_no, held_at_ms, text = row
    kept = json.loads(get_text(text))
    lines = tuple(
        OpenLine(
            **line
            | {
                "unit_of_measure": UnitOfMeasure(line["unit_of_measure"]),
                "tax_rate": TaxRate(**line["tax_rate"]),
            }
        )
        for line in kept["lines"]
    )
    approvals = tuple(Approval(**one) for one in kept["approvals"])
    return HeldTicket(
        uuid.UUID(bytes=get_bytes(held_id)),
        get_text(register_no),
        get_text(staff_no),
        get_int(held_at_ms),
        OpenTicket(lines, kept["next_line_id"], approvals),
    )
