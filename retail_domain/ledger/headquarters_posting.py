"""Posting rules of headquarters' own facts. Each store's lines balance: 内部往来 takes the rest.

Sources: domain rules 3, 4, 12 and 14.
"""

from __future__ import annotations

from collections.abc import Iterable

from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.books import Books, Outcome
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change
from retail_domain.trade.fact import Happening
from retail_domain.trade.purchase import LandedCostAdded, Paid, SupplierInvoiced
from retail_domain.trade.voucher import CostAllocated, ManualEntry, PeriodClosed
from retail_domain.transfers.settlement import TransferSettled


def post_invoice(books: Books, hq: str, happening: Happening) -> Outcome:
    """Turn what was received into what is owed; a price that differs belongs to the goods."""
    invoice = happening.payload
    assert isinstance(invoice, SupplierInvoiced)
    changes = [
        Change(hq, AccountRole.ACCOUNTS_PAYABLE, -invoice.gross_fen),
        Change(hq, AccountRole.INPUT_TAX, invoice.tax_fen),
    ]
    for line in invoice.lines:
        received_fen = books.clear_purchase(
            line.purchase_order_no,
            line.item_id,
            quantity_milli=line.quantity_milli,
            invoiced_fen=line.amount_fen,
        )
        changes.append(Change(line.store, AccountRole.GOODS_RECEIVED_NOT_INVOICED, received_fen))
        changes += books.revalue(
            line.store,
            line.item_id,
            difference_fen=line.amount_fen - received_fen,
            quantity_milli=line.quantity_milli,
        )
    return [], _balance_stores(changes)


def post_payment(_books: Books, hq: str, happening: Happening) -> Outcome:
    """Pay a supplier from the bank."""
    paid = happening.payload
    assert isinstance(paid, Paid)
    return [], [
        Change(hq, AccountRole.ACCOUNTS_PAYABLE, paid.amount_fen),
        Change(hq, AccountRole.BANK, -paid.amount_fen),
    ]


def post_manual_entry(_books: Books, _hq: str, happening: Happening) -> Outcome:
    """Book what a person wrote."""
    entry = happening.payload
    assert isinstance(entry, ManualEntry)
    changes = [
        Change(line.store, line.account_code, line.debit_fen - line.credit_fen)
        for line in entry.lines
    ]
    return [], _balance_stores(changes)


def post_allocation(_books: Books, hq: str, happening: Happening) -> Outcome:
    """Move an expense of headquarters to the stores that bear it."""
    allocated = happening.payload
    assert isinstance(allocated, CostAllocated)
    account = allocated.account_code
    changes = [Change(share.store, account, share.amount_fen) for share in allocated.shares]
    whole_fen = sum(share.amount_fen for share in allocated.shares)
    return [], _balance_stores([*changes, Change(hq, account, -whole_fen)])


def post_landed_cost(books: Books, hq: str, happening: Happening) -> Outcome:
    """Put a later cost on the goods that are still there; the rest was sold dearer than known."""
    landed = happening.payload
    assert isinstance(landed, LandedCostAdded)
    changes = [Change(hq, AccountRole.ACCOUNTS_PAYABLE, -landed.amount_fen)]
    for line in landed.lines:
        changes += books.revalue(
            landed.store,
            line.item_id,
            difference_fen=line.amount_fen,
            quantity_milli=line.quantity_milli,
        )
    return [], _balance_stores(changes)


def post_settlement(books: Books, _hq: str, happening: Happening) -> Outcome:
    """Take what never arrived out of transit, or put in what arrived without having left."""
    settled = happening.payload
    assert isinstance(settled, TransferSettled)
    store, changes = settled.responsible_store, list[Change]()
    for line in settled.lines:
        key = (settled.transfer_no, line.item_id)
        pair = books.in_transit.get(key, AverageCost())
        if line.quantity_milli > 0:
            books.in_transit[key], cost_fen = pair.issue(line.quantity_milli)
            change_fen = -cost_fen
        else:
            value_fen = pair.provisional_fen(-line.quantity_milli)
            books.in_transit[key], variance_fen = pair.restore(value_fen, -line.quantity_milli)
            change_fen = value_fen - variance_fen
        changes += [
            Change(store, AccountRole.GOODS_IN_TRANSIT, change_fen, settled.transfer_no),
            Change(store, AccountRole.PENDING_LOSS, -change_fen),
        ]
    return [], changes


def post_period_close(books: Books, _hq: str, happening: Happening) -> Outcome:
    """Take each store's income and expense of the month to its profit of the year (结转损益)."""
    assert isinstance(happening.payload, PeriodClosed)
    changes: list[Change] = []
    for (store, account_code), balance_fen in sorted(books.income_fen.items()):
        changes += [
            Change(store, account_code, -balance_fen),
            Change(store, AccountRole.PROFIT_OF_YEAR, balance_fen),
        ]
    return [], changes


def _balance_stores(changes: Iterable[Change]) -> list[Change]:
    """Let each store's lines come to zero: a store's own trial balance has to."""
    balanced = list(changes)
    rest_fen: dict[str, int] = {}
    for change in balanced:
        rest_fen[change.store] = rest_fen.get(change.store, 0) + change.amount_fen
    balanced += [
        Change(store, AccountRole.BETWEEN_STORES, -fen) for store, fen in sorted(rest_fen.items())
    ]
    return balanced
