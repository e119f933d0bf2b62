"""What posting reads and changes: average costs, goods in transit, sales that goods come back of.

The caller loads what a block of facts may touch, and stores what comes back.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, MutableMapping

from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.entry import Change
from retail_domain.rounding import divide_half_away, divide_half_up

CostKey = tuple[str, str, int]
"""(legal entity, store, item_id)"""
TransitKey = tuple[str, int]
"""(transfer_no, item_id)"""
PurchaseKey = tuple[str, int]
"""(purchase_order_no, item_id)"""
SaleKey = tuple[str, uuid.UUID, int]
"""(store, fact_id of the ticket, line_no)"""
Outcome = tuple[list[int], list[Change]]
"""Change of inventory value a movement, and the changes of accounts."""
NEVER_MOVED = AverageCost()
"""The pair of an item without a history."""


@dataclasses.dataclass(frozen=True, slots=True)
class OrderedCost:
    """What a purchase order says an item costs: a pair, net of deductible VAT."""

    value_fen: int
    quantity_milli: int

    def of(self, quantity_milli: int) -> int:
        """Cost of a part or a multiple of the ordered quantity."""
        return divide_half_up(self.value_fen * quantity_milli, self.quantity_milli)


@dataclasses.dataclass(frozen=True, slots=True)
class PurchasedLine:
    """What became of one item of a purchase order: the three-way match."""

    received_milli: int = 0
    returned_milli: int = 0
    invoiced_milli: int = 0
    received_fen: int = 0
    """Into goods received, not invoiced; less what went back."""
    cleared_fen: int = 0
    """Out of it, by invoices."""
    invoiced_fen: int = 0
    """Net, as the invoices say."""

    @property
    def kept_milli(self) -> int:
        """Received and not sent back."""
        return self.received_milli - self.returned_milli

    @property
    def not_invoiced_milli(self) -> int:
        """Below 0 when more was invoiced than came."""
        return self.kept_milli - self.invoiced_milli

    @property
    def not_invoiced_fen(self) -> int:
        """What stands for it in the books."""
        return self.received_fen - self.cleared_fen


@dataclasses.dataclass(frozen=True, slots=True)
class SoldLine:
    """A posted sale line, and how much of it came back."""

    quantity_milli: int
    cost_fen: int
    returned_milli: int = 0

    def take_back(self, quantity_milli: int) -> tuple[SoldLine, int]:
        """Its own cost of a part that comes back; the last part takes the residue."""
        after_milli = self.returned_milli + quantity_milli
        assert 0 < after_milli <= self.quantity_milli
        cost_fen = divide_half_away(self.cost_fen * after_milli, self.quantity_milli)
        cost_fen -= divide_half_away(self.cost_fen * self.returned_milli, self.quantity_milli)
        return dataclasses.replace(self, returned_milli=after_milli), cost_fen


@dataclasses.dataclass(slots=True)
class Books:
    """The values that facts of a block may touch; posting replaces them in place."""

    legal_entities: Mapping[str, str]
    """Legal entity of every store."""
    codes: Mapping[AccountRole, str]
    """Account of every role."""
    costs: MutableMapping[CostKey, AverageCost] = dataclasses.field(default_factory=dict)
    in_transit: MutableMapping[TransitKey, AverageCost] = dataclasses.field(default_factory=dict)
    orders: Mapping[str, Mapping[int, OrderedCost]] = dataclasses.field(default_factory=dict)
    """Cost by purchase_order_no and item_id."""
    sold: MutableMapping[SaleKey, SoldLine] = dataclasses.field(default_factory=dict)
    """Lines that goods come back of."""
    wanted_sales: frozenset[uuid.UUID] = frozenset()
    """Tickets that some fact of the block brings goods back of."""
    income_fen: Mapping[tuple[str, str], int] = dataclasses.field(default_factory=dict)
    """Debit less credit of income and expense by (store, account), when a month is closed."""
    purchases: MutableMapping[PurchaseKey, PurchasedLine] = dataclasses.field(default_factory=dict)
    """What became of the order lines that facts of the block name."""

    def cost_key(self, store: str, item_id: int) -> CostKey:
        """Where an item's cost is kept."""
        return (self.legal_entities[store], store, item_id)

    def cost(self, store: str, item_id: int) -> AverageCost:
        """The pair of an item; empty when it never moved."""
        return self.costs.get(self.cost_key(store, item_id), NEVER_MOVED)

    def issue(self, store: str, item_id: int, quantity_milli: int) -> int:
        """Take goods out at average cost; returns the cost."""
        key = (self.legal_entities[store], store, item_id)
        self.costs[key], cost_fen = self.costs.get(key, NEVER_MOVED).issue(quantity_milli)
        return cost_fen

    def receive(self, store: str, item_id: int, *, value_fen: int, quantity_milli: int) -> int:
        """Take a receipt in; returns the change of inventory value. The rest is variance."""
        key = (self.legal_entities[store], store, item_id)
        before = self.costs.get(key, NEVER_MOVED)
        self.costs[key], variance_fen = before.receive(value_fen, quantity_milli)
        return value_fen - variance_fen

    def restore(self, store: str, item_id: int, *, value_fen: int, quantity_milli: int) -> int:
        """Take goods in at their own value; returns as `receive`."""
        key = self.cost_key(store, item_id)
        self.costs[key], variance_fen = self.cost(store, item_id).restore(value_fen, quantity_milli)
        return value_fen - variance_fen

    def revalue(
        self, store: str, item_id: int, *, difference_fen: int, quantity_milli: int
    ) -> list[Change]:
        """Correct what an earlier receipt cost: what is held changes, the rest is variance."""
        key = self.cost_key(store, item_id)
        before = self.cost(store, item_id)
        self.costs[key], rest_fen = before.revalue(difference_fen, quantity_milli)
        return [
            Change(store, AccountRole.INVENTORY, difference_fen - rest_fen),
            Change(store, AccountRole.COST_VARIANCE, rest_fen),
        ]

    def take_purchase(self, number: str, item_id: int, quantity_milli: int) -> int:
        """Goods of an order came (+) or went back (-); returns what is now not invoiced more."""
        before = self.purchases.get((number, item_id), PurchasedLine())
        change_fen = self._purchase_fen(number, item_id, before, quantity_milli)
        self.purchases[number, item_id] = dataclasses.replace(
            before,
            received_milli=before.received_milli + max(quantity_milli, 0),
            returned_milli=before.returned_milli + max(-quantity_milli, 0),
            received_fen=before.received_fen + change_fen,
        )
        return change_fen

    def clear_purchase(
        self, number: str, item_id: int, *, quantity_milli: int, invoiced_fen: int
    ) -> int:
        """Goods of an order were invoiced; returns what is now not invoiced less."""
        before = self.purchases.get((number, item_id), PurchasedLine())
        cleared_fen = -self._purchase_fen(number, item_id, before, -quantity_milli)
        self.purchases[number, item_id] = dataclasses.replace(
            before,
            invoiced_milli=before.invoiced_milli + quantity_milli,
            cleared_fen=before.cleared_fen + cleared_fen,
            invoiced_fen=before.invoiced_fen + invoiced_fen,
        )
        return cleared_fen

    def _purchase_fen(
        self, number: str, item_id: int, before: PurchasedLine, change_milli: int
    ) -> int:
        """Cost of a change, signed; what closes the line takes the residue, so that it ends at 0.

        Three receipts of a third of 10.00 are 3.33 each, their invoice is 10.00.
        """
        if before.not_invoiced_milli + change_milli == 0:
            return -before.not_invoiced_fen
        cost_fen = self.orders[number][item_id].of(abs(change_milli))
        return cost_fen if change_milli > 0 else -cost_fen
