"""Use cases of purchases: supplier invoices against what came, payments, costs that come later."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from hq_hub.services.documents import ORDER_LINES_MAX
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
    PaidTooMuchError,
)
from hq_hub.services.own_journal import Decided, read_own_fact, write_own_fact
from hq_hub.services.requests import Asked
from hq_hub.store import catalog, orders, own_facts
from hq_hub.store.orders import CostedOrder
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.catalog.quantity import require_quantity, show_quantity
from retail_domain.errors import (
    AmountOutOfRangeError,
    ItemListedTwiceError,
    ItemNotOnOrderError,
    NoLinesError,
    PurchaseOrderNotFoundError,
)
from retail_domain.ledger.errors import LinesTooManyError, SharesDifferError
from retail_domain.ledger.voucher_rules import require_amount, share_amount
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.purchase import (
    AllocationBase,
    InvoicedLine,
    LandedCostAdded,
    LandedLine,
    Paid,
    SettledInvoice,
    SupplierInvoiced,
)
from retail_domain.trade.tender import TENDER_FEN_MAX

PAID_INVOICES_MAX = 1_000
"""Of one payment: a year's invoices of a supplier that delivers daily."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewInvoiceLine:
    """One item of an invoice, for one order."""

    purchase_order_no: str
    store: str
    item_id: int
    quantity_milli: int
    amount_fen: int
    """Net, of the whole line."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewInvoice:
    """A supplier's invoice, as it lies on the desk."""

    supplier_no: str
    invoice_no: str
    invoice_date: datetime.date
    business_date: datetime.date
    tax_fen: int
    """Deductible."""
    lines: tuple[NewInvoiceLine, ...]
    """An order's item may stand on several."""
    reason: str = ""
    """Why more is invoiced than came; empty when it is not."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewPayment:
    """Money that left the bank for a supplier."""

    supplier_no: str
    reference: str
    invoices_fen: tuple[tuple[str, int], ...]
    """(invoice_no, amount)."""
    business_date: datetime.date


@dataclasses.dataclass(frozen=True, slots=True)
class NewLandedCost:
    """Freight, duty or a rebate for goods of one order."""

    store: str
    purchase_order_no: str
    supplier_no: str
    """Whom it is owed to: the carrier, customs, or the supplier."""
    invoice_no: str
    base: AllocationBase
    amount_fen: int
    """+ dearer, - cheaper."""
    business_date: datetime.date
    parts: tuple[tuple[int, int], ...] = ()
    """(item_id, part): mg by weight, fen by hand with the sign of the amount; else none."""


def enter_invoice(db: sa.Connection, new: NewInvoice, asked: Asked) -> str:
    """Enter a supplier's invoice against its orders and what came; a repeat changes nothing.

    A price that differs from the order's is taken as it is: the goods bear it, and the lists show
    it.

    Returns:
        The fact's number.

    Raises:
        InvoiceExistsError, PurchaseOrderNotFoundError, OrderOfOtherStoreError,
        OrderOfOtherSupplierError, OrderIsOpeningError, ItemNotOnOrderError
        InvoicedTooMuchError: unless a reason is given.
        RetailError: lines and amounts out of range, BooksBehindError, FutureDateError
    """

    def decide() -> Decided:
        _require_invoice(db, new)
        lines = tuple(
            InvoicedLine(line_no, *dataclasses.astuple(line))
            for line_no, line in enumerate(new.lines, start=1)
        )
        invoiced = SupplierInvoiced(
            new.supplier_no, new.invoice_no, new.invoice_date, new.tax_fen, lines, new.reason
        )
        return Decided(invoiced, new.business_date)

    return write_own_fact(db, asked, ("enter_invoice", repr(new)), decide)


def pay_invoices(db: sa.Connection, payment: NewPayment, asked: Asked) -> str:
    """Note a payment to a supplier; returns and repeats as `enter_invoice`.

    Raises:
        NoLinesError, LinesTooManyError, InvoiceListedTwiceError, InvoiceNotFoundError
        PaidTooMuchError: more than is open, or nothing.
    """

    def decide() -> Decided:
        _require_payment(db, payment)
        settled = tuple(SettledInvoice(*invoice) for invoice in payment.invoices_fen)
        paid = Paid(payment.supplier_no, payment.reference, settled)
        return Decided(paid, payment.business_date)

    return write_own_fact(db, asked, ("pay_invoices", repr(payment)), decide)


def add_landed_cost(db: sa.Connection, new: NewLandedCost, asked: Asked) -> str:
    """Put a later cost on the goods of an order; returns and repeats as `enter_invoice`.

    Raises:
        AmountOutOfRangeError, PurchaseOrderNotFoundError, OrderOfOtherStoreError
        NothingReceivedError, LandedPartsError, SharesEmptyError, SharesDifferError
    """

    def decide() -> Decided:
        return Decided(_share_landed_cost(db, new), new.business_date)

    return write_own_fact(db, asked, ("add_landed_cost", repr(new)), decide)


def reverse_landed_cost(
    db: sa.Connection, fact_no: str, business_date: datetime.date, asked: Asked
) -> str:
    """Take a landed cost back, line by line to the fen; returns and repeats as `enter_invoice`.

    Raises:
        OwnFactNotFoundError, NotReversibleError
    """

    def decide() -> Decided:
        happening = read_own_fact(db, fact_no)
        landed = happening.payload
        if (
            not isinstance(landed, LandedCostAdded)
            or happening.causes
            or own_facts.is_reversed(db, happening.fact_id)
        ):
            raise NotReversibleError(fact_no=fact_no)
        lines = tuple(
            dataclasses.replace(line, amount_fen=-line.amount_fen) for line in landed.lines
        )
        reversal = dataclasses.replace(landed, lines=lines)
        return Decided(reversal, business_date, (happening.fact_id,))

    question = ("reverse_landed_cost", fact_no, business_date.isoformat())
    return write_own_fact(db, asked, question, decide)


def _require_invoice(db: sa.Connection, new: NewInvoice) -> None:
    if own_facts.read_open_fen(db, new.supplier_no, {new.invoice_no}):
        raise InvoiceExistsError(supplier_no=new.supplier_no, invoice_no=new.invoice_no)
    if not new.lines:
        raise NoLinesError(document_no=new.invoice_no)
    if len(new.lines) > ORDER_LINES_MAX:
        raise LinesTooManyError(lines=len(new.lines), limit=ORDER_LINES_MAX)
    require_amount(new.tax_fen)
    costed = _require_orders(db, new)
    units = catalog.read_units(db, [line.item_id for line in new.lines])
    invoiced_milli: Counter[tuple[str, int]] = Counter()
    for line in new.lines:
        ordered = costed[line.purchase_order_no].costs.get(line.item_id)
        if ordered is None:
            raise ItemNotOnOrderError(item_id=line.item_id, document_no=line.purchase_order_no)
        unit = units[line.item_id]
        require_quantity(line.quantity_milli, UnitOfMeasure(unit.unit_of_measure), unit.name)
        require_amount(line.amount_fen)
        require_amount(ordered.of(line.quantity_milli))
        invoiced_milli[line.purchase_order_no, line.item_id] += line.quantity_milli
    if not new.reason:
        _require_received(db, invoiced_milli)


def _require_orders(db: sa.Connection, invoice: NewInvoice) -> Mapping[str, CostedOrder]:
    numbers = {line.purchase_order_no for line in invoice.lines}
    headers = own_facts.read_order_headers(db, numbers)
    for line in invoice.lines:
        number = line.purchase_order_no
        header = headers.get(number)
        if header is None:
            raise PurchaseOrderNotFoundError(purchase_order_no=number)
        if header.store != line.store:
            raise OrderOfOtherStoreError(
                purchase_order_no=number, known=header.store, store=line.store
            )
        if header.supplier_no != invoice.supplier_no:
            raise OrderOfOtherSupplierError(
                purchase_order_no=number, known=header.supplier_no, supplier_no=invoice.supplier_no
            )
        if header.purpose != ReceiptPurpose.PURCHASE.value:
            raise OrderIsOpeningError(purchase_order_no=number)
    return orders.read_costed_orders(db, numbers)


def _require_received(db: sa.Connection, invoiced_milli: Mapping[tuple[str, int], int]) -> None:
    numbers = sorted({number for number, _item_id in invoiced_milli})
    purchased = {number: own_facts.read_purchased(db, number) for number in numbers}
    for (number, item_id), quantity_milli in invoiced_milli.items():
        done = purchased[number].get(item_id)
        left_milli = done.not_invoiced_milli if done else 0
        if quantity_milli > left_milli:
            raise InvoicedTooMuchError(
                purchase_order_no=number,
                item_id=item_id,
                quantity=show_quantity(quantity_milli),
                left=show_quantity(left_milli),
            )


def _require_payment(db: sa.Connection, payment: NewPayment) -> None:
    if not payment.invoices_fen:
        raise NoLinesError(document_no=payment.reference)
    if len(payment.invoices_fen) > PAID_INVOICES_MAX:
        raise LinesTooManyError(lines=len(payment.invoices_fen), limit=PAID_INVOICES_MAX)
    listed = Counter(invoice_no for invoice_no, _amount_fen in payment.invoices_fen)
    open_fen = own_facts.read_open_fen(db, payment.supplier_no, listed)
    for invoice_no, amount_fen in payment.invoices_fen:
        if listed[invoice_no] > 1:
            raise InvoiceListedTwiceError(invoice_no=invoice_no)
        if invoice_no not in open_fen:
            raise InvoiceNotFoundError(supplier_no=payment.supplier_no, invoice_no=invoice_no)
        if not 0 < amount_fen <= open_fen[invoice_no]:
            raise PaidTooMuchError(
                invoice_no=invoice_no, amount_fen=amount_fen, open_fen=open_fen[invoice_no]
            )
        require_amount(amount_fen)


def _share_landed_cost(db: sa.Connection, new: NewLandedCost) -> LandedCostAdded:
    number = new.purchase_order_no
    if not 0 < abs(new.amount_fen) <= TENDER_FEN_MAX:
        raise AmountOutOfRangeError(amount_fen=new.amount_fen, limit_fen=TENDER_FEN_MAX)
    header = own_facts.read_order_headers(db, {number}).get(number)
    if header is None:
        raise PurchaseOrderNotFoundError(purchase_order_no=number)
    if header.store != new.store:
        raise OrderOfOtherStoreError(purchase_order_no=number, known=header.store, store=new.store)
    purchased = own_facts.read_purchased(db, number)
    kept_milli = {
        item_id: done.kept_milli
        for item_id, done in sorted(purchased.items())
        if done.kept_milli > 0
    }
    if not kept_milli:
        raise NothingReceivedError(purchase_order_no=number)
    shares_fen = _share_by_base(db, new, kept_milli)
    lines = [
        LandedLine(line_no, item_id, kept_milli[item_id], amount_fen)
        for line_no, (item_id, amount_fen) in enumerate(
            ((item_id, fen) for item_id, fen in shares_fen.items() if fen), start=1
        )
    ]
    return LandedCostAdded(
        new.store, number, new.supplier_no, new.invoice_no, new.base, tuple(lines)
    )


def _share_by_base(
    db: sa.Connection, new: NewLandedCost, kept_milli: Mapping[int, int]
) -> dict[int, int]:
    """Share of each item, in the order of `kept_milli` or of the parts that were said."""
    parts = _require_parts(new, kept_milli)
    match new.base:
        case AllocationBase.BY_HAND:
            if sum(parts.values()) != new.amount_fen:
                raise SharesDifferError(shares_fen=sum(parts.values()), amount_fen=new.amount_fen)
            return parts
        case AllocationBase.WEIGHT:
            weights = parts
        case AllocationBase.QUANTITY:
            weights = dict(kept_milli)
        case AllocationBase.VALUE:
            number = new.purchase_order_no
            costs = orders.read_costed_orders(db, {number})[number].costs
            weights = {item_id: costs[item_id].of(milli) for item_id, milli in kept_milli.items()}
    shares = share_amount(new.amount_fen, list(weights.values()))
    return dict(zip(weights, shares, strict=True))


def _require_parts(new: NewLandedCost, kept_milli: Mapping[int, int]) -> dict[int, int]:
    """Parts by item: said by weight and by hand, only of goods that came, each once."""
    base = new.base
    is_said = base in {AllocationBase.WEIGHT, AllocationBase.BY_HAND}
    if is_said != bool(new.parts):
        raise LandedPartsError
    parts: dict[int, int] = {}
    for item_id, part in new.parts:
        if item_id in parts:
            raise ItemListedTwiceError(item_id=item_id)
        if item_id not in kept_milli:
            raise ItemNotReceivedError(purchase_order_no=new.purchase_order_no, item_id=item_id)
        is_same_sign = part >= 0 if base is AllocationBase.WEIGHT else part * new.amount_fen >= 0
        if not is_same_sign or abs(part) > TENDER_FEN_MAX:
            raise LandedPartError(part=part, item_id=item_id, amount_fen=new.amount_fen)
        parts[item_id] = part
    return parts
