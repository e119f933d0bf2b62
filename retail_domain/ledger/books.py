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

    def cost_key(self, store: str, item_id: int) -> CostKey:
        """Where an item's cost is kept."""
        return (self.legal_entities[store], store, item_id)

    def cost(self, store: str, item_id: int) -> AverageCost:
        """The pair of an item; empty when it never moved."""
        return self.costs.get(self.cost_key(store, item_id), NEVER_MOVED)

    def issue(self, store: str, item_id: int, quantity_milli: int) -> int:
        """Take goods out at average cost; returns the cost."""
        key = self.cost_key(store, item_id)
        self.costs[key], cost_fen = self.costs.get(key, NEVER_MOVED).issue(quantity_milli)
        return cost_fen

    def receive(
        self, store: str, item_id: int, *, value_fen: int, quantity_milli: int
    ) -> tuple[int, list[Change]]:
        """Take a receipt in; returns the change of inventory value, and its two changes."""
        after, variance_fen = self.cost(store, item_id).receive(value_fen, quantity_milli)
        return self._put(store, item_id, after, value_fen, variance_fen)

    def restore(
        self, store: str, item_id: int, *, value_fen: int, quantity_milli: int
    ) -> tuple[int, list[Change]]:
        """Take goods in at their own value; returns as `receive`."""
        after, variance_fen = self.cost(store, item_id).restore(value_fen, quantity_milli)
        return self._put(store, item_id, after, value_fen, variance_fen)

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

    def _put(
        self, store: str, item_id: int, after: AverageCost, value_fen: int, variance_fen: int
    ) -> tuple[int, list[Change]]:
        self.costs[self.cost_key(store, item_id)] = after
        return value_fen - variance_fen, [
            Change(store, AccountRole.INVENTORY, value_fen - variance_fen),
            Change(store, AccountRole.COST_VARIANCE, variance_fen),
        ]
