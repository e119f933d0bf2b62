"""Use cases of wallet payments: asked for once, heard of late, taken back, refunded.

A payment is written before its provider is told of it. What the provider says, whenever it says it,
goes through `hear_payment`: it alone closes a ticket that a wallet paid.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from edge_agent.services.attendance import now_ms
from edge_agent.services.box import Box, Operator
from edge_agent.services.facts import write_fact
from edge_agent.services.passed_sales import find_sale_here
from edge_agent.services.seat import Seat
from edge_agent.services.wallet_errors import (
    NoGatewayError,
    NotAPayCodeError,
    WalletAmountError,
    WalletByHandError,
    WalletNotFoundError,
    WalletPendingError,
    WalletRefundTooLargeError,
)
from edge_agent.store import registers, wallet_payments
from edge_agent.store.database import write_transaction
from edge_agent.store.projections import read_receipt_no
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.wallet_payments import WalletPayment, WalletRefund
from retail_domain.errors import TicketEmptyError
from retail_domain.labels.fill import show_yuan
from retail_domain.trade.fact import Fact
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import Ticket, close_ticket
from retail_domain.trade.wallet_payment import (
    PAY_CODES,
    REFUND_STATES,
    ProviderAnswer,
    WalletState,
    next_state,
    read_pay_code,
)

WAIT_MAX_MS = 10 * 60 * 1_000
"""For a customer's password, or a provider that does not answer."""
Offered = tuple[tuple[TenderKind, int], ...]
"""Kinds and amounts in fen, as handed over."""


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """What an answer of the provider changed."""

    payment: WalletPayment
    before: OpenTicket
    """The register's ticket when the answer came; its lines are those of the fact."""
    fact: Fact | None = None
    """The ticket that the payment closed."""
    has_changed: bool = True


def require_by_code(box: Box, offered: Offered) -> None:
    """Refuse a wallet that is entered by hand where a provider charges it.

    Raises:
        WalletByHandError
    """
    for kind, _fen in offered:
        if box.till.has_wallet_gateway and kind in PAY_CODES:
            raise WalletByHandError


def require_free(db: Connection, register_no: str) -> None:
    """Refuse to change a ticket that a payment was asked for.

    Raises:
        WalletPendingError
    """
    for payment in wallet_payments.read_live_payments(db, register_no):
        raise WalletPendingError(amount_yuan=show_yuan(payment.amount_fen))


def read_paid(db: Connection, register_no: str) -> tuple[Tender, ...]:
    """Tenders of the register's open ticket that wallets paid already.

    Raises:
        WalletPendingError: one is not known to be paid yet.
    """
    live = wallet_payments.read_live_payments(db, register_no)
    for payment in live:
        if payment.state is WalletState.ASKED:
            raise WalletPendingError(amount_yuan=show_yuan(payment.amount_fen))
    return tuple(map(_make_tender, live))


def begin_payment(
    db: Connection, box: Box, seat: Seat, pay_code: str, amount_fen: int, handed_over: Offered
) -> WalletPayment:
    """Write down that a customer's wallet is to be charged; inside write_transaction().

    Args:
        db: the box's database.
        box: its clock gives the instant.
        seat: register and staff; its ticket is paid for.
        pay_code: of the customer's phone.
        amount_fen: to charge; 0: all that is due beside what is handed over.
        handed_over: closes the ticket together with it, once it is paid.

    Raises:
        NoGatewayError, NotAPayCodeError, TicketEmptyError, WalletByHandError
        WalletPendingError: another payment is not over.
        WalletAmountError: nothing is left to pay, or less than this.
    """
    if not box.till.has_wallet_gateway:
        raise NoGatewayError
    kind = read_pay_code(pay_code)
    if kind is None:
        raise NotAPayCodeError(pay_code=pay_code)
    require_by_code(box, handed_over)
    if not seat.ticket.lines:
        raise TicketEmptyError
    paid_fen = sum(tender.amount_fen for tender in read_paid(db, seat.register_no))
    rest_fen = seat.ticket.due_fen - paid_fen - sum(fen for _kind, fen in handed_over)
    charged_fen = amount_fen or rest_fen
    if not 0 < charged_fen <= rest_fen:
        raise WalletAmountError(amount_yuan=show_yuan(charged_fen), rest_yuan=show_yuan(rest_fen))
    at_ms = now_ms(box)
    payment = WalletPayment(
        payment_no=make_fact_id(at_ms, box.clock.random_bits(RANDOM_BITS)).hex,
        kind=kind,
        amount_fen=charged_fen,
        pay_code=pay_code,
        register_no=seat.register_no,
        staff_no=seat.staff_no,
        handed_over=handed_over,
        asked_at_ms=at_ms,
        changed_at_ms=at_ms,
    )
    wallet_payments.save_payment(db, payment)
    return payment


def take_back_payment(db: Connection, box: Box, register_no: str, payment_no: str) -> None:
    """Free the ticket of a payment; the provider gives back whatever it charged, however late.

    Inside write_transaction(). A repeat changes nothing.

    Raises:
        WalletNotFoundError: no payment of this register, or settled already.
    """
    payment = wallet_payments.find_payment(db, payment_no)
    if payment is None or payment.register_no != register_no or payment.fact_id is not None:
        raise WalletNotFoundError
    if payment.state in {WalletState.ASKED, WalletState.PAID}:
        _change(db, box, payment, WalletState.TAKING_BACK)


def settle_payments(db: Connection, box: Box, register_no: str, fact: Fact) -> None:
    """Note of which ticket the register's paid payments are; inside write_transaction()."""
    for payment in wallet_payments.read_live_payments(db, register_no):
        settled = dataclasses.replace(payment, fact_id=fact.happening.fact_id)
        _change(db, box, settled, WalletState.SETTLED)


def hear_payment(db: Connection, box: Box, payment_no: str, answer: ProviderAnswer) -> Heard:
    """Take what the provider said of a payment; closes the ticket if that pays for all of it.

    One transaction. A late or repeated answer changes nothing. What is unknown after WAIT_MAX_MS is
    taken back.
    """
    with write_transaction(db):
        payment = wallet_payments.find_payment(db, payment_no)
        assert payment is not None, payment_no
        ticket = registers.read_open_ticket(db, payment.register_no)
        state = next_state(payment.state, answer.outcome)
        if state is WalletState.ASKED and now_ms(box) - payment.asked_at_ms >= WAIT_MAX_MS:
            state = WalletState.TAKING_BACK
        if state is payment.state:
            return Heard(payment, ticket, has_changed=False)
        payment = dataclasses.replace(payment, reason=answer.reason)
        payment = _change(db, box, payment, state)
        if state is not WalletState.PAID or payment.held_id is not None:
            return Heard(payment, ticket)
        seat = Seat(payment.register_no, payment.staff_no, ticket)
        fact = _close_if_paid(db, box, seat, payment.handed_over)
        return Heard(payment, ticket, fact)


def hold_payments(db: Connection, box: Box, register_no: str, held_id: uuid.UUID) -> None:
    """Put the register's payments aside with its ticket; inside write_transaction()."""
    for payment in wallet_payments.read_live_payments(db, register_no):
        _change(db, box, dataclasses.replace(payment, held_id=held_id), payment.state)


def recall_payments(db: Connection, box: Box, register_no: str, held_id: uuid.UUID) -> None:
    """Take up what was put aside with a ticket; inside write_transaction()."""
    for payment in wallet_payments.read_live_payments(db, "", held_id):
        moved = dataclasses.replace(payment, held_id=None, register_no=register_no)
        _change(db, box, moved, payment.state)


def owe_refunds(db: Connection, box: Box, ticket: Ticket, causes: Sequence[uuid.UUID]) -> Ticket:
    """Say which payments give back what a ticket pays out to wallets; the ticket names them.

    Inside write_transaction(); `ask_refunds` follows when the fact is written.

    Args:
        db: the box's database.
        box: whether a provider pays.
        ticket: of goods brought back.
        causes: the sales that they were sold on.

    Raises:
        WalletRefundTooLargeError: the sales were not paid so, or it went back already.
    """
    if not box.till.has_wallet_gateway:
        return ticket
    tenders: list[Tender] = []
    for tender in ticket.tenders:
        if tender.kind in PAY_CODES and tender.amount_fen < 0:
            tenders += _share_refund(db, box.identity.store, tender, causes)
        else:
            tenders.append(tender)
    return dataclasses.replace(ticket, tenders=tuple(tenders))


def ask_refunds(db: Connection, box: Box, fact: Fact) -> None:
    """Write down which refunds the provider is to be told of; inside write_transaction()."""
    ticket, fact_id = fact.happening.payload, fact.happening.fact_id
    assert isinstance(ticket, Ticket)
    at_ms = now_ms(box)
    owed = [tender for tender in ticket.tenders if tender.payment_no and tender.amount_fen < 0]
    for number, tender in enumerate(owed, start=1):
        refund = WalletRefund(
            refund_no=f"{fact_id.hex[:28]}{number:04}",
            payment_no=tender.payment_no,
            amount_fen=-tender.amount_fen,
            fact_id=fact_id,
            asked_at_ms=at_ms,
            changed_at_ms=at_ms,
        )
        wallet_payments.save_refund(db, refund)


def hear_refund(db: Connection, box: Box, refund_no: str, answer: ProviderAnswer) -> WalletRefund:
    """Take what the provider said of a refund. A late or repeated answer changes nothing."""
    with write_transaction(db):
        refund = wallet_payments.find_refund(db, refund_no)
        assert refund is not None, refund_no
        state = REFUND_STATES.get(answer.outcome, refund.state)
        if state is not refund.state:
            refund = dataclasses.replace(
                refund, state=state, reason=answer.reason, changed_at_ms=now_ms(box)
            )
            wallet_payments.save_refund(db, refund)
        return refund


def _close_if_paid(db: Connection, box: Box, seat: Seat, handed_over: Offered) -> Fact | None:
    live = wallet_payments.read_live_payments(db, seat.register_no)
    paid_fen = sum(one.amount_fen for one in live if one.state is WalletState.PAID)
    is_enough = paid_fen + sum(fen for _kind, fen in handed_over) >= seat.ticket.due_fen
    if not is_enough or any(one.state is WalletState.ASKED for one in live):
        return None
    ticket = close_ticket(
        seat.ticket,
        handed_over,
        receipt_no=read_receipt_no(db, seat.register_no) + 1,
        prices=box.lists(db).prices,
        paid=tuple(map(_make_tender, live)),
        rounding_unit_fen=box.till.cash_rounding_fen,
    )
    fact = write_fact(db, box, Operator(seat.staff_no, seat.register_no), ticket)
    settle_payments(db, box, seat.register_no, fact)
    registers.save_open_ticket(db, seat.register_no, seat.ticket, OpenTicket())
    return fact


def _share_refund(
    db: Connection, store: str, tender: Tender, causes: Sequence[uuid.UUID]
) -> list[Tender]:
    """Tenders below zero that come to this one, each out of one payment."""
    owed_fen, shared = -tender.amount_fen, []
    for cause in causes:
        here = find_sale_here(db, store, cause)
        for paid in here.ticket.tenders:
            if paid.kind is not tender.kind or not paid.payment_no or paid.amount_fen <= 0:
                continue
            left_fen = paid.amount_fen - wallet_payments.sum_refunds(db, paid.payment_no)
            left_fen -= here.refunded_elsewhere_fen(paid.payment_no)
            part_fen = min(owed_fen, left_fen)
            if part_fen > 0:
                shared.append(Tender(tender.kind, -part_fen, -part_fen, paid.payment_no))
                owed_fen -= part_fen
    if owed_fen:
        raise WalletRefundTooLargeError(
            left_yuan=show_yuan(-tender.amount_fen - owed_fen),
            amount_yuan=show_yuan(-tender.amount_fen),
        )
    return shared


def _make_tender(payment: WalletPayment) -> Tender:
    return Tender(payment.kind, payment.amount_fen, payment.amount_fen, payment.payment_no)


def _change(db: Connection, box: Box, payment: WalletPayment, state: WalletState) -> WalletPayment:
    changed = dataclasses.replace(payment, state=state, changed_at_ms=now_ms(box))
    wallet_payments.save_payment(db, changed)
    return changed
