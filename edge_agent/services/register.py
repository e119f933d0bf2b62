"""The register: one command of a cashier or a scanner is one transaction, and safe to repeat."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Callable, Mapping, Sequence

from edge_agent.services import answers
from edge_agent.services.answers import Answer, CodeQuestion, Refusal
from edge_agent.services.approvals import Claim, Wish, permit
from edge_agent.services.box import Box, Operator
from edge_agent.services.catalog import Lists
from edge_agent.services.errors import CodeKnownError, TaxRateUnknownError, TicketOpenError
from edge_agent.services.facts import write_fact
from edge_agent.services.held_tickets import hold_ticket, recall_ticket
from edge_agent.services.printing import show_line
from edge_agent.services.returns import (
    Back,
    BroughtBackWithoutReceipt,
    ExchangeWish,
    refunded_fen,
    unreceipted_fen,
    write_exchange,
)
from edge_agent.services.seat import Seat
from edge_agent.services.wallet_payments import (
    begin_payment,
    hold_payments,
    read_paid,
    recall_payments,
    require_by_code,
    require_free,
    settle_payments,
    take_back_payment,
)
from edge_agent.services.weighing import Pan, Weighed, weigh, weigh_scanned
from edge_agent.store import journal, registers
from edge_agent.store.database import savepoint, write_transaction
from edge_agent.store.projections import read_receipt_no
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.item import Price, UnitOfMeasure
from retail_domain.catalog.open_item import OPEN_ITEM_RATES, make_open_item
from retail_domain.catalog.scanned_code import read_code
from retail_domain.errors import AmbiguousBarcodeError, RetailError, UnknownBarcodeError
from retail_domain.people.permission import NO_AMOUNTS, Actor
from retail_domain.people.right import Measure, Right
from retail_domain.rounding import MILLI
from retail_domain.trade import open_ticket
from retail_domain.trade.approval import Approval
from retail_domain.trade.box_event import ItemUnknown
from retail_domain.trade.fact import Fact
from retail_domain.trade.labelled_goods import charge_for, require_sellable
from retail_domain.trade.open_ticket import Offer, OpenLine, OpenTicket
from retail_domain.trade.tax import BASIS_POINTS
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import Ticket, close_ticket
from retail_domain.trade.void import TicketVoided, VoidedLine, VoidScope

REASON_LENGTH_MAX = 40
"""Of a code of the store's list."""
CHOICES_MAX = 9
"""Items of one code to choose from: the keys 1 to 9."""
OPEN_ITEM_PRICE_FEN_MAX = 100_000
"""Of goods that no item has; beyond it somebody with the right to type prices allows it."""
QR_CODE = "]Q"
"""AIM identifier of QR codes, without the modifier."""
TAX_RATES = {rate.tax_rate_id: rate for rate in OPEN_ITEM_RATES}


class CommandName(enum.Enum):
    """What a register can be told to do."""

    SCAN = "scan"
    ADD_ITEM = "add_item"
    SELL_OPEN_ITEM = "sell_open_item"
    SET_QUANTITY = "set_quantity"
    SET_PRICE = "set_price"
    SET_DISCOUNT = "set_discount"
    DISCOUNT_TICKET = "discount_ticket"
    REMOVE_LINE = "remove_line"
    CLEAR_TICKET = "clear_ticket"
    HOLD_TICKET = "hold_ticket"
    RECALL_TICKET = "recall_ticket"
    EXCHANGE = "exchange"
    PAY = "pay"
    PAY_BY_CODE = "pay_by_code"
    TAKE_BACK_PAYMENT = "take_back_payment"


WHILE_PAYING = frozenset(
    {
        CommandName.HOLD_TICKET,
        CommandName.RECALL_TICKET,
        CommandName.PAY,
        CommandName.EXCHANGE,
        CommandName.PAY_BY_CODE,
        CommandName.TAKE_BACK_PAYMENT,
    }
)
"""Leave the lines as they are: a wallet may pay, or have paid, for just these."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One wish of a register; which fields count follows from the name."""

    command_id: uuid.UUID
    """Made by the page or the device; the same id is the same wish."""
    name: CommandName
    code: str = ""
    symbology: str = ""
    """AIM identifier of the code's carrier (`]C1`), empty when nobody knows."""
    item_id: int = 0
    line_id: int = 0
    quantity_milli: int = MILLI
    unit_price_fen: int = 0
    discount_fen: int = 0
    goods_name: str = ""
    """What the cashier calls goods that no item has."""
    tax_rate_id: str = ""
    held_id: uuid.UUID | None = None
    back: tuple[Back, ...] = ()
    """What the customer brings back."""
    tenders: tuple[tuple[TenderKind, int], ...] = ()
    """Kind and amount in fen, as handed over; to the customer when more comes back than is sold."""
    pay_code: str = ""
    """Of the customer's phone."""
    amount_fen: int = 0
    """To charge by the pay code; 0: all that is due beside the tenders."""
    payment_no: str = ""
    reason: str = ""
    """Why lines are taken off; a code of the store's list."""
    approval_id: uuid.UUID | None = None
    """Of `approvals.approve`, when the first try was refused for want of one."""
    pan: Pan | None = None
    """What the register's scale shows, as the desk saw it; a weighed item is sold by it."""


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
    is_weighed: bool = False
    """Whether the scale's weight was sold: it counts once."""
    has_paid: bool = False
    """Whether something about the ticket's wallet payments changed."""


def execute_command(
    db: Connection, box: Box, register_no: str, actor: Actor, command: Command
) -> Done:
    """Do what a register was told, or refuse it with a reason; both are kept for a repeat.

    A repeated command_id changes nothing and gets the first answer.

    Args:
        db: of the box.
        box: its clock gives the instant.
        register_no: where.
        actor: who is there; may sell.
        command: what is wished.
    """
    with write_transaction(db):
        before = registers.read_open_ticket(db, register_no)
        kept = registers.read_answer(db, register_no, command.command_id)
        if kept is not None:
            return Done(answers.load_answer(kept), before, before)
        turn = Turn(db, box, Seat(register_no, actor.person_no, before), actor, command)
        try:
            with savepoint(db):  # A refused step has written nothing, whatever it began with.
                if command.name not in WHILE_PAYING:
                    require_free(db, register_no)
                done = STEPS[command.name](turn)
        except RetailError as error:
            refusal = dataclasses.replace(Refusal.of(error), question=_ask(turn, error))
            done = Done(Answer(refusal), before, before)
        registers.save_open_ticket(db, register_no, done.before, done.after)
        registers.save_answer(db, register_no, command.command_id, answers.dump_answer(done.answer))
        if done.after is not before and done.after.lines:
            line_id = done.hot_line_id or done.after.lines[-1].line_id
            line = done.after.line(line_id)
            show_line(db, box, register_no, line.name, done.after.due_fen)
    return done


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """What a step has to go by, inside the command's transaction."""

    db: Connection
    box: Box
    seat: Seat
    actor: Actor
    command: Command

    @property
    def ticket(self) -> OpenTicket:
        """As the command found it."""
        return self.seat.ticket

    def permit(self, right: Right, amounts: Mapping[Measure, int] = NO_AMOUNTS) -> str:
        """Check that the actor may do this, alone or by the command's approval, which is used up.

        Returns:
            Staff number of who approved; empty when nobody had to.

        Raises:
            ApprovalNeededError: somebody else has to allow it.
            ApprovalMissingError: the approval is not for this.
            LeaseExpiredError
        """
        wish = Wish(self.seat.register_no, self.actor.person_no, right, amounts)
        return permit(self.db, self.box, Claim(self.actor, wish, self.command.approval_id))


def is_for_payment(db: Connection, box: Box, register_no: str, code: str, symbology: str) -> bool:
    """Whether a scanned pay code pays for the register's ticket.

    The codes of Alipay and of scale labels share some first digits: what names goods of this store
    is goods, unless it stands in a QR code, which no scale prints.
    """
    if not box.till.has_wallet_gateway or not registers.read_open_ticket(db, register_no).lines:
        return False
    if symbology.startswith(QR_CODE):
        return True
    readings = read_code(code, symbology, today=box.today(), scale_labels=box.scale_labels)
    return not box.lists(db).find_named(readings)


def _ask(turn: Turn, error: RetailError) -> CodeQuestion | None:
    """What a person can answer when a scan was refused; None when there is nothing to ask."""
    if not isinstance(error, UnknownBarcodeError | AmbiguousBarcodeError):
        return None
    command = turn.command
    found = turn.box.lists(turn.db).find_named(_read(turn))
    return CodeQuestion(command.code, command.symbology, tuple(found)[:CHOICES_MAX])


def _read(turn: Turn) -> tuple[CodeReading, ...]:
    command, today = turn.command, turn.box.today()
    return read_code(
        command.code, command.symbology, today=today, scale_labels=turn.box.scale_labels
    )


def _scan(turn: Turn) -> Done:
    command, today = turn.command, turn.box.today()
    goods = turn.box.lists(turn.db).find_goods(_read(turn), command.item_id)
    require_sellable(goods.reading, goods.offer.item.name, today)
    weighed = Weighed(command.quantity_milli)
    if not goods.reading.has_measure:
        item = goods.offer.item
        weighed = weigh_scanned(
            command.pan, item.unit_of_measure, item.name, command.quantity_milli
        )
    charge = charge_for(goods.reading, goods.offer, weighed.quantity_milli)
    after, line_id = open_ticket.add_item(
        turn.ticket,
        goods.offer,
        charge.quantity_milli,
        unit_price_fen=charge.unit_price_fen,
        discount_fen=charge.discount_fen,
    )
    return _added(turn, after, line_id, weighed)


def _add_item(turn: Turn) -> Done:
    offer = turn.box.lists(turn.db).make_offer(turn.command.item_id)
    command = turn.command
    weighed = Weighed(command.quantity_milli)
    if command.quantity_milli == 0 and offer.item.unit_of_measure is UnitOfMeasure.KILOGRAM:
        weighed = weigh(command.pan, offer.item.name)
    after, line_id = open_ticket.add_item(turn.ticket, offer, weighed.quantity_milli)
    return _added(turn, after, line_id, weighed)


def _sell_open_item(turn: Turn) -> Done:
    command = turn.command
    rate = TAX_RATES.get(command.tax_rate_id)
    if rate is None:
        raise TaxRateUnknownError(tax_rate_id=command.tax_rate_id)
    if command.unit_price_fen > OPEN_ITEM_PRICE_FEN_MAX:
        turn.permit(Right.OVERRIDE_PRICE)
    readings = _read(turn)
    known = turn.box.lists(turn.db).find_named(readings)
    if known:
        names = turn.box.lists(turn.db).show_names(known)
        raise CodeKnownError(scanned_code=readings[0].shown, names=names)
    item = make_open_item(rate, command.goods_name.strip())
    offer = Offer(item, Price(item.item_id, command.unit_price_fen), readings[0].shown)
    after, line_id = open_ticket.add_item(
        turn.ticket, offer, MILLI, unit_price_fen=command.unit_price_fen
    )
    unknown = ItemUnknown(
        readings[0].shown, command.goods_name.strip(), command.unit_price_fen, rate
    )
    operator = Operator(turn.seat.staff_no, turn.seat.register_no)
    fact = write_fact(turn.db, turn.box, operator, unknown)
    return Done(Answer(), turn.ticket, after, line_id, fact)


def _added(turn: Turn, after: OpenTicket, line_id: int, weighed: Weighed) -> Done:
    done = _changed(turn, after, line_id)
    return dataclasses.replace(done, is_weighed=weighed.is_weighed)


def _set_quantity(turn: Turn) -> Done:
    command = turn.command
    return _changed(
        turn, *open_ticket.set_quantity(turn.ticket, command.line_id, command.quantity_milli)
    )


def _set_price(turn: Turn) -> Done:
    line_id, unit_price_fen = turn.command.line_id, turn.command.unit_price_fen
    after, _line_id = open_ticket.set_price(turn.ticket, line_id, unit_price_fen)
    list_price_fen = turn.ticket.line(line_id).list_price_fen
    amounts = {Measure.OVERRIDE_BP: _share_bp(unit_price_fen - list_price_fen, list_price_fen)}
    return _changed(turn, _note(turn, after, Right.OVERRIDE_PRICE, amounts, line_id), line_id)


def _set_discount(turn: Turn) -> Done:
    line_id, discount_fen = turn.command.line_id, turn.command.discount_fen
    after, _line_id = open_ticket.set_discount(turn.ticket, line_id, discount_fen)
    amounts = _discount_amounts(discount_fen, after.line(line_id).gross_fen)
    return _changed(turn, _note(turn, after, Right.GIVE_DISCOUNT, amounts, line_id), line_id)


def _discount_ticket(turn: Turn) -> Done:
    discount_fen = turn.command.discount_fen
    after = open_ticket.discount_ticket(turn.ticket, discount_fen)
    amounts = _discount_amounts(discount_fen, open_ticket.total(after).gross_fen)
    return _changed(turn, _note(turn, after, Right.GIVE_DISCOUNT, amounts), None)


def _remove_line(turn: Turn) -> Done:
    after = open_ticket.remove_line(turn.ticket, turn.command.line_id)
    gone = (turn.ticket.line(turn.command.line_id),)
    fact = _void(turn, VoidScope.LINE, gone, approved_by="")
    return Done(Answer(), turn.ticket, after, fact=fact)


def _clear_ticket(turn: Turn) -> Done:
    if not turn.ticket.lines:
        return Done(Answer(), turn.ticket, OpenTicket())
    approved_by = turn.permit(Right.VOID_TICKET)
    fact = _void(turn, VoidScope.TICKET, turn.ticket.lines, approved_by)
    return Done(Answer(), turn.ticket, OpenTicket(), fact=fact)


def _hold_ticket(turn: Turn) -> Done:
    seat = turn.seat
    held_id = hold_ticket(turn.db, turn.box, seat.register_no, seat.staff_no, turn.ticket)
    hold_payments(turn.db, turn.box, seat.register_no, held_id)
    return Done(Answer(), turn.ticket, OpenTicket(), has_paid=True)


def _recall_ticket(turn: Turn) -> Done:
    if turn.ticket.lines:
        lines = len(turn.ticket.lines)
        raise TicketOpenError(register_no=turn.seat.register_no, lines=lines)
    held_id = turn.command.held_id
    assert held_id is not None
    after = recall_ticket(turn.db, held_id)
    recall_payments(turn.db, turn.box, turn.seat.register_no, held_id)
    return Done(Answer(), turn.ticket, after, has_paid=True)


def _exchange(turn: Turn) -> Done:
    command, wish = turn.command, ExchangeWish(turn.command.back, turn.command.tenders)
    returned_fen = refunded_fen(turn.db, turn.box, command.back)
    if any(isinstance(one, BroughtBackWithoutReceipt) for one in command.back):
        # What nobody can prove counts by the day: many small ones are one large one.
        returned_fen += unreceipted_fen(turn.db, turn.seat.staff_no)
    approved_by = turn.permit(Right.REFUND, {Measure.REFUND_FEN: returned_fen})
    approvals = turn.ticket.approvals_by_line_no(len(command.back))
    if approved_by:
        approvals = (*approvals, Approval(Right.REFUND.value, approved_by))
    wish = dataclasses.replace(wish, approvals=approvals)
    fact = write_exchange(turn.db, turn.box, turn.seat, wish)
    return Done(Answer(fact_id=fact.happening.fact_id), turn.ticket, OpenTicket(), fact=fact)


def _pay(turn: Turn) -> Done:
    db, box, seat = turn.db, turn.box, turn.seat
    require_by_code(box, turn.command.tenders)
    paid = read_paid(db, seat.register_no)
    unit_fen = box.till.cash_rounding_fen
    payload = _settle(box.lists(db), seat, turn.command.tenders, paid, rounding_unit_fen=unit_fen)
    fact = _append(db, box, seat, payload)
    settle_payments(db, box, seat.register_no, fact)
    return Done(Answer(fact_id=fact.happening.fact_id), turn.ticket, OpenTicket(), fact=fact)


def _pay_by_code(turn: Turn) -> Done:
    command = turn.command
    begin_payment(
        turn.db, turn.box, turn.seat, command.pay_code, command.amount_fen, command.tenders
    )
    return Done(Answer(), turn.ticket, turn.ticket, has_paid=True)


def _take_back_payment(turn: Turn) -> Done:
    take_back_payment(turn.db, turn.box, turn.seat.register_no, turn.command.payment_no)
    return Done(Answer(), turn.ticket, turn.ticket, has_paid=True)


STEPS: dict[CommandName, Callable[[Turn], Done]] = {
    CommandName.SCAN: _scan,
    CommandName.ADD_ITEM: _add_item,
    CommandName.SELL_OPEN_ITEM: _sell_open_item,
    CommandName.SET_QUANTITY: _set_quantity,
    CommandName.SET_PRICE: _set_price,
    CommandName.SET_DISCOUNT: _set_discount,
    CommandName.DISCOUNT_TICKET: _discount_ticket,
    CommandName.REMOVE_LINE: _remove_line,
    CommandName.CLEAR_TICKET: _clear_ticket,
    CommandName.HOLD_TICKET: _hold_ticket,
    CommandName.RECALL_TICKET: _recall_ticket,
    CommandName.EXCHANGE: _exchange,
    CommandName.PAY: _pay,
    CommandName.PAY_BY_CODE: _pay_by_code,
    CommandName.TAKE_BACK_PAYMENT: _take_back_payment,
}
assert set(STEPS) == set(CommandName)


def _changed(turn: Turn, after: OpenTicket, line_id: int | None) -> Done:
    return Done(Answer(), turn.ticket, after, line_id)


def _note(
    turn: Turn, after: OpenTicket, right: Right, amounts: Mapping[Measure, int], line_id: int = 0
) -> OpenTicket:
    """The state after a step that needs a right, with who let it happen."""
    approved_by = turn.permit(right, amounts)
    if not approved_by:
        return after
    return open_ticket.approve(after, Approval(right.value, approved_by, line_id))


def _discount_amounts(discount_fen: int, gross_fen: int) -> dict[Measure, int]:
    share_bp = _share_bp(discount_fen, gross_fen)
    return {Measure.DISCOUNT_FEN: discount_fen, Measure.DISCOUNT_BP: share_bp}


def _share_bp(part_fen: int, whole_fen: int) -> int:
    """A part per 10,000, rounded up: a limit is not slipped under by a fraction."""
    if part_fen == 0:
        return 0
    return -(-abs(part_fen) * BASIS_POINTS // whole_fen) if whole_fen else BASIS_POINTS


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
        rung_up = dataclasses.replace(seat, ticket=ticket)
        payload = _settle(lists, rung_up, ((tender, ticket.due_fen),))
        return _append(db, box, seat, payload, fact_id)


def _settle(
    lists: Lists,
    seat: Seat,
    tenders: Sequence[tuple[TenderKind, int]],
    paid: tuple[Tender, ...] = (),
    *,
    rounding_unit_fen: int = 0,
) -> Ticket:
    return close_ticket(
        seat.ticket,
        tenders,
        receipt_no=read_receipt_no(lists.db, seat.register_no) + 1,
        prices=lists.prices,
        paid=paid,
        rounding_unit_fen=rounding_unit_fen,
    )


def _append(
    db: Connection, box: Box, seat: Seat, payload: Ticket, fact_id: uuid.UUID | None = None
) -> Fact:
    return write_fact(db, box, Operator(seat.staff_no, seat.register_no), payload, fact_id=fact_id)


def _void(turn: Turn, scope: VoidScope, lines: Sequence[OpenLine], approved_by: str) -> Fact:
    """Lines that were on the screen do not vanish without a trace."""
    gone = tuple(VoidedLine(line.item_id, line.quantity_milli, line.amount_fen) for line in lines)
    payload = TicketVoided(scope, turn.command.reason[:REASON_LENGTH_MAX], approved_by, gone)
    operator = Operator(turn.seat.staff_no, turn.seat.register_no)
    return write_fact(turn.db, turn.box, operator, payload)
