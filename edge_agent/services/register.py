"""The register: one command of a cashier or a scanner is one transaction, and safe to repeat."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Callable, Sequence

from edge_agent.services import answers
from edge_agent.services.answers import Answer, Refusal
from edge_agent.services.box import Box, Operator
from edge_agent.services.catalog import Lists
from edge_agent.services.facts import write_fact
from edge_agent.store import journal, registers
from edge_agent.store.database import write_transaction
from edge_agent.store.projections import read_receipt_no
from edge_agent.store.sqlite_library import Connection
from retail_domain.errors import RetailError
from retail_domain.rounding import MILLI
from retail_domain.trade import open_ticket
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import OpenLine, OpenTicket
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket, close_ticket
from retail_domain.trade.void import TicketVoided, VoidedLine, VoidScope

REASON_LENGTH_MAX = 40
"""Of a code of the store's list."""


class CommandName(enum.Enum):
    """What a register can be told to do."""

    SCAN = "scan"
    ADD_ITEM = "add_item"
    SET_QUANTITY = "set_quantity"
    REMOVE_LINE = "remove_line"
    CLEAR_TICKET = "clear_ticket"
    PAY = "pay"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One wish of a register; which fields count follows from the name."""

    command_id: uuid.UUID
    """Made by the page or the device; the same id is the same wish."""
    name: CommandName
    code: str = ""
    item_id: int = 0
    line_id: int = 0
    quantity_milli: int = MILLI
    tenders: tuple[tuple[TenderKind, int], ...] = ()
    """Kind and amount in fen, as handed over."""
    reason: str = ""
    """Why lines are taken off; a code of the store's list."""


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What a command did; a repeat has the answer and no change."""

    answer: Answer
    before: OpenTicket
    after: OpenTicket
    hot_line_id: int | None = None
    """The line to show, if one changed."""
    fact: Fact | None = None
    """What the command wrote: the ticket that it closed, or the lines that it voided."""


def execute_command(
    db: Connection, box: Box, register_no: str, staff_no: str, command: Command
) -> Done:
    """Do what a register was told, or refuse it with a reason; both are kept for a repeat.

    A repeated command_id changes nothing and gets the first answer.
    """
    with write_transaction(db):
        before = registers.read_open_ticket(db, register_no)
        kept = registers.read_answer(db, register_no, command.command_id)
        if kept is not None:
            return Done(answers.load_answer(kept), before, before)
        try:
            done = STEPS[command.name](db, box, Seat(register_no, staff_no, before), command)
        except RetailError as error:
            done = Done(Answer(Refusal.of(error)), before, before)
        registers.save_open_ticket(db, register_no, done.before, done.after)
        registers.save_answer(db, register_no, command.command_id, answers.dump_answer(done.answer))
    return done


@dataclasses.dataclass(frozen=True, slots=True)
class Seat:
    """Where a command comes from, and the ticket it finds there."""

    register_no: str
    staff_no: str
    ticket: OpenTicket


def _scan(db: Connection, box: Box, seat: Seat, command: Command) -> Done:
    offer = box.lists(db).find_offer(command.code)
    after, line_id = open_ticket.add_item(seat.ticket, offer, command.quantity_milli)
    return Done(Answer(), seat.ticket, after, line_id)


def _add_item(db: Connection, box: Box, seat: Seat, command: Command) -> Done:
    offer = box.lists(db).make_offer(command.item_id)
    after, line_id = open_ticket.add_item(seat.ticket, offer, command.quantity_milli)
    return Done(Answer(), seat.ticket, after, line_id)


def _set_quantity(_db: Connection, _box: Box, seat: Seat, command: Command) -> Done:
    after, line_id = open_ticket.set_quantity(seat.ticket, command.line_id, command.quantity_milli)
    return Done(Answer(), seat.ticket, after, line_id)


def _remove_line(db: Connection, box: Box, seat: Seat, command: Command) -> Done:
    after = open_ticket.remove_line(seat.ticket, command.line_id)
    gone = (seat.ticket.line(command.line_id),)
    fact = _void(db, box, seat, VoidScope.LINE, gone, command.reason)
    return Done(Answer(), seat.ticket, after, fact=fact)


def _clear_ticket(db: Connection, box: Box, seat: Seat, command: Command) -> Done:
    if not seat.ticket.lines:
        return Done(Answer(), seat.ticket, OpenTicket())
    fact = _void(db, box, seat, VoidScope.TICKET, seat.ticket.lines, command.reason)
    return Done(Answer(), seat.ticket, OpenTicket(), fact=fact)


def _pay(db: Connection, box: Box, seat: Seat, command: Command) -> Done:
    payload = _settle(box.lists(db), seat, seat.ticket, command.tenders)
    fact = _append(db, box, seat, payload)
    return Done(Answer(fact_id=fact.happening.fact_id), seat.ticket, OpenTicket(), fact=fact)


STEPS: dict[CommandName, Callable[[Connection, Box, Seat, Command], Done]] = {
    CommandName.SCAN: _scan,
    CommandName.ADD_ITEM: _add_item,
    CommandName.SET_QUANTITY: _set_quantity,
    CommandName.REMOVE_LINE: _remove_line,
    CommandName.CLEAR_TICKET: _clear_ticket,
    CommandName.PAY: _pay,
}
assert set(STEPS) == set(CommandName)


@dataclasses.dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a whole basket: an item, how much, and what is charged for it."""

    item_id: int
    scanned_code: str
    quantity_milli: int
    unit_price_fen: int
    discount_fen: int = 0


def sell_basket(
    db: Connection,
    box: Box,
    seat: Seat,
    lines: Sequence[BasketLine],
    *,
    fact_id: uuid.UUID,
    tender: TenderKind,
) -> Fact:
    """Ring up and close a whole basket in one transaction, by the same steps as the register.

    For trade that comes as baskets (a self-checkout, a replay). A repeated fact_id changes nothing.

    Args:
        db: the box's database.
        box: its clock gives the instant.
        seat: register and staff; its ticket is where the basket starts, normally empty.
        lines: in the order of the receipt; each stands alone.
        fact_id: of the ticket.
        tender: pays the exact amount.

    Returns:
        The ticket, or the one that was there.

    Raises:
        RetailError: nothing was sold.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        ticket, lists = seat.ticket, box.lists(db)
        for line in lines:
            offer = lists.make_offer(line.item_id, line.scanned_code)
            ticket, _line_id = open_ticket.add_item(
                ticket,
                offer,
                line.quantity_milli,
                unit_price_fen=line.unit_price_fen,
                discount_fen=line.discount_fen,
            )
        payload = _settle(lists, seat, ticket, ((tender, ticket.due_fen),))
        return _append(db, box, seat, payload, fact_id)


def _settle(
    lists: Lists, seat: Seat, ticket: OpenTicket, tenders: Sequence[tuple[TenderKind, int]]
) -> Ticket:
    return close_ticket(
        ticket,
        tenders,
        receipt_no=read_receipt_no(lists.db, seat.register_no) + 1,
        prices=lists.prices,
    )


def _append(
    db: Connection, box: Box, seat: Seat, payload: Ticket, fact_id: uuid.UUID | None = None
) -> Fact:
    return write_fact(db, box, Operator(seat.staff_no, seat.register_no), payload, fact_id=fact_id)


def _void(
    db: Connection,
    box: Box,
    seat: Seat,
    scope: VoidScope,
    lines: Sequence[OpenLine],
    reason: str,
) -> Fact:
    """Lines that were on the screen do not vanish without a trace."""
    gone = tuple(VoidedLine(line.item_id, line.quantity_milli, line.amount_fen) for line in lines)
    payload = TicketVoided(scope, reason[:REASON_LENGTH_MAX], "", gone)
    return write_fact(db, box, Operator(seat.staff_no, seat.register_no), payload)
