"""Registers of the store: tokens, bound devices, open tickets and answered commands."""

from __future__ import annotations

import uuid

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, Row
from retail_domain.catalog.item import TaxRate, UnitOfMeasure
from retail_domain.trade.approval import Approval
from retail_domain.trade.open_ticket import OpenLine, OpenTicket

ANSWERS_KEPT = 1_000
"""A register's: a page asks again within seconds, not after a thousand commands."""


def save_register(db: Connection, register_no: str, token_hash: bytes) -> None:
    """Enrol a register, or give it a new token: the old one stops working."""
    db.execute(
        """
        INSERT INTO register VALUES (?, ?)
        ON CONFLICT DO UPDATE SET token_hash = excluded.token_hash
        """,
        (register_no, token_hash),
    )
    db.execute("INSERT INTO open_ticket VALUES (?, 1) ON CONFLICT DO NOTHING", (register_no,))


def read_token_hash(db: Connection, register_no: str) -> bytes | None:
    """What the register's token must hash to; None for an unknown register."""
    row = db.execute(
        "SELECT token_hash FROM register WHERE register_no = ?", (register_no,)
    ).fetchone()
    return None if row is None else get_bytes(row[0])


def read_register_nos(db: Connection) -> list[str]:
    """Enrolled registers, ascending."""
    rows = db.execute("SELECT register_no FROM register ORDER BY register_no").fetchall()
    return [get_text(register_no) for (register_no,) in rows]


def read_open_ticket(db: Connection, register_no: str) -> OpenTicket:
    """The ticket that is being rung up; empty between customers."""
    ticket = db.execute(
        "SELECT next_line_id FROM open_ticket WHERE register_no = ?", (register_no,)
    ).fetchone()
    assert ticket is not None, register_no
    rows = db.execute(
        """
        SELECT line_id, item_id, name, name_en, scanned_code, unit_of_measure, tax_rate_id,
               tax_rate_bp, quantity_milli, list_price_fen, unit_price_fen, discount_fen,
               lot
        FROM open_line WHERE register_no = ? ORDER BY line_id
        """,
        (register_no,),
    ).fetchall()
    lines = tuple(_read_line(row) for row in rows)
    approvals = _read_approvals(db, register_no) if lines else ()
    return OpenTicket(lines, get_int(ticket[0]), approvals)


def find_open_ticket(db: Connection, register_no: str) -> OpenTicket | None:
    """The ticket that is being rung up; None for a register that has no screen."""
    known = db.execute("SELECT 1 FROM open_ticket WHERE register_no = ?", (register_no,)).fetchone()
    return None if known is None else read_open_ticket(db, register_no)


def save_open_ticket(
    db: Connection, register_no: str, before: OpenTicket, after: OpenTicket
) -> None:
    """Write what differs between two states of a ticket."""
    kept = {line.line_id: line for line in after.lines}
    old = {line.line_id: line for line in before.lines}
    for line_id in old.keys() - kept.keys():
        db.execute(
            "DELETE FROM open_line WHERE register_no = ? AND line_id = ?", (register_no, line_id)
        )
    for line_id, line in kept.items():
        if old.get(line_id) != line:
            _save_line(db, register_no, line)
    if after.approvals != before.approvals:
        _save_approvals(db, register_no, after.approvals)
    db.execute(
        "UPDATE open_ticket SET next_line_id = ? WHERE register_no = ?",
        (after.next_line_id, register_no),
    )


def read_answer(db: Connection, register_no: str, command_id: uuid.UUID) -> str | None:
    """The answer that a command got, as JSON; None when it is new."""
    row = db.execute(
        "SELECT answer FROM command_answer WHERE register_no = ? AND command_id = ?",
        (register_no, command_id.bytes),
    ).fetchone()
    return None if row is None else get_text(row[0])


def save_answer(db: Connection, register_no: str, command_id: uuid.UUID, answer: str) -> None:
    """Keep an answer for repeats; the oldest beyond ANSWERS_KEPT goes."""
    row = db.execute(
        """
        INSERT INTO command_answer
        SELECT ?1, ?2, coalesce(max(answer_no), 0) + 1, ?3 FROM command_answer
        WHERE register_no = ?1
        RETURNING answer_no
        """,
        (register_no, command_id.bytes, answer),
    ).fetchall()[0]
    db.execute(
        "DELETE FROM command_answer WHERE register_no = ? AND answer_no <= ?",
        (register_no, get_int(row[0]) - ANSWERS_KEPT),
    )


def _read_approvals(db: Connection, register_no: str) -> tuple[Approval, ...]:
    rows = db.execute(
        """
        SELECT right_code, staff_no, line_id FROM open_approval WHERE register_no = ?
        ORDER BY right_code, line_id
        """,
        (register_no,),
    ).fetchall()
    return tuple(Approval(get_text(a), get_text(b), get_int(c)) for a, b, c in rows)


def _save_approvals(db: Connection, register_no: str, approvals: tuple[Approval, ...]) -> None:
    db.execute("DELETE FROM open_approval WHERE register_no = ?", (register_no,))
    for one in approvals:
        db.execute(
            "INSERT INTO open_approval VALUES (?, ?, ?, ?)",
            (register_no, one.right, one.approved_line_no, one.staff_no),
        )


def _save_line(db: Connection, register_no: str, line: OpenLine) -> None:
    db.execute(
        """
        INSERT INTO open_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            quantity_milli = excluded.quantity_milli,
            unit_price_fen = excluded.unit_price_fen,
            discount_fen = excluded.discount_fen
        """,
        (
            register_no,
            line.line_id,
            line.item_id,
            line.name,
            line.name_en,
            line.scanned_code,
            line.unit_of_measure.value,
            line.tax_rate.tax_rate_id,
            line.tax_rate.rate_bp,
            line.quantity_milli,
            line.list_price_fen,
            line.unit_price_fen,
            line.discount_fen,
            line.lot,
        ),
    )


def _read_line(row: Row) -> OpenLine:
    return OpenLine(
        line_id=get_int(row[0]),
        item_id=get_int(row[1]),
        name=get_text(row[2]),
        name_en=get_text(row[3]),
        scanned_code=get_text(row[4]),
        unit_of_measure=UnitOfMeasure(get_text(row[5])),
        tax_rate=TaxRate(get_text(row[6]), get_int(row[7])),
        quantity_milli=get_int(row[8]),
        list_price_fen=get_int(row[9]),
        unit_price_fen=get_int(row[10]),
        discount_fen=get_int(row[11]),
        lot=get_text(row[12]),
    )
