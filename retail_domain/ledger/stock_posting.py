"""Posting rules of the back room: receipts, returns to suppliers, counts, corrections, transfers.

Sources: domain rules 3, 5, 9, 14 and 15.
"""

from __future__ import annotations

from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.books import Books, Outcome
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change
from retail_domain.stock.adjustment import AdjustmentReason, StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    ReceiptPurpose,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import Happening

RECEIPT_ROLE = {
    ReceiptPurpose.PURCHASE: AccountRole.GOODS_RECEIVED_NOT_INVOICED,
    ReceiptPurpose.OPENING: AccountRole.OPENING_STOCK,
}
assert set(RECEIPT_ROLE) == set(ReceiptPurpose)

ADJUSTMENT_ROLE = {
    AdjustmentReason.MOVED: AccountRole.PENDING_LOSS,  # Never used: nothing leaves the store.
    AdjustmentReason.DAMAGED: AccountRole.PENDING_LOSS,
    AdjustmentReason.EXPIRED: AccountRole.PENDING_LOSS,
    AdjustmentReason.LOST: AccountRole.PENDING_LOSS,
    AdjustmentReason.FOUND: AccountRole.PENDING_LOSS,
    AdjustmentReason.SELF_USED: AccountRole.STORE_USE,
    AdjustmentReason.SAMPLED: AccountRole.STORE_USE,
    AdjustmentReason.RECLASSIFIED: AccountRole.COST_OF_GOODS_SOLD,
}
assert set(ADJUSTMENT_ROLE) == set(AdjustmentReason)


def post_receipt(books: Books, store: str, happening: Happening) -> Outcome:
    """Take goods in at what their order says."""
    receipt = happening.payload
    assert isinstance(receipt, GoodsReceived)
    number, ordered = receipt.purchase_order_no, books.orders[receipt.purchase_order_no]
    is_bought = receipt.purpose is ReceiptPurpose.PURCHASE
    costs_fen: list[int] = []
    owed_fen = 0
    for line in receipt.lines:
        value_fen = ordered[line.item_id].of(line.quantity_milli)
        costs_fen.append(
            books.receive(
                store, line.item_id, value_fen=value_fen, quantity_milli=line.quantity_milli
            )
        )
        if is_bought:
            value_fen = books.take_purchase(number, line.item_id, line.quantity_milli)
        owed_fen += value_fen
    taken_fen = sum(costs_fen)
    return costs_fen, [
        Change(store, AccountRole.INVENTORY, taken_fen),
        Change(store, RECEIPT_ROLE[receipt.purpose], -owed_fen),
        Change(store, AccountRole.COST_VARIANCE, owed_fen - taken_fen),
    ]


def post_supplier_return(books: Books, store: str, happening: Happening) -> Outcome:
    """Send goods back: the supplier owes what was paid, the average bears the difference."""
    returned = happening.payload
    assert isinstance(returned, SupplierReturn)
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in returned.lines:
        cost_fen = books.issue(store, line.item_id, line.quantity_milli)
        number = returned.purchase_order_no
        value_fen = -books.take_purchase(number, line.item_id, -line.quantity_milli)
        costs_fen.append(-cost_fen)
        changes += [
            Change(store, AccountRole.INVENTORY, -cost_fen),
            Change(store, AccountRole.GOODS_RECEIVED_NOT_INVOICED, value_fen),
            Change(store, AccountRole.COST_VARIANCE, cost_fen - value_fen),
        ]
    return costs_fen, changes


def post_count(books: Books, store: str, happening: Happening) -> Outcome:
    """Bring stock to what was counted; what is missing or found waits for a decision."""
    count = happening.payload
    assert isinstance(count, StockCounted)
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in count.lines:
        if line.variance_milli:
            change_fen = _correct(
                books, store, line.item_id, line.variance_milli, AccountRole.PENDING_LOSS, changes
            )
            costs_fen.append(change_fen)
    return costs_fen, changes


def post_adjustment(books: Books, store: str, happening: Happening) -> Outcome:
    """Take goods out of the books, or into them, for a reason; between states nothing changes."""
    adjusted = happening.payload
    assert isinstance(adjusted, StockAdjusted)
    role = ADJUSTMENT_ROLE[adjusted.reason]
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in adjusted.lines:
        if line.source is not None and line.target is not None:
            costs_fen += (0, 0)
        else:
            sign = 1 if line.source is None else -1
            costs_fen.append(
                _correct(books, store, line.item_id, sign * line.quantity_milli, role, changes)
            )
    return costs_fen, changes


def post_shipment(books: Books, store: str, happening: Happening) -> Outcome:
    """Put goods into transit at the sender's cost."""
    shipment = happening.payload
    assert isinstance(shipment, TransferShipped)
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in shipment.lines:
        cost_fen = books.issue(store, line.item_id, line.quantity_milli)
        key = (shipment.transfer_no, line.item_id)
        pair = books.in_transit.get(key, AverageCost())
        early_milli = min(max(0, -pair.quantity_milli), line.quantity_milli)
        books.in_transit[key], late_fen = pair.receive(cost_fen, line.quantity_milli)
        costs_fen.append(-cost_fen)
        changes += [
            Change(store, AccountRole.INVENTORY, -cost_fen),
            Change(store, AccountRole.GOODS_IN_TRANSIT, cost_fen - late_fen, shipment.transfer_no),
        ]
        if late_fen:  # The target took goods in before their shipment was known.
            changes += books.revalue(
                shipment.target_store,
                line.item_id,
                difference_fen=late_fen,
                quantity_milli=early_milli,
            )
    return costs_fen, changes


def post_arrival(books: Books, store: str, happening: Happening) -> Outcome:
    """Take goods out of transit at what they were sent with."""
    arrival = happening.payload
    assert isinstance(arrival, TransferReceived)
    costs_fen: list[int] = []
    left_fen = 0
    for line in arrival.lines:
        key = (arrival.transfer_no, line.item_id)
        pair = books.in_transit.get(key, AverageCost())
        if pair.last_quantity_milli == 0:
            # Arrived before its shipment was known: taken in at what the sender's goods cost now.
            estimate_fen = books.cost(arrival.source_store, line.item_id).estimate_fen(
                line.quantity_milli
            )
            pair = pair._replace(
                last_value_fen=estimate_fen, last_quantity_milli=line.quantity_milli
            )
        books.in_transit[key], value_fen = pair.issue(line.quantity_milli)
        costs_fen.append(
            books.receive(
                store, line.item_id, value_fen=value_fen, quantity_milli=line.quantity_milli
            )
        )
        left_fen += value_fen
    taken_fen = sum(costs_fen)
    return costs_fen, [
        Change(store, AccountRole.INVENTORY, taken_fen),
        Change(store, AccountRole.COST_VARIANCE, left_fen - taken_fen),
        Change(store, AccountRole.GOODS_IN_TRANSIT, -left_fen, arrival.transfer_no),
    ]


def _correct(
    books: Books,
    store: str,
    item_id: int,
    quantity_milli: int,
    role: AccountRole,
    changes: list[Change],
) -> int:
    """Book goods that are found (+) or gone (-) against a role; returns the inventory's change."""
    if quantity_milli < 0:
        cost_fen = books.issue(store, item_id, -quantity_milli)
        changes += [
            Change(store, AccountRole.INVENTORY, -cost_fen),
            Change(store, role, cost_fen),
        ]
        return -cost_fen
    value_fen = books.cost(store, item_id).estimate_fen(quantity_milli)
    change_fen = books.restore(store, item_id, value_fen=value_fen, quantity_milli=quantity_milli)
    changes += [
        Change(store, AccountRole.INVENTORY, change_fen),
        Change(store, AccountRole.COST_VARIANCE, value_fen - change_fen),
        Change(store, role, -value_fen),
    ]
    return change_fen
