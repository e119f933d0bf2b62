"""Ringing up, tax inside the price, tenders and change, the closed ticket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.catalog.item import TaxRate, UnitOfMeasure
from retail_domain.errors import (
    AmountOutOfRangeError,
    ChangeTooLargeError,
    DiscountTooLargeError,
    LineNotFoundError,
    QuantityTooLargeError,
    RetailError,
    TenderTooLargeError,
    TenderTooSmallError,
    TicketEmptyError,
    TicketFullError,
)
from retail_domain.trade.open_ticket import (
    TICKET_LINES_MAX,
    OpenTicket,
    add_item,
    remove_line,
    set_discount,
    set_quantity,
    total,
)
from retail_domain.trade.tax import allocate_tax, tax_included_fen
from retail_domain.trade.tender import CHANGE_FEN_MAX, Tender, TenderKind, settle_tenders
from retail_domain.trade.ticket import FeedPosition, close_ticket
from tests.retail_domain.builders import (
    VAT9,
    VAT13,
    make_offer,
    make_open_ticket,
    make_ticket,
)

CASH, CARD = TenderKind.CASH, TenderKind.CARD
PRICES = FeedPosition(1, 1)


def test_same_piece_scanned_twice_joins_its_line() -> None:
    ticket = make_open_ticket((1, 1000, 300), (2, 1000, 450), (1, 1000, 300))

    assert [(line.line_id, line.quantity_milli) for line in ticket.lines] == [(1, 2000), (2, 1000)]


def test_weighed_goods_stand_on_a_line_of_their_own() -> None:
    apples = make_offer(9, 1198, unit=UnitOfMeasure.KILOGRAM)
    ticket, _ = add_item(OpenTicket(), apples, 762)
    ticket, _ = add_item(ticket, apples, 500)

    assert [line.amount_fen for line in ticket.lines] == [913, 599]


def test_price_override_stands_alone_and_keeps_the_list_price() -> None:
    ticket, _ = add_item(OpenTicket(), make_offer(1, 300), 1000)
    ticket, line_id = add_item(ticket, make_offer(1, 300), 1000, unit_price_fen=250)

    line = ticket.line(line_id)
    assert (len(ticket.lines), line.list_price_fen, line.unit_price_fen) == (2, 300, 250)


def test_removed_line_is_gone_and_its_number_is_not_used_again() -> None:
    ticket = remove_line(make_open_ticket((1, 1000, 300), (2, 1000, 450)), 2)
    ticket, line_id = add_item(ticket, make_offer(3), 1000)

    assert [line.line_id for line in ticket.lines] == [1, 3]
    assert line_id == 3
    with pytest.raises(LineNotFoundError):
        set_quantity(ticket, 2, 1000)


def test_discount_above_the_line_is_refused() -> None:
    ticket = make_open_ticket((1, 1000, 300))

    with pytest.raises(DiscountTooLargeError):
        set_discount(ticket, 1, 301)
    assert total(set_discount(ticket, 1, 300)[0]).amount_fen == 0


def test_line_may_come_with_its_discount() -> None:
    discounted, line_id = add_item(
        OpenTicket(), make_offer(1, 300), 2000, unit_price_fen=280, discount_fen=10
    )

    bare, _ = add_item(OpenTicket(), make_offer(1, 300), 2000, unit_price_fen=280)
    assert discounted == set_discount(bare, line_id, 10)[0]
    with pytest.raises(DiscountTooLargeError):
        add_item(OpenTicket(), make_offer(1, 300), 1000, unit_price_fen=280, discount_fen=281)


def test_quantity_that_is_a_barcode_is_refused() -> None:
    with pytest.raises(QuantityTooLargeError):
        set_quantity(make_open_ticket((1, 1000, 300)), 1, 6_901_234_567_892_000)


def test_amount_beyond_the_limit_is_refused() -> None:
    with pytest.raises(AmountOutOfRangeError):
        add_item(OpenTicket(), make_offer(1, 10**12), 2000)


def test_ticket_takes_no_more_lines_than_a_fact_can_carry() -> None:
    ticket = OpenTicket()
    for item_id in range(1, TICKET_LINES_MAX + 1):
        ticket, _ = add_item(ticket, make_offer(item_id), 1000)

    with pytest.raises(TicketFullError):
        add_item(ticket, make_offer(TICKET_LINES_MAX + 1), 1000)


@pytest.mark.parametrize(
    ("amount_fen", "rate_bp", "tax_fen"),
    [(11300, 1300, 1300), (100, 1300, 12), (1, 1300, 0), (-100, 1300, -12), (10900, 900, 900)],
)
def test_tax_is_the_amount_less_its_net(amount_fen: int, rate_bp: int, tax_fen: int) -> None:
    assert tax_included_fen(amount_fen, rate_bp) == tax_fen


def test_hundred_lines_of_a_yuan_carry_the_tax_of_hundred_yuan() -> None:
    taxes_fen = allocate_tax([(VAT13, 100)] * 100)

    assert sum(taxes_fen) == 1150
    assert set(taxes_fen) == {11, 12}


AMOUNTS = st.lists(
    st.tuples(st.sampled_from([VAT13, VAT9]), st.integers(-(10**7), 10**7)), max_size=30
)


@given(AMOUNTS)
def test_line_taxes_sum_to_the_document_and_are_reversed_exactly(
    lines: list[tuple[TaxRate, int]],
) -> None:
    taxes_fen = allocate_tax(lines)
    reversed_fen = allocate_tax([(rate, -fen) for rate, fen in lines])

    assert reversed_fen == [-fen for fen in taxes_fen]
    for rate in (VAT13, VAT9):
        for sign in (1, -1):
            group = [i for i, (r, fen) in enumerate(lines) if r == rate and (fen < 0) == (sign < 0)]
            amount_fen = sum(lines[i][1] for i in group)
            assert sum(taxes_fen[i] for i in group) == tax_included_fen(amount_fen, rate.rate_bp)


@pytest.mark.parametrize(
    ("due_fen", "offered", "tenders", "change_fen"),
    [
        (600, [(CASH, 600)], [Tender(CASH, 600, 600)], 0),
        (600, [(CASH, 1000)], [Tender(CASH, 600, 1000)], 400),
        (600, [(CARD, 500), (CASH, 200)], [Tender(CASH, 100, 200), Tender(CARD, 500, 500)], 100),
        (600, [(CASH, 100), (CASH, 500)], [Tender(CASH, 600, 600)], 0),
        (0, [], [], 0),
    ],
)
def test_tenders_settle_the_amount_and_change_is_cash(
    due_fen: int, offered: list[tuple[TenderKind, int]], tenders: list[Tender], change_fen: int
) -> None:
    assert settle_tenders(due_fen, offered) == (tuple(tenders), change_fen)


@pytest.mark.parametrize(
    ("offered", "error"),
    [
        ([(CASH, 599)], TenderTooSmallError),
        ([(CASH, 100_601)], ChangeTooLargeError),
        ([], TenderTooSmallError),
        ([(CARD, 601)], TenderTooLargeError),
        ([(CARD, 601), (CASH, 100)], TenderTooLargeError),
        ([(CASH, -1)], AmountOutOfRangeError),
        ([(CASH, 10**15)], AmountOutOfRangeError),
    ],
)
def test_wrong_tenders_are_refused(
    offered: list[tuple[TenderKind, int]], error: type[RetailError]
) -> None:
    with pytest.raises(error):
        settle_tenders(600, offered)


def test_closed_ticket_pins_price_discount_and_tax() -> None:
    ticket, _ = set_discount(make_open_ticket((1, 2000, 300), (2, 1000, 450)), 1, 50)

    closed = close_ticket(ticket, [(CASH, 2000)], receipt_no=7, prices=PRICES)

    assert [(line.amount_fen, line.tax_fen) for line in closed.lines] == [(550, 63), (450, 52)]
    assert (closed.receipt_no, closed.amount_fen, closed.tax_fen) == (7, 1000, 115)
    assert closed.change_fen == 1000


def test_empty_ticket_is_not_paid() -> None:
    with pytest.raises(TicketEmptyError):
        close_ticket(OpenTicket(), [], receipt_no=1, prices=PRICES)


def test_gift_is_a_line_of_nothing_to_pay() -> None:
    ticket = make_ticket((1, 1000, 0))

    assert (ticket.amount_fen, ticket.tax_fen, ticket.tenders) == (0, 0, ())


LINES = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 50), st.integers(0, 10**6), st.integers(0, 100)),
    min_size=1,
    max_size=20,
)


@given(LINES, st.integers(0, CHANGE_FEN_MAX))
def test_receipt_always_adds_up(lines: list[tuple[int, int, int, int]], extra_fen: int) -> None:
    ticket = OpenTicket()
    for item_id, pieces, price_fen, percent in lines:
        offer = make_offer(item_id, price_fen)
        ticket, line_id = add_item(ticket, offer, pieces * 1000, unit_price_fen=price_fen)
        gross_fen = ticket.line(line_id).gross_fen
        ticket, _ = set_discount(ticket, line_id, gross_fen * percent // 100)
    shown = total(ticket)

    closed = close_ticket(
        ticket, [(CASH, shown.amount_fen + extra_fen)], receipt_no=1, prices=PRICES
    )

    assert shown.gross_fen - shown.discount_fen == shown.amount_fen == closed.amount_fen
    assert shown.tax_fen == closed.tax_fen
    assert closed.change_fen == extra_fen
