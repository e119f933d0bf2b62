"""Wallet payments and refunds that the box asked the payment provider for."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Collection

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, Row
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.wallet_payment import LIVE, RefundState, WalletState

PAYMENT = """
    payment_no, kind, amount_fen, pay_code, register_no, held_id, staff_no, handed_over, state,
    reason, asked_at_ms, changed_at_ms, fact_id
"""
REFUND = """
    refund_no, payment_no, amount_fen, fact_id, state, reason, asked_at_ms, changed_at_ms
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WalletPayment:
    """One payment, under a number that the provider keeps too."""

    payment_no: str
    kind: TenderKind
    amount_fen: int
    pay_code: str
    register_no: str
    """Whose open ticket it pays."""
    held_id: uuid.UUID | None = None
    """Of the held ticket that it is put aside with."""
    staff_no: str
    handed_over: tuple[tuple[TenderKind, int], ...] = ()
    """Kinds and amounts that close the ticket together with it."""
    state: WalletState = WalletState.ASKED
    reason: str = ""
    """The provider's words."""
    asked_at_ms: int
    changed_at_ms: int
    fact_id: uuid.UUID | None = None
    """Of the ticket that it became part of."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WalletRefund:
    """What a ticket owes to a customer's wallet."""

    refund_no: str
    payment_no: str
    amount_fen: int
    fact_id: uuid.UUID
    """Of the ticket that owes it."""
    state: RefundState = RefundState.ASKED
    reason: str = ""
    asked_at_ms: int
    changed_at_ms: int


def save_payment(db: Connection, payment: WalletPayment) -> None:
    """Write a payment, new or changed; inside write_transaction()."""
    db.execute(
        f"""
        INSERT INTO wallet_payment ({PAYMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            register_no = excluded.register_no, held_id = excluded.held_id,
            state = excluded.state, reason = excluded.reason,
            changed_at_ms = excluded.changed_at_ms, fact_id = excluded.fact_id
        """,  # noqa: S608 (names of columns, all ours)
        (
            payment.payment_no,
            payment.kind.value,
            payment.amount_fen,
            payment.pay_code,
            payment.register_no,
            None if payment.held_id is None else payment.held_id.bytes,
            payment.staff_no,
            json.dumps([(kind.value, fen) for kind, fen in payment.handed_over]),
            payment.state.value,
            payment.reason,
            payment.asked_at_ms,
            payment.changed_at_ms,
            None if payment.fact_id is None else payment.fact_id.bytes,
        ),
    )


def find_payment(db: Connection, payment_no: str) -> WalletPayment | None:
    """A payment of this box by its number."""
    row = db.execute(
        f"SELECT {PAYMENT} FROM wallet_payment WHERE payment_no = ?",  # noqa: S608 (our columns)
        (payment_no,),
    ).fetchone()
    return None if row is None else _read_payment(row)


def read_open_payments(db: Connection) -> list[WalletPayment]:
    """All that are asked for, paid without a ticket, or being taken back; the oldest first."""
    rows = db.execute(
        f"""
        SELECT {PAYMENT} FROM wallet_payment WHERE state IN ('asked', 'paid', 'taking_back')
        ORDER BY asked_at_ms, payment_no
        """  # noqa: S608 (our columns)
    ).fetchall()
    return [_read_payment(row) for row in rows]


def read_live_payments(
    db: Connection, register_no: str, held_id: uuid.UUID | None = None
) -> list[WalletPayment]:
    """Those that bind the register's open ticket, or a held one; the oldest first."""
    return [
        payment
        for payment in read_open_payments(db)
        if payment.state in LIVE
        and payment.held_id == held_id
        and (held_id is not None or payment.register_no == register_no)
    ]


def save_refund(db: Connection, refund: WalletRefund) -> None:
    """Write a refund, new or changed; inside write_transaction()."""
    db.execute(
        f"""
        INSERT INTO wallet_refund ({REFUND}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET
            state = excluded.state, reason = excluded.reason,
            changed_at_ms = excluded.changed_at_ms
        """,  # noqa: S608 (names of columns, all ours)
        (
            refund.refund_no,
            refund.payment_no,
            refund.amount_fen,
            refund.fact_id.bytes,
            refund.state.value,
            refund.reason,
            refund.asked_at_ms,
            refund.changed_at_ms,
        ),
    )


def find_refund(db: Connection, refund_no: str) -> WalletRefund | None:
    """A refund of this box by its number."""
    row = db.execute(
        f"SELECT {REFUND} FROM wallet_refund WHERE refund_no = ?",  # noqa: S608 (our columns)
        (refund_no,),
    ).fetchone()
    return None if row is None else _read_refund(row)


def read_open_refunds(
    db: Connection, states: Collection[RefundState] = (RefundState.ASKED,)
) -> list[WalletRefund]:
    """Refunds in any of the states, out of asked and declined; the oldest first."""
    rows = db.execute(
        f"""
        SELECT {REFUND} FROM wallet_refund WHERE state <> 'refunded'
        ORDER BY asked_at_ms, refund_no
        """  # noqa: S608 (our columns)
    ).fetchall()
    return [refund for row in rows if (refund := _read_refund(row)).state in states]


def sum_refunds(db: Connection, payment_no: str) -> int:
    """What of a payment was given back or is being given back, in fen."""
    row = db.execute(
        """
        SELECT coalesce(sum(amount_fen), 0) FROM wallet_refund
        WHERE payment_no = ? AND state <> 'declined'
        """,
        (payment_no,),
    ).fetchone()
    assert row is not None
    return get_int(row[0])


def _read_payment(row: Row) -> WalletPayment:
    held_id, fact_id = row[5], row[12]
    return WalletPayment(
        payment_no=get_text(row[0]),
        kind=TenderKind(get_text(row[1])),
        amount_fen=get_int(row[2]),
        pay_code=get_text(row[3]),
        register_no=get_text(row[4]),
        held_id=None if held_id is None else uuid.UUID(bytes=get_bytes(held_id)),
        staff_no=get_text(row[6]),
        handed_over=tuple((TenderKind(kind), fen) for kind, fen in json.loads(get_text(row[7]))),
        state=WalletState(get_text(row[8])),
        reason=get_text(row[9]),
        asked_at_ms=get_int(row[10]),
        changed_at_ms=get_int(row[11]),
        fact_id=None if fact_id is None else uuid.UUID(bytes=get_bytes(fact_id)),
    )


def _read_refund(row: Row) -> WalletRefund:
    return WalletRefund(
        refund_no=get_text(row[0]),
        payment_no=get_text(row[1]),
        amount_fen=get_int(row[2]),
        fact_id=uuid.UUID(bytes=get_bytes(row[3])),
        state=RefundState(get_text(row[4])),
        reason=get_text(row[5]),
        asked_at_ms=get_int(row[6]),
        changed_at_ms=get_int(row[7]),
    )
