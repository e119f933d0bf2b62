"""A store's day on the box: shifts, returns, exchanges, counts while selling, day close."""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.services import adjustments, counting, goods, returns, shifts, trading_days
from edge_agent.services.adjustments import Adjustment, Correction
from edge_agent.services.box import Box, Operator
from edge_agent.services.counting import Counted
from edge_agent.services.goods import ReturnedGoods
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.services.register import (
    BasketLine,
    Command,
    CommandName,
    execute_command,
    sell_basket,
)
from edge_agent.services.returns import BroughtBack, BroughtBackWithoutReceipt, ExchangeWish
from edge_agent.services.seat import Seat
from edge_agent.services.shifts import CashTaken
from edge_agent.store import journal
from edge_agent.store.sqlite_library import Connection
from protos import signing
from protos.day_certificate import encode_certificate
from retail_domain.errors import RetailError
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.count import StockCounted
from retail_domain.stock.movement import StockState
from retail_domain.trade.box_event import BoxEventKind, ItemUnknown
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import OpenTicket, add_item
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.shift import CashMove, DenominationCount, ShiftClosed
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import SaleOrigin, Ticket
from retail_domain.trade.trading_day import DayClosed
from retail_domain.trade.void import TicketVoided
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import (
    ALONE,
    ANYBODY,
    APPLES,
    COLA,
    COLA_CODE,
    NOODLES,
    make_box,
    make_clock,
)
from tests.retail_domain.builders import NOON, make_offer

CASHIER, CLERK = Operator("1001", "1"), Operator("2001")
SEAT = Seat("1", "1001", OpenTicket())
CASH = TenderKind.CASH
SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED
KEY = ec.generate_private_key(ec.SECP256R1())
NUMBERS = itertools.count(1)


def new_id() -> uuid.UUID:
    return uuid.UUID(int=next(NUMBERS))


def sell(db: Connection, box: Box, *lines: tuple[int, int, int]) -> Fact:
    """Of (item_id, quantity_milli, discount_fen), at 3.33 yuan a unit, in cash."""
    basket = [BasketLine(item, "", milli, 333, discount) for item, milli, discount in lines]
    return sell_basket(db, box, SEAT, basket, fact_id=new_id(), tender=CASH)


def bring_back(
    db: Connection,
    box: Box,
    sale: Fact,
    quantity_milli: int,
    *,
    line_no: int = 1,
    bought: OpenTicket | None = None,
) -> Ticket:
    back = BroughtBack(
        sale.happening.fact_id, line_no, GoodsBack(quantity_milli, SELLABLE, "unwanted")
    )
    seat = Seat("1", "1001", bought or OpenTicket())
    wish = ExchangeWish([back], CASH)
    fact = returns.exchange(db, box, seat, wish, fact_id=new_id())
    assert isinstance(fact.happening.payload, Ticket)
    assert fact.happening.causes == (sale.happening.fact_id,)
    return fact.happening.payload


def refused(code: str) -> pytest.RaisesExc[RetailError]:
    return pytest.RaisesExc(RetailError, check=lambda error: error.code == code)


def on_hand(db: Connection, item_id: int, state: StockState = SELLABLE, lot: str = "") -> int:
    rows = db.execute(
        "SELECT quantity_milli FROM on_hand WHERE item_id = ? AND state = ? AND lot = ?",
        (item_id, state.value, lot),
    ).fetchall()
    return sum(int(row[0]) for row in rows if isinstance(row[0], int))


def require_agreement(db: Connection) -> None:
    assert check_chain(db) == journal.read_tail(db).seq
    assert [c.table for c in verify_projections(db) if c.differing_rows] == []


def test_goods_come_back_at_what_was_paid_with_their_tax(db: Connection, box: Box) -> None:
    sale = sell(db, box, (COLA, 3_000, 100))

    ticket = bring_back(db, box, sale, 1_000)

    line = ticket.lines[0]
    assert (line.amount_fen, line.discount_fen, line.tax_fen) == (-300, -33, -34)
    assert line.origin == SaleOrigin("S001", sale.happening.fact_id, 1)
    assert [(t.kind, t.amount_fen) for t in ticket.tenders] == [(CASH, -300)]
    assert on_hand(db, COLA) == -2_000
    require_agreement(db)


PARTS = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # Sales of one store, one by one.
)
@given(discount_fen=st.integers(0, 999), parts=PARTS, price_fen=st.integers(1, 9_999))
def test_refunds_in_whatever_parts_come_to_the_line_and_never_more(
    db: Connection, box: Box, discount_fen: int, parts: Sequence[int], price_fen: int
) -> None:
    quantity_milli = sum(parts) * 1_000
    discount_fen = min(discount_fen, price_fen * sum(parts))
    basket = [BasketLine(COLA, "", quantity_milli, price_fen, discount_fen)]
    sale = sell_basket(db, box, SEAT, basket, fact_id=new_id(), tender=CASH)
    assert isinstance(sale.happening.payload, Ticket)

    tickets = [bring_back(db, box, sale, part * 1_000) for part in parts]
    with refused("return_too_large"):
        bring_back(db, box, sale, 1_000)

    assert sum(t.amount_fen for t in tickets) == -sale.happening.payload.amount_fen
    assert sum(t.tax_fen for t in tickets) == -sale.happening.payload.tax_fen


def test_exchange_is_one_ticket_and_only_the_difference_is_paid(db: Connection, box: Box) -> None:
    sale = sell(db, box, (COLA, 1_000, 0))
    bought, _ = add_item(OpenTicket(), make_offer(NOODLES, 450), 1_000)

    ticket = bring_back(db, box, sale, 1_000, bought=bought)

    assert [line.amount_fen for line in ticket.lines] == [-333, 450]
    assert [tender.amount_fen for tender in ticket.tenders] == [117]
    require_agreement(db)


@pytest.mark.parametrize(
    ("code", "sale_id", "line_no", "quantity_milli"),
    [
        ("sale_not_found", uuid.UUID(int=99), 1, 1_000),
        ("sale_line_not_found", None, 2, 1_000),
        ("sale_line_not_found", None, 0, 1_000),
        ("return_too_large", None, 1, 3_001),
    ],
)
def test_return_that_cannot_be_is_refused_and_nothing_is_written(
    db: Connection, box: Box, code: str, sale_id: uuid.UUID | None, line_no: int,
    quantity_milli: int,
) -> None:  # fmt: skip
    sale = sell(db, box, (APPLES, 3_000, 0))
    goods_back = GoodsBack(quantity_milli, SELLABLE, "unwanted")
    back = BroughtBack(sale_id or sale.happening.fact_id, line_no, goods_back)

    with refused(code):
        returns.exchange(db, box, SEAT, ExchangeWish([back], CASH), fact_id=new_id())

    assert journal.read_tail(db).seq == 1


def test_return_without_receipt_pays_what_was_decided(db: Connection, box: Box) -> None:
    back = BroughtBackWithoutReceipt(COLA, 250, GoodsBack(2_000, DAMAGED, "broken"))

    fact = returns.exchange(db, box, SEAT, ExchangeWish([back], CASH), fact_id=new_id())

    assert isinstance(fact.happening.payload, Ticket)
    assert fact.happening.payload.due_fen == -500
    assert on_hand(db, COLA, DAMAGED) == 2_000


def test_repeated_return_changes_nothing(db: Connection, box: Box) -> None:
    sale = sell(db, box, (COLA, 1_000, 0))
    back = BroughtBack(sale.happening.fact_id, 1, GoodsBack(1_000, SELLABLE, "unwanted"))
    fact_id = new_id()

    first = returns.exchange(db, box, SEAT, ExchangeWish([back], CASH), fact_id=fact_id)
    again = returns.exchange(db, box, SEAT, ExchangeWish([back], CASH), fact_id=fact_id)

    assert (first, journal.read_tail(db).seq) == (again, 2)


def test_lines_taken_off_a_ticket_leave_a_trace(db: Connection, box: Box) -> None:
    for name, more in [
        (CommandName.SCAN, {"code": COLA_CODE}),
        (CommandName.ADD_ITEM, {"item_id": NOODLES}),
        (CommandName.REMOVE_LINE, {"line_id": 1, "reason": "wrong_item"}),
        (CommandName.CLEAR_TICKET, {"reason": "left"}),
        (CommandName.CLEAR_TICKET, {}),
    ]:
        command = Command(command_id=new_id(), name=name, **more)  # type: ignore[arg-type]  # Of the table.
        execute_command(db, box, "1", ANYBODY, command)

    facts = [fact.happening.payload for fact, _body, _head in journal.iterate_facts(db)]
    voids = [fact for fact in facts if isinstance(fact, TicketVoided)]
    assert [(void.reason, [line.item_id for line in void.lines]) for void in voids] == [
        ("wrong_item", [COLA]),
        ("left", [NOODLES]),
    ]


def test_shift_is_closed_blind_and_says_what_is_over_or_short(db: Connection, box: Box) -> None:
    shifts.open_shift(db, box, CASHIER, 10_000, fact_id=new_id())
    sale = sell(db, box, (COLA, 2_000, 0))
    bring_back(db, box, sale, 1_000)
    for move, fen in [(CashMove.PAID_IN, 500), (CashMove.PAID_OUT, 200), (CashMove.DROPPED, 5_000)]:
        taken = CashTaken(move, fen, "reason")
        shifts.move_cash(db, box, CASHIER, taken, ALONE, new_id())
    shifts.open_drawer(db, box, CASHIER, "change", ALONE, new_id())
    shifts.note_reprint(db, box, CASHIER, sale, fact_id=new_id())

    shift, x = shifts.read_x(db, "1")
    counts = [DenominationCount(100, 56), DenominationCount(1, 30)]
    closed = shifts.close_shift(db, box, CASHIER, 5_630, counts=counts, fact_id=new_id())

    assert (shift.shift_no, x.expected_cash_fen) == (1, 10_000 + 666 - 333 + 500 - 200 - 5_000)
    assert isinstance(closed.happening.payload, ShiftClosed)
    assert closed.happening.payload.totals == x
    assert closed.happening.payload.difference_fen == -3
    assert (x.tickets, x.sales_fen, x.returns_fen, x.drawer_openings, x.reprints) == (
        2, 666, 333, 1, 1,
    )  # fmt: skip
    with refused("no_shift"):
        shifts.read_x(db, "1")
    shifts.open_shift(db, box, CASHIER, 0, fact_id=new_id())
    assert shifts.read_x(db, "1")[0].shift_no == 2
    require_agreement(db)


def test_shift_with_goods_rung_up_is_not_closed(db: Connection, box: Box) -> None:
    shifts.open_shift(db, box, CASHIER, 0, fact_id=new_id())
    scan = Command(command_id=new_id(), name=CommandName.SCAN, code=COLA_CODE)
    execute_command(db, box, "1", ANYBODY, scan)

    with refused("ticket_open"):
        shifts.close_shift(db, box, CASHIER, 0, fact_id=new_id())


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("shift_open", lambda db, box: shifts.open_shift(db, box, CASHIER, 1, fact_id=new_id())),
        ("amount_out_of_range", lambda db, box: shifts.close_shift(
            db, box, CASHIER, -1, fact_id=new_id())),
        ("count_differs", lambda db, box: shifts.close_shift(
            db, box, CASHIER, 7, counts=[DenominationCount(5, 1)], fact_id=new_id())),
        ("amount_out_of_range", lambda db, box: shifts.move_cash(
            db, box, CASHIER, CashTaken(CashMove.PAID_IN, 0, ""), ALONE, new_id())),
        ("shifts_still_open", lambda db, box: trading_days.close_day(
            db, box, CLERK, KEY, fact_id=new_id())),
    ],
)  # fmt: skip
def test_what_a_shift_refuses(db: Connection, box: Box, code: str, act: object) -> None:
    shifts.open_shift(db, box, CASHIER, 0, fact_id=new_id())

    with refused(code):
        act(db, box)  # type: ignore[operator]  # A row of the table.

    assert journal.read_tail(db).seq == 1


def test_sale_during_a_count_changes_nothing_of_its_variance(db: Connection, box: Box) -> None:
    goods.receive_goods(
        db, box, "PO-000001", [OrderLine(COLA, 10_000)], fact_id=new_id(), staff_no="2001"
    )
    count_id = new_id()
    counting.begin_count(db, box, CLERK, count_id=count_id, reason="cycle")
    counting.count_line(db, box, CLERK, count_id, Counted(COLA, 9_000))  # One is missing.
    sell(db, box, (COLA, 4_000, 0))

    fact = counting.close_count(db, box, CLERK, count_id, fact_id=new_id())

    assert isinstance(fact.happening.payload, StockCounted)
    assert fact.happening.payload.lines[0].variance_milli == -1_000
    assert on_hand(db, COLA) == 5_000
    require_agreement(db)


@pytest.mark.parametrize("is_bought", [True, False])
def test_goods_in_a_basket_while_they_are_counted_are_not_missing(
    db: Connection, box: Box, is_bought: bool
) -> None:
    goods.receive_goods(
        db, box, "PO-000001", [OrderLine(COLA, 10_000)], fact_id=new_id(), staff_no="2001"
    )
    for name, more in [
        (CommandName.SCAN, {"code": COLA_CODE}),
        (CommandName.SET_QUANTITY, {"line_id": 1, "quantity_milli": 2_000}),
    ]:
        execute_command(db, box, "1", ANYBODY, Command(command_id=new_id(), name=name, **more))  # type: ignore[arg-type]  # Of the table.
    count_id = new_id()
    counting.begin_count(db, box, CLERK, count_id=count_id, reason="cycle")
    counting.count_line(db, box, CLERK, count_id, Counted(COLA, 8_000))
    last = Command(command_id=new_id(), name=CommandName.CLEAR_TICKET)
    if is_bought:
        last = Command(command_id=new_id(), name=CommandName.PAY, tenders=((CASH, 600),))
    execute_command(db, box, "1", ANYBODY, last)

    fact = counting.close_count(db, box, CLERK, count_id, fact_id=new_id())

    assert isinstance(fact.happening.payload, StockCounted)
    assert fact.happening.payload.lines[0].variance_milli == 0
    assert on_hand(db, COLA) == (8_000 if is_bought else 10_000)


def test_second_look_takes_the_place_of_the_first_and_an_unknown_lot_is_counted(
    db: Connection, box: Box
) -> None:
    count_id = new_id()
    counting.begin_count(db, box, CLERK, count_id=count_id, reason="full")
    for milli in (5_000, 6_000):
        counting.count_line(db, box, CLERK, count_id, Counted(COLA, milli, lot="L9|2027-01-31"))

    counting.close_count(db, box, CLERK, count_id, fact_id=new_id())

    assert on_hand(db, COLA, lot="L9|2027-01-31") == 6_000
    assert on_hand(db, COLA) == 0
    with refused("count_not_found"):
        counting.close_count(db, box, CLERK, count_id, fact_id=new_id())
    require_agreement(db)


def test_count_without_lines_is_no_count(db: Connection, box: Box) -> None:
    count_id = new_id()
    counting.begin_count(db, box, CLERK, count_id=count_id, reason="full")

    with refused("nothing_counted"):
        counting.close_count(db, box, CLERK, count_id, fact_id=new_id())
    counting.give_up_count(db, count_id)

    with refused("count_not_found"):
        counting.count_line(db, box, CLERK, count_id, Counted(COLA, 1_000))


def test_damaged_goods_move_and_then_leave(db: Connection, box: Box) -> None:
    for reason, source, target in [
        (AdjustmentReason.FOUND, None, SELLABLE),
        (AdjustmentReason.MOVED, SELLABLE, DAMAGED),
        (AdjustmentReason.DAMAGED, DAMAGED, None),
    ]:
        correction = Correction(reason, [Adjustment(COLA, 2_000, source, target)])
        adjustments.adjust_stock(db, box, CLERK, correction, fact_id=new_id())

    assert (on_hand(db, COLA), on_hand(db, COLA, DAMAGED)) == (0, 0)
    require_agreement(db)


def test_supplier_return_leaves_the_state_that_it_is_taken_from(db: Connection, box: Box) -> None:
    returned = ReturnedGoods([OrderLine(COLA, 2_000)], DAMAGED, "broken")

    goods.return_to_supplier(db, box, "PO-000001", returned, fact_id=new_id(), staff_no="2001")

    assert on_hand(db, COLA, DAMAGED) == -2_000


def test_request_and_unknown_code_are_tasks_for_headquarters(db: Connection, box: Box) -> None:
    goods.request_stock(
        db, box, [OrderLine(COLA, 24_000)], note="周末", fact_id=new_id(), staff_no="2001"
    )
    unknown = ItemUnknown("6900000000007", "新茶", 0, None)
    adjustments.report_unknown_item(db, box, CASHIER, unknown, fact_id=new_id())
    with refused("unknown_item"):
        goods.request_stock(
            db, box, [OrderLine(99, 1_000)], note="", fact_id=new_id(), staff_no="2001"
        )

    kinds = [fact.happening.kind.value for fact, _body, _head in journal.iterate_facts(db)]
    assert kinds == ["stock_requested", "item_unknown"]


def test_box_notes_a_new_program_once(db: Connection, box: Box) -> None:
    for version in ("0.1.0", "0.1.0", "0.2.0"):
        adjustments.note_event(db, box, BoxEventKind.STARTED, version, staff_no="")

    assert journal.read_tail(db).seq == 2
    require_agreement(db)


def test_day_is_certified_with_what_it_holds(db: Connection, box: Box) -> None:
    trading_days.open_day(db, box, CLERK, fact_id=new_id())
    sale = sell(db, box, (COLA, 2_000, 0))
    bring_back(db, box, sale, 1_000)
    before = journal.read_tail(db)

    closed = trading_days.close_day(db, box, CLERK, KEY, fact_id=new_id())

    assert isinstance(closed.happening.payload, DayClosed)
    day = closed.happening.payload.certificate
    assert (day.first_seq, day.last_seq, day.head) == (1, 3, before.head)
    assert (day.tickets, day.sales_fen, day.returns_fen) == (2, 666, 333)
    signature = closed.happening.payload.signature
    assert signing.is_signed_by(
        KEY.public_key(), signing.DAY_CONTEXT, encode_certificate(day), signature
    )
    require_agreement(db)


def test_day_closed_twice_is_refused_and_what_is_sold_then_belongs_to_the_next(
    db: Connection, box: Box
) -> None:
    trading_days.close_day(db, box, CLERK, KEY, fact_id=new_id())

    with refused("day_closed"):
        trading_days.close_day(db, box, CLERK, KEY, fact_id=new_id())
    with refused("day_closed"):
        trading_days.open_day(db, box, CLERK, fact_id=new_id())
    late = sell(db, box, (COLA, 1_000, 0))

    assert late.happening.business_date == datetime.date(2026, 11, 23)


def test_open_day_holds_although_the_clock_goes_past_it(db: Connection, box: Box) -> None:
    trading_days.open_day(db, box, CLERK, fact_id=new_id())
    tomorrow = make_box(make_clock(NOON + datetime.timedelta(days=1)))

    sale = sell(db, tomorrow, (COLA, 1_000, 0))
    with refused("day_open"):
        trading_days.open_day(db, tomorrow, CLERK, fact_id=new_id())

    assert sale.happening.business_date == datetime.date(2026, 11, 22)


def test_clock_set_back_opens_no_day_before_the_last(db: Connection, box: Box) -> None:
    trading_days.close_day(db, box, CLERK, KEY, fact_id=new_id())
    yesterday = make_box(make_clock(NOON - datetime.timedelta(days=1)))

    with refused("day_closed"):
        trading_days.open_day(db, yesterday, CLERK, fact_id=new_id())
