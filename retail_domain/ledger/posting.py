"""Posting rules: what a fact does to average cost, goods in transit and the books.

Pure: the caller hands in the pairs that a fact may touch and stores what comes back. The hub
posts facts in the order of its apply log, so the same log gives the same books for ever.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, MutableMapping

from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change, EntryLine, sum_changes
from retail_domain.rounding import divide_half_up
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Payload
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket

CostKey = tuple[str, str, int]
"""(legal entity, store, item_id)"""
TransitKey = tuple[str, int]
"""(transfer_no, item_id)"""

TENDER_ROLE = {
    TenderKind.CASH: AccountRole.CASH,
    TenderKind.CARD: AccountRole.CARD_CLEARING,
}
assert set(TENDER_ROLE) == set(TenderKind)

RECEIPT_ROLE = {
    ReceiptPurpose.PURCHASE: AccountRole.GOODS_RECEIVED_NOT_INVOICED,
    ReceiptPurpose.OPENING: AccountRole.OPENING_STOCK,
}
assert set(RECEIPT_ROLE) == set(ReceiptPurpose)


@dataclasses.dataclass(frozen=True, slots=True)
class OrderedCost:
    """What a purchase order says an item costs: a pair, net of deductible VAT."""

    value_fen: int
    quantity_milli: int

    def of(self, quantity_milli: int) -> int:
        """Cost of a part or a multiple of the ordered quantity."""
        return divide_half_up(self.value_fen * quantity_milli, self.quantity_milli)


@dataclasses.dataclass(slots=True)
class Books:
    """The pairs that facts of a batch may touch; posting replaces them in place."""

    legal_entities: Mapping[str, str]
    """Legal entity of every store."""
    codes: Mapping[AccountRole, str]
    """Account of every role."""
    costs: MutableMapping[CostKey, AverageCost] = dataclasses.field(default_factory=dict)
    in_transit: MutableMapping[TransitKey, AverageCost] = dataclasses.field(default_factory=dict)

    def cost_key(self, store: str, item_id: int) -> CostKey:
        """Where an item's cost is kept."""
        return (self.legal_entities[store], store, item_id)

    def cost(self, store: str, item_id: int) -> AverageCost:
        """The pair of an item; empty when it never moved."""
        return self.costs.get(self.cost_key(store, item_id), AverageCost())


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    """What one fact left behind."""

    costs_fen: tuple[int, ...]
    """Change of the store's inventory value a movement, in the order of `stock_movements`."""
    lines: tuple[EntryLine, ...]
    """Of its one entry; empty when no account changes."""


def post_fact(
    books: Books, store: str, payload: Payload, ordered: Mapping[int, OrderedCost]
) -> Posted:
    """Post one fact: move average costs in `books` and make its entry.

    Args:
        books: must hold the pairs of `touched_costs` and `touched_transit`.
        store: the author.
        payload: what happened.
        ordered: for goods received, the order's cost by item_id; else empty.
    """
    costs_fen, changes = RULES[type(payload)](books, store, payload, ordered)
    return Posted(tuple(costs_fen), sum_changes(changes, books.codes))


def touched_costs(store: str, payload: Payload) -> set[tuple[str, int]]:
    """(store, item_id) of every average cost that posting may read or change."""
    item_ids = {line.item_id for line in payload.lines}
    stores = {store}
    if isinstance(payload, TransferShipped):
        stores.add(payload.target_store)
    if isinstance(payload, TransferReceived):
        stores.add(payload.source_store)
    return {(touched, item_id) for touched in stores for item_id in item_ids}


def touched_transit(payload: Payload) -> set[TransitKey]:
    """(transfer_no, item_id) of every in-transit pair that posting may read or change."""
    if isinstance(payload, TransferShipped | TransferReceived):
        return {(payload.transfer_no, line.item_id) for line in payload.lines}
    return set()


Outcome = tuple[list[int], list[Change]]


def _post_ticket(
    books: Books, store: str, ticket: Ticket, _ordered: Mapping[int, OrderedCost]
) -> Outcome:
    costs_fen = [-_issue(books, store, line.item_id, line.quantity_milli) for line in ticket.lines]
    changes = [
        Change(store, TENDER_ROLE[tender.kind], tender.amount_fen) for tender in ticket.tenders
    ]
    changes += [
        Change(store, AccountRole.SALES_REVENUE, ticket.tax_fen - ticket.amount_fen),
        Change(store, AccountRole.OUTPUT_TAX, -ticket.tax_fen),
        Change(store, AccountRole.INVENTORY, sum(costs_fen)),
        Change(store, AccountRole.COST_OF_GOODS_SOLD, -sum(costs_fen)),
    ]
    return costs_fen, changes


def _post_receipt(
    books: Books, store: str, receipt: GoodsReceived, ordered: Mapping[int, OrderedCost]
) -> Outcome:
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in receipt.lines:
        value_fen = ordered[line.item_id].of(line.quantity_milli)
        cost_fen = _receive(books, store, line, value_fen, changes)
        costs_fen.append(cost_fen)
        changes.append(Change(store, RECEIPT_ROLE[receipt.purpose], -value_fen))
    return costs_fen, changes


def _post_shipment(
    books: Books, store: str, shipment: TransferShipped, _ordered: Mapping[int, OrderedCost]
) -> Outcome:
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in shipment.lines:
        cost_fen = _issue(books, store, line.item_id, line.quantity_milli)
        key = (shipment.transfer_no, line.item_id)
        pair = books.in_transit.get(key, AverageCost())
        early_milli = min(max(0, -pair.quantity_milli), line.quantity_milli)
        books.in_transit[key], late_fen = pair.receive(cost_fen, line.quantity_milli)
        costs_fen.append(-cost_fen)
        changes += [
            Change(store, AccountRole.INVENTORY, -cost_fen),
            Change(store, AccountRole.GOODS_IN_TRANSIT, cost_fen - late_fen, shipment.transfer_no),
        ]
        if late_fen:
            changes += _correct_early_receipt(
                books, shipment.target_store, line.item_id, late_fen, early_milli
            )
    return costs_fen, changes


def _post_arrival(
    books: Books, store: str, arrival: TransferReceived, _ordered: Mapping[int, OrderedCost]
) -> Outcome:
    costs_fen: list[int] = []
    changes: list[Change] = []
    for line in arrival.lines:
        key = (arrival.transfer_no, line.item_id)
        pair = books.in_transit.get(key, AverageCost())
        if pair.last_quantity_milli == 0:
            # Arrived before its shipment was known: taken in at what the sender's goods cost now.
            estimate_fen = books.cost(arrival.source_store, line.item_id).estimate_fen(
                line.quantity_milli
            )
            pair = dataclasses.replace(
                pair, last_value_fen=estimate_fen, last_quantity_milli=line.quantity_milli
            )
        books.in_transit[key], value_fen = pair.issue(line.quantity_milli)
        costs_fen.append(_receive(books, store, line, value_fen, changes))
        changes.append(Change(store, AccountRole.GOODS_IN_TRANSIT, -value_fen, arrival.transfer_no))
    return costs_fen, changes


RULES: dict[type, Callable[..., Outcome]] = {
    Ticket: _post_ticket,
    GoodsReceived: _post_receipt,
    TransferShipped: _post_shipment,
    TransferReceived: _post_arrival,
}
assert set(RULES) == set(KIND_OF_PAYLOAD)


def _issue(books: Books, store: str, item_id: int, quantity_milli: int) -> int:
    key = books.cost_key(store, item_id)
    books.costs[key], cost_fen = books.cost(store, item_id).issue(quantity_milli)
    return cost_fen


def _receive(
    books: Books, store: str, line: GoodsLine, value_fen: int, changes: list[Change]
) -> int:
    """Take goods in; returns the change of inventory value, and adds the two changes of it."""
    key = books.cost_key(store, line.item_id)
    before = books.cost(store, line.item_id)
    books.costs[key], variance_fen = before.receive(value_fen, line.quantity_milli)
    changes += [
        Change(store, AccountRole.INVENTORY, value_fen - variance_fen),
        Change(store, AccountRole.COST_VARIANCE, variance_fen),
    ]
    return value_fen - variance_fen


def _correct_early_receipt(
    books: Books, store: str, item_id: int, late_fen: int, quantity_milli: int
) -> list[Change]:
    """Bring what the target took in before the shipment was known to its real cost."""
    key = books.cost_key(store, item_id)
    books.costs[key], rest_fen = books.cost(store, item_id).revalue(late_fen, quantity_milli)
    return [
        Change(store, AccountRole.INVENTORY, late_fen - rest_fen),
        Change(store, AccountRole.COST_VARIANCE, rest_fen),
    ]
