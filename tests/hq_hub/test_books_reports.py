"""What finance reads: open invoices by age, what is not invoiced, vouchers, months."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from hq_hub.reports import bookkeeping, purchasing
from hq_hub.reports.bookkeeping import Filter, NextPeriod
from hq_hub.reports.paging import Block
from hq_hub.reports.purchasing import Age, AgeSum, UninvoicedSums
from hq_hub.services import bookkeeping as books
from hq_hub.services import purchasing as purchases
from hq_hub.services.bookkeeping import NewVoucher, NewVoucherLine
from hq_hub.services.purchasing import NewInvoice, NewInvoiceLine, NewLandedCost, NewPayment
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.purchase import AllocationBase
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import make_receipt

TODAY = datetime.date(2026, 11, 22)
ALL = Block(0, 100)
LINE = NewInvoiceLine("PO-000001", "S001", 1, 1_000, 300)
INVOICE = NewInvoice("SUP1", "INV-1", datetime.date(2026, 8, 1), TODAY, 39, (LINE,))
FREIGHT = NewLandedCost("S001", "PO-000001", "CARRIER", "F-1", AllocationBase.VALUE, 60, TODAY)
RENT = (NewVoucherLine("HQ", "5602", 900, 0), NewVoucherLine("HQ", "1002", 0, 900))


@pytest.fixture
def booked(small: SmallChain) -> SmallChain:
    """Two invoices, one of them paid; freight that was taken back; rent; October is closed."""
    small.order()
    small.receive("S001", make_receipt((1, 3_000)))
    purchases.enter_invoice(small.db, INVOICE, small.ask())
    fresh = dataclasses.replace(INVOICE, invoice_no="INV-2", invoice_date=TODAY)
    purchases.enter_invoice(small.db, fresh, small.ask())
    payment = NewPayment("SUP1", "bank-1", (("INV-2", 339),), TODAY)
    purchases.pay_invoices(small.db, payment, small.ask())
    freight = purchases.add_landed_cost(small.db, FREIGHT, small.ask())
    purchases.reverse_landed_cost(small.db, freight, TODAY, small.ask())
    books.enter_voucher(small.db, NewVoucher("rent", TODAY, RENT), small.ask())
    books.close_period(small.db, "2026-10", small.ask(), acknowledge_missing=True)
    return small


def test_open_invoices_stand_by_age(booked: SmallChain) -> None:
    rows = purchasing.read_invoices(booked.db, ALL, supplier_no="", is_open_only=True, today=TODAY)
    ages = purchasing.read_ages(booked.db, supplier_no="", is_open_only=True, today=TODAY)

    assert [(row.invoice_no, row.open_fen, row.age) for row in rows] == [
        ("INV-1", 339, Age.DAYS_OVER_90)
    ]
    assert [age for age in ages if age.invoices] == [AgeSum(Age.DAYS_OVER_90, 1, 339)]


def test_all_invoices_of_a_supplier_stand_in_order_of_date(booked: SmallChain) -> None:
    rows = purchasing.read_invoices(
        booked.db, ALL, supplier_no="SUP1", is_open_only=False, today=TODAY
    )

    assert [(row.invoice_no, row.open_fen) for row in rows] == [("INV-1", 339), ("INV-2", 0)]


def test_line_that_is_not_invoiced_whole_stands_until_it_is(booked: SmallChain) -> None:
    (row,) = purchasing.read_uninvoiced(booked.db, ALL, store="S001", is_open_only=True)

    assert (row.not_invoiced_milli, row.not_invoiced_fen) == (1_000, 334)
    assert row.price_difference_fen == -66
    assert purchasing.count_uninvoiced(booked.db, store="", is_open_only=True) == 1
    sums = purchasing.add_up_uninvoiced(booked.db, store="", is_open_only=True)
    assert sums == UninvoicedSums(334, -66)
    booked.db.rollback()

    last = dataclasses.replace(INVOICE, invoice_no="INV-3")
    purchases.enter_invoice(booked.db, last, booked.ask())

    assert purchasing.count_uninvoiced(booked.db, store="", is_open_only=True) == 0
    assert purchasing.count_uninvoiced(booked.db, store="", is_open_only=False) == 1


@pytest.mark.parametrize(
    ("chosen", "numbers"),
    [
        (Filter(), [7, 6, 5, 4, 3, 2, 1]),
        (Filter(period="2026-10"), [7]),
        (Filter(kind=FactKind.LANDED_COST_ADDED), [5, 4]),
        (Filter(party="SUP1", kind=FactKind.PAID), [3]),
    ],
)
def test_vouchers_are_found_newest_first(
    booked: SmallChain, chosen: Filter, numbers: list[int]
) -> None:
    rows = bookkeeping.read_vouchers(booked.db, chosen, ALL)

    assert [row.fact_no for row in rows] == [f"HQ-1-{number:06}" for number in numbers]
    assert bookkeeping.count_vouchers(booked.db, chosen) == len(numbers)


def test_voucher_shows_its_entry_and_whether_it_was_taken_back(booked: SmallChain) -> None:
    freight = bookkeeping.read_voucher(booked.db, 1, 4)
    reversal = bookkeeping.read_voucher(booked.db, 1, 5)

    assert (freight.is_reversed, reversal.is_reversed) == (True, False)
    assert (freight.amount_fen, reversal.amount_fen) == (60, -60)
    assert [(line.entry_store, line.account_name_en) for line in freight.lines] == [
        ("HQ", "Between stores"),
        ("HQ", "Payable to suppliers"),
        ("S001", "Between stores"),
        ("S001", "Merchandise in stores"),
    ]


def test_page_of_vouchers_begins_where_the_last_one_ended(booked: SmallChain) -> None:
    pages = [bookkeeping.read_vouchers(booked.db, Filter(), Block(n, n + 4)) for n in (0, 4)]

    assert [len(page) for page in pages] == [4, 3]
    assert pages[0][-1].fact_no > pages[1][0].fact_no


def test_months_tell_who_closed_them_and_which_comes_next(booked: SmallChain) -> None:
    (closed,) = bookkeeping.read_periods(booked.db)

    assert (closed.period, closed.fact_no, closed.closed_by) == ("2026-10", "HQ-1-000007", "boss")
    assert bookkeeping.read_next_period(booked.db, TODAY) == NextPeriod("2026-11", 0, [])


def test_before_the_first_close_last_month_is_looked_at(small: SmallChain) -> None:
    assert bookkeeping.read_next_period(small.db, datetime.date(2026, 1, 5)).period == "2025-12"
