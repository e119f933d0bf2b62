"""Shifts: opened with a float, closed by a blind count; cash that moves in between; X and Z."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from edge_agent.services.approvals import Claim, permit
from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import (
    CountDiffersError,
    NoShiftError,
    ShiftOpenError,
    TicketOpenError,
)
from edge_agent.services.facts import write_fact
from edge_agent.store import journal, registers, trading
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.trading import Shift
from retail_domain.errors import AmountOutOfRangeError
from retail_domain.trade.fact import Fact
from retail_domain.trade.shift import (
    CashMove,
    CashMoved,
    DenominationCount,
    ShiftClosed,
    ShiftOpened,
    ShiftSum,
    ShiftTotals,
)
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.void import DrawerOpened, ReceiptReprinted, TicketVoided


def open_shift(
    db: Connection, box: Box, operator: Operator, float_fen: int, *, fact_id: uuid.UUID
) -> Fact:
    """Let a cashier take a register over. A repeated fact_id changes nothing.

    Raises:
        ShiftOpenError: the register has one.
        AmountOutOfRangeError: no float.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        shift = trading.read_shift(db, operator.register_no)
        if shift is not None and shift.is_open:
            raise ShiftOpenError(register_no=operator.register_no, staff_no=shift.staff_no)
        _require_amount(float_fen)
        shift_no = 1 if shift is None else shift.shift_no + 1
        return write_fact(db, box, operator, ShiftOpened(shift_no, float_fen), fact_id=fact_id)


@dataclasses.dataclass(frozen=True, slots=True)
class CashTaken:
    """Cash that somebody puts into the drawer, or takes out."""

    move: CashMove
    amount_fen: int
    reason: str


def move_cash(
    db: Connection, box: Box, operator: Operator, taken: CashTaken, claim: Claim, fact_id: uuid.UUID
) -> Fact:
    """Note cash that goes into the drawer or out of it. A repeated fact_id changes nothing.

    Raises:
        ApprovalNeededError, ApprovalMissingError: more than the actor may take out alone.
        NoShiftError: nobody answers for the drawer.
        AmountOutOfRangeError: nothing, or beyond any drawer.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        shift = _require_shift(db, operator.register_no)
        _require_amount(taken.amount_fen, least_fen=1)
        approved_by = permit(db, box, claim)
        payload = CashMoved(shift.shift_no, taken.move, taken.amount_fen, taken.reason, approved_by)
        return write_fact(db, box, operator, payload, fact_id=fact_id)


def open_drawer(
    db: Connection,
    box: Box,
    operator: Operator,
    reason: str,
    claim: Claim,
    fact_id: uuid.UUID,
) -> Fact:
    """Note that the drawer is opened without a sale. A repeated fact_id changes nothing.

    Raises:
        ApprovalNeededError, ApprovalMissingError: the actor may not alone.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        payload = DrawerOpened(reason, permit(db, box, claim))
        return write_fact(db, box, operator, payload, fact_id=fact_id)


def note_reprint(
    db: Connection, box: Box, operator: Operator, ticket: Fact, *, fact_id: uuid.UUID
) -> Fact:
    """Note that a receipt is printed again; copies are numbered. A repeat changes nothing."""
    assert isinstance(ticket.happening.payload, Ticket)
    ticket_id = ticket.happening.fact_id
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        copies = journal.count_reprints(db, ticket_id)
        payload = ReceiptReprinted(ticket_id, ticket.happening.payload.receipt_no, copies + 1)
        return write_fact(db, box, operator, payload, fact_id=fact_id, causes=(ticket_id,))


def read_x(db: Connection, register_no: str) -> tuple[Shift, ShiftTotals]:
    """What the open shift comes to so far; changes nothing.

    Raises:
        NoShiftError
    """
    shift = _require_shift(db, register_no)
    return shift, _add_up(db, shift).totals()


def close_shift(
    db: Connection,
    box: Box,
    operator: Operator,
    counted_fen: int,
    *,
    counts: Sequence[DenominationCount] = (),
    fact_id: uuid.UUID,
) -> Fact:
    """Close the register's shift with what was counted before the expected amount was shown.

    The Z is final: a mistake is put right in the next shift. A repeated fact_id changes nothing.

    Raises:
        NoShiftError, CountDiffersError, AmountOutOfRangeError
        TicketOpenError: goods are rung up and not paid for.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        shift = _require_shift(db, operator.register_no)
        _require_amount(counted_fen)
        pieces_fen = sum(count.denomination_fen * count.pieces for count in counts)
        if counts and pieces_fen != counted_fen:
            raise CountDiffersError(pieces_fen=pieces_fen, counted_fen=counted_fen)
        ticket = registers.find_open_ticket(db, operator.register_no)
        if ticket is not None and ticket.lines:
            lines = len(ticket.lines)
            raise TicketOpenError(register_no=operator.register_no, lines=lines)
        totals = _add_up(db, shift).totals()
        payload = ShiftClosed(shift.shift_no, shift.float_fen, counted_fen, tuple(counts), totals)
        return write_fact(db, box, operator, payload, fact_id=fact_id)


def _require_shift(db: Connection, register_no: str) -> Shift:
    shift = trading.read_shift(db, register_no)
    if shift is None or not shift.is_open:
        raise NoShiftError(register_no=register_no)
    return shift


def _require_amount(amount_fen: int, least_fen: int = 0) -> None:
    if not least_fen <= amount_fen <= TENDER_FEN_MAX:
        raise AmountOutOfRangeError(amount_fen=amount_fen, limit_fen=TENDER_FEN_MAX)


def _add_up(db: Connection, shift: Shift) -> ShiftSum:
    """Add up the register's facts since the shift began: some thousand at most."""
    summed = ShiftSum(shift.float_fen)
    place = (shift.opened_epoch, shift.opened_seq)
    for fact, _body, _head in journal.iterate_facts(db, after=place):
        if fact.happening.register_no != shift.register_no:
            continue
        match fact.happening.payload:
            case Ticket() as ticket:
                summed.add_ticket(ticket)
            case CashMoved() as moved:
                summed.add_cash(moved)
            case TicketVoided():
                summed.voids += 1
            case DrawerOpened():
                summed.drawer_openings += 1
            case ReceiptReprinted():
                summed.reprints += 1
    return summed
