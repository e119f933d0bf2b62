"""Invoices against what came, payments against what is open, costs that come later."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from hq_hub.services import purchasing
from hq_hub.services.errors import (
    InvoicedTooMuchError,
    InvoiceExistsError,
    InvoiceListedTwiceError,
    InvoiceNotFoundError,
    ItemNotReceivedError,
    LandedPartError,
    LandedPartsError,
    NothingReceivedError,
    NotReversibleError,
    OrderIsOpeningError,
    OrderOfOtherStoreError,
    OrderOfOtherSupplierError,
    OwnFactNotFoundError,
    PaidTooMuchError,
)
from hq_hub.services.purchasing import NewInvoice, NewInvoiceLine, NewLandedCost, NewPayment
from retail_domain.errors import (
    AmountOutOfRangeError,
    ItemListedTwiceError,
    ItemNotOnOrderError,
    NoLinesError,
    PurchaseOrderNotFoundError,
    QuantityNegativeError,
    QuantityNotWholeError,
    QuantityTooLargeError,
    QuantityZeroError,
    RetailError,
)
from retail_domain.ledger.errors import LinesTooManyError, SharesDifferError, SharesEmptyError
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.purchase import AllocationBase
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import make_receipt, make_ticket
from tests.retail_domain.fact_builders import make_supplier_return

TODAY = datetime.date(2026, 11, 22)
INT64_MAX = 2**63 - 1
LINE = NewInvoiceLine("PO-000001", "S001", 1, 3_000, 1_000)
INVOICE = NewInvoice("SUP1", "INV-1", datetime.date(2026, 11, 20), TODAY, 130, (LINE,))
PAYMENT = NewPayment("SUP1", "bank-1", (("INV-1", 1_130),), TODAY)
FREIGHT = NewLandedCost("S001", "PO-000001", "CARRIER", "F-1", AllocationBase.VALUE, 100, TODAY)


@pytest.fixture
def bought(small: SmallChain) -> SmallChain:
    """3,000 milli of items 1 and 2 came on PO-000001."""
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), (2, 3_000), purchase_order_no=order_no))
    return small


def invoice_of(**changes: object) -> NewInvoice:
    """The invoice, or its line, changed."""
    names = {field.name for field in dataclasses.fields(NewInvoiceLine)}
    of_line: dict[str, Any] = {name: changes.pop(name) for name in names & changes.keys()}
    line = dataclasses.replace(LINE, **of_line)
    return dataclasses.replace(INVOICE, lines=(line,), **changes)  # type: ignore[arg-type]  # Passed through.


def test_invoice_turns_what_was_received_into_what_is_owed(bought: SmallChain) -> None:
    number = purchasing.enter_invoice(bought.db, INVOICE, bought.ask())

    assert number == "HQ-1-000001"
    fen = bought.account_fen()
    assert fen["S001", "220202"] == -1_000  # Item 2 is not invoiced yet.
    assert (fen["HQ", "220201"], fen["HQ", "22210101"]) == (-1_130, 130)
    assert bought.read("SELECT * FROM supplier_invoice") == [("SUP1", "INV-1", 1_130, 0)]
    bought.require_agreement()


def test_price_that_differs_goes_on_the_goods_and_is_shown(bought: SmallChain) -> None:
    purchasing.enter_invoice(bought.db, invoice_of(amount_fen=1_100), bought.ask())

    progress = bought.read(
        "SELECT invoiced_milli, cleared_fen, invoiced_fen FROM purchase_progress WHERE item_id = 1"
    )
    assert progress == [(3_000, 1_000, 1_100)]
    assert bought.account_fen()["S001", "140501"] == 2_100
    bought.require_agreement()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (invoice_of(purchase_order_no="PO-000009"), PurchaseOrderNotFoundError),
        (invoice_of(store="S002"), OrderOfOtherStoreError),
        (invoice_of(supplier_no="SUP2"), OrderOfOtherSupplierError),
        (invoice_of(item_id=9), ItemNotOnOrderError),
        (invoice_of(item_id=3), InvoicedTooMuchError),
        (invoice_of(quantity_milli=4_000), InvoicedTooMuchError),
        (invoice_of(quantity_milli=0), QuantityZeroError),
        (invoice_of(quantity_milli=-1_000), QuantityNegativeError),
        (invoice_of(quantity_milli=500), QuantityNotWholeError),
        (invoice_of(quantity_milli=INT64_MAX), QuantityTooLargeError),
        (invoice_of(amount_fen=-1), AmountOutOfRangeError),
        (invoice_of(amount_fen=INT64_MAX), AmountOutOfRangeError),
        (invoice_of(tax_fen=-1), AmountOutOfRangeError),
        (invoice_of(tax_fen=INT64_MAX), AmountOutOfRangeError),
        (dataclasses.replace(INVOICE, lines=()), NoLinesError),
        (dataclasses.replace(INVOICE, lines=(LINE,) * 5_001), LinesTooManyError),
        (dataclasses.replace(INVOICE, lines=(LINE, LINE)), InvoicedTooMuchError),
    ],
)
def test_invoice_that_does_not_match_is_refused(
    bought: SmallChain, wrong: NewInvoice, refusal: type[RetailError]
) -> None:
    with pytest.raises(refusal):
        purchasing.enter_invoice(bought.db, wrong, bought.ask())

    assert bought.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'") == [(0,)]


def test_invoice_is_entered_once(bought: SmallChain) -> None:
    purchasing.enter_invoice(bought.db, INVOICE, bought.ask())

    with pytest.raises(InvoiceExistsError):
        purchasing.enter_invoice(bought.db, INVOICE, bought.ask())


def test_opening_stock_is_not_invoiced(small: SmallChain) -> None:
    small.order(purpose=ReceiptPurpose.OPENING)
    small.receive("S001", make_receipt((1, 3_000), purpose=ReceiptPurpose.OPENING))

    with pytest.raises(OrderIsOpeningError):
        purchasing.enter_invoice(small.db, INVOICE, small.ask())


def test_three_receipts_and_one_invoice_leave_nothing_uninvoiced(small: SmallChain) -> None:
    small.order()
    small.receive("S001", *[make_receipt((1, 1_000)) for _ in range(3)])  # 3.33 each, of 10.00.

    purchasing.enter_invoice(small.db, INVOICE, small.ask())

    fen = small.account_fen()
    assert ("S001", "220202") not in fen
    assert fen["S001", "140501"] == 1_000
    small.require_agreement()


def test_one_receipt_and_three_invoices_leave_nothing_uninvoiced(bought: SmallChain) -> None:
    for n in (1, 2, 3):
        part = invoice_of(quantity_milli=1_000, amount_fen=333, invoice_no=f"INV-{n}", tax_fen=0)
        purchasing.enter_invoice(bought.db, part, bought.ask())

    fen = bought.account_fen()
    assert fen["S001", "220202"] == -1_000  # Item 2.
    assert fen["S001", "140501"] == 1_999
    bought.require_agreement()


def test_goods_that_come_after_their_invoice_leave_nothing_uninvoiced(small: SmallChain) -> None:
    small.order()
    early = dataclasses.replace(INVOICE, reason="on its way")
    purchasing.enter_invoice(small.db, early, small.ask())

    small.receive("S001", *[make_receipt((1, 1_000)) for _ in range(3)])
    small.apply()

    fen = small.account_fen()
    assert ("S001", "220202") not in fen
    assert fen["S001", "540102"] == 1  # 10.00 invoiced, 9.99 taken in.
    small.require_agreement()


def test_goods_that_all_go_back_leave_nothing_uninvoiced(small: SmallChain) -> None:
    small.order()
    small.receive("S001", *[make_receipt((1, 1_000)) for _ in range(3)])

    small.receive("S001", make_supplier_return((1, 3_000)))
    small.apply()

    assert small.account_fen() == {}
    small.require_agreement()


def test_more_than_came_is_invoiced_with_a_reason_and_clears_when_it_comes(
    bought: SmallChain,
) -> None:
    early = invoice_of(item_id=3, reason="delivery note is on its way")

    purchasing.enter_invoice(bought.db, early, bought.ask())

    assert bought.account_fen()["S001", "220202"] == -1_000
    bought.receive("S001", make_receipt((3, 3_000)))
    bought.apply()
    assert bought.account_fen()["S001", "220202"] == -2_000
    bought.require_agreement()


def test_reason_does_not_open_the_way_for_sums_beyond_the_books(bought: SmallChain) -> None:
    many = invoice_of(quantity_milli=1_000_000_000, amount_fen=10**12, tax_fen=10**12, reason="x")

    purchasing.enter_invoice(bought.db, many, bought.ask())

    assert bought.read("SELECT gross_fen FROM supplier_invoice") == [(2 * 10**12,)]
    bought.require_agreement()


def test_what_went_back_to_the_supplier_is_not_invoiced(bought: SmallChain) -> None:
    bought.receive("S001", make_supplier_return((1, 1_000)))

    with pytest.raises(InvoicedTooMuchError):
        purchasing.enter_invoice(bought.db, INVOICE, bought.ask())

    two = invoice_of(quantity_milli=2_000, amount_fen=667)
    assert purchasing.enter_invoice(bought.db, two, bought.ask()) == "HQ-1-000001"


def test_payment_closes_invoices_part_by_part(bought: SmallChain) -> None:
    purchasing.enter_invoice(bought.db, INVOICE, bought.ask())
    second = dataclasses.replace(invoice_of(item_id=2), invoice_no="INV-2", tax_fen=0)
    purchasing.enter_invoice(bought.db, second, bought.ask())
    both = dataclasses.replace(PAYMENT, invoices_fen=(("INV-1", 130), ("INV-2", 1_000)))

    purchasing.pay_invoices(bought.db, both, bought.ask())

    open_fen = bought.read("SELECT invoice_no, gross_fen - paid_fen FROM supplier_invoice")
    assert open_fen == [("INV-1", 1_000), ("INV-2", 0)]
    assert bought.account_fen()["HQ", "1002"] == -1_130
    bought.require_agreement()


@pytest.mark.parametrize(
    ("invoices_fen", "refusal"),
    [
        ((), NoLinesError),
        ((("INV-1", 1),) * 1_001, LinesTooManyError),
        ((("INV-1", 1), ("INV-1", 1)), InvoiceListedTwiceError),
        ((("INV-9", 1),), InvoiceNotFoundError),
        ((("INV-1", 0),), PaidTooMuchError),
        ((("INV-1", -1),), PaidTooMuchError),
        ((("INV-1", 1_131),), PaidTooMuchError),
        ((("INV-1", INT64_MAX),), PaidTooMuchError),
    ],
)
def test_payment_of_what_is_not_open_is_refused(
    bought: SmallChain, invoices_fen: tuple[tuple[str, int], ...], refusal: type[RetailError]
) -> None:
    purchasing.enter_invoice(bought.db, INVOICE, bought.ask())
    wrong = dataclasses.replace(PAYMENT, invoices_fen=invoices_fen)

    with pytest.raises(refusal):
        purchasing.pay_invoices(bought.db, wrong, bought.ask())

    assert bought.read("SELECT paid_fen FROM supplier_invoice") == [(0,)]


def test_invoice_is_not_paid_twice(bought: SmallChain) -> None:
    purchasing.enter_invoice(bought.db, INVOICE, bought.ask())
    purchasing.pay_invoices(bought.db, PAYMENT, bought.ask())

    with pytest.raises(PaidTooMuchError):
        purchasing.pay_invoices(bought.db, PAYMENT, bought.ask())


@pytest.mark.parametrize(
    ("base", "amount_fen", "parts", "shares"),
    [
        (AllocationBase.VALUE, 101, (), {1: 51, 2: 50}),
        (AllocationBase.VALUE, -101, (), {1: -51, 2: -50}),
        (AllocationBase.QUANTITY, 100, (), {1: 50, 2: 50}),
        (AllocationBase.WEIGHT, 100, ((1, 1), (2, 2)), {1: 33, 2: 67}),
        (AllocationBase.WEIGHT, 100, ((1, 0), (2, 9)), {2: 100}),
        (AllocationBase.BY_HAND, 100, ((1, 99), (2, 1)), {1: 99, 2: 1}),
        (AllocationBase.BY_HAND, -100, ((2, -100),), {2: -100}),
    ],
)
def test_later_cost_is_shared_to_the_fen(
    bought: SmallChain,
    base: AllocationBase,
    amount_fen: int,
    parts: tuple[tuple[int, int], ...],
    shares: dict[int, int],
) -> None:
    new = dataclasses.replace(FREIGHT, base=base, amount_fen=amount_fen, parts=parts)

    purchasing.add_landed_cost(bought.db, new, bought.ask())

    costs = bought.read("SELECT item_id, value_fen - 1000 FROM cost ORDER BY item_id")
    assert {item_id: fen for item_id, fen in costs if fen} == shares
    assert bought.account_fen()["HQ", "220201"] == -amount_fen
    bought.require_agreement()


def test_later_cost_of_goods_that_are_sold_is_variance(bought: SmallChain) -> None:
    bought.receive("S001", make_ticket((1, 2_000, 565)))

    purchasing.add_landed_cost(
        bought.db, dataclasses.replace(FREIGHT, amount_fen=600), bought.ask()
    )

    assert bought.account_fen()["S001", "540102"] == 200  # Two thirds of item 1's 300.
    bought.require_agreement()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_fen": 0}, AmountOutOfRangeError),
        ({"amount_fen": INT64_MAX}, AmountOutOfRangeError),
        ({"amount_fen": -INT64_MAX}, AmountOutOfRangeError),
        ({"purchase_order_no": "PO-000009"}, PurchaseOrderNotFoundError),
        ({"store": "S002"}, OrderOfOtherStoreError),
        ({"parts": ((1, 1),)}, LandedPartsError),
        ({"base": AllocationBase.WEIGHT}, LandedPartsError),
        ({"base": AllocationBase.BY_HAND}, LandedPartsError),
        ({"base": AllocationBase.WEIGHT, "parts": ((1, 0),)}, SharesEmptyError),
        ({"base": AllocationBase.WEIGHT, "parts": ((1, -1),)}, LandedPartError),
        ({"base": AllocationBase.WEIGHT, "parts": ((1, INT64_MAX),)}, LandedPartError),
        ({"base": AllocationBase.WEIGHT, "parts": ((3, 1),)}, ItemNotReceivedError),
        ({"base": AllocationBase.WEIGHT, "parts": ((1, 1), (1, 1))}, ItemListedTwiceError),
        ({"base": AllocationBase.BY_HAND, "parts": ((1, 99),)}, SharesDifferError),
        ({"base": AllocationBase.BY_HAND, "parts": ((1, 101), (2, -1))}, LandedPartError),
    ],
)
def test_later_cost_that_cannot_be_shared_is_refused(
    bought: SmallChain, changes: dict[str, object], refusal: type[RetailError]
) -> None:
    wrong = dataclasses.replace(FREIGHT, **changes)  # type: ignore[arg-type]  # Passed through.

    with pytest.raises(refusal):
        purchasing.add_landed_cost(bought.db, wrong, bought.ask())

    assert bought.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'") == [(0,)]


def test_no_cost_goes_on_goods_that_never_came(small: SmallChain) -> None:
    small.order()

    with pytest.raises(NothingReceivedError):
        purchasing.add_landed_cost(small.db, FREIGHT, small.ask())


def test_reversal_is_the_exact_negative(bought: SmallChain) -> None:
    bought.apply()
    before = bought.account_fen()
    number = purchasing.add_landed_cost(
        bought.db, dataclasses.replace(FREIGHT, amount_fen=101), bought.ask()
    )

    purchasing.reverse_landed_cost(bought.db, number, TODAY, bought.ask())

    assert bought.account_fen() == before
    assert bought.read("SELECT gross_fen FROM supplier_invoice") == [(0,)]
    bought.require_agreement()


def test_cost_is_reversed_once_and_a_reversal_never(bought: SmallChain) -> None:
    number = purchasing.add_landed_cost(bought.db, FREIGHT, bought.ask())
    reversal = purchasing.reverse_landed_cost(bought.db, number, TODAY, bought.ask())

    for wrong in (number, reversal):
        with pytest.raises(NotReversibleError):
            purchasing.reverse_landed_cost(bought.db, wrong, TODAY, bought.ask())


@pytest.mark.parametrize("number", ["HQ-1-000009", "HQ-9-000001", "F-1"])
def test_what_is_not_in_the_journal_is_not_reversed(bought: SmallChain, number: str) -> None:
    with pytest.raises(OwnFactNotFoundError):
        purchasing.reverse_landed_cost(bought.db, number, TODAY, bought.ask())


def test_only_a_landed_cost_is_reversed(bought: SmallChain) -> None:
    number = purchasing.enter_invoice(bought.db, INVOICE, bought.ask())

    with pytest.raises(NotReversibleError):
        purchasing.reverse_landed_cost(bought.db, number, TODAY, bought.ask())
