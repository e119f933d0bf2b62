"""Facts of headquarters about purchases: invoices, payments, costs that come later.

Amounts are net of deductible VAT unless they say otherwise. Source: domain rules 3 and 4.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum


@dataclasses.dataclass(frozen=True, slots=True)
class InvoicedLine:
    """One item of a supplier's invoice, as one order of a store had it."""

    line_no: int
    """From 1, without gaps."""
    purchase_order_no: str
    store: str
    item_id: int
    quantity_milli: int
    amount_fen: int
    """Net, of the whole line."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli > 0
        assert self.amount_fen >= 0


@dataclasses.dataclass(frozen=True, slots=True)
class SupplierInvoiced:
    """Payload: a supplier's invoice was checked against what came."""

    supplier_no: str
    invoice_no: str
    """The supplier's; with supplier_no it stands once."""
    invoice_date: datetime.date
    tax_fen: int
    """Deductible input VAT."""
    lines: tuple[InvoicedLine, ...]
    reason: str = ""
    """Why more is invoiced than was received; empty when it is not."""

    def __post_init__(self) -> None:
        assert self.lines
        assert self.tax_fen >= 0

    @property
    def net_fen(self) -> int:
        """Of all lines."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def gross_fen(self) -> int:
        """What is owed."""
        return self.net_fen + self.tax_fen


@dataclasses.dataclass(frozen=True, slots=True)
class SettledInvoice:
    """A part of a payment."""

    invoice_no: str
    amount_fen: int

    def __post_init__(self) -> None:
        assert self.amount_fen > 0


@dataclasses.dataclass(frozen=True, slots=True)
class Paid:
    """Payload: a supplier was paid from the bank."""

    supplier_no: str
    reference: str
    """Of the bank."""
    invoices: tuple[SettledInvoice, ...]

    def __post_init__(self) -> None:
        assert self.invoices

    @property
    def amount_fen(self) -> int:
        """What left the bank."""
        return sum(invoice.amount_fen for invoice in self.invoices)


class AllocationBase(enum.Enum):
    """By what a later cost was shared out; kept for the reader, the shares are facts."""

    VALUE = "value"
    QUANTITY = "quantity"
    WEIGHT = "weight"
    BY_HAND = "by_hand"


@dataclasses.dataclass(frozen=True, slots=True)
class LandedLine:
    """What one item of a receipt cost more, or less."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    quantity_milli: int
    """Received, above 0."""
    amount_fen: int
    """+ dearer, - cheaper; a reversal is the exact negative."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli > 0


@dataclasses.dataclass(frozen=True, slots=True)
class LandedCostAdded:
    """Payload: freight, duty or a rebate belongs to goods that were received earlier."""

    store: str
    purchase_order_no: str
    supplier_no: str
    """Whom it is owed to."""
    invoice_no: str
    base: AllocationBase
    lines: tuple[LandedLine, ...]

    def __post_init__(self) -> None:
        assert self.lines

    @property
    def amount_fen(self) -> int:
        """Of all lines; below 0 for a rebate or a reversal."""
        return sum(line.amount_fen for line in self.lines)
