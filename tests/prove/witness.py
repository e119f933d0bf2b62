"""What people saw happen, apart from any database, and which of it may be lost."""

from __future__ import annotations

import collections
import dataclasses
import uuid

from retail_domain.trade.fact import Fact, Happening
from retail_domain.trade.stock_effect import stock_movements

RECEIPTS_MAX = 12
"""So few that stores want the same ones."""


@dataclasses.dataclass(slots=True)
class StoreWitness:
    """Of one store."""

    seen: dict[bytes, Happening] = dataclasses.field(default_factory=dict)
    """By fact_id: somebody got a receipt, or a screen said that it was done."""
    unsure: set[bytes] = dataclasses.field(default_factory=set)
    """Nobody knows whether it happened: the power went, and nobody tried again."""
    gone_from_box: set[bytes] = dataclasses.field(default_factory=set)
    gone_from_hub: set[bytes] = dataclasses.field(default_factory=set)
    never_kept: set[bytes] = dataclasses.field(default_factory=set)
    """On a disk that is gone, and not at the hub at that time."""
    given_up: int = 0
    """Commands of which nobody knows what became."""
    has_break: bool = False
    """A machine of it came from the past: two receipts may have one number."""

    @property
    def may_be_lost(self) -> set[bytes]:
        """What no disk held any more."""
        return self.never_kept | (self.gone_from_box & self.gone_from_hub)


class Witness:
    """Of all stores."""

    def __init__(self, stores: tuple[str, ...]) -> None:
        self.stores = {store: StoreWitness() for store in stores}
        self.receipts: collections.deque[tuple[uuid.UUID, list[int]]] = collections.deque(
            maxlen=RECEIPTS_MAX
        )
        """Sale and lines, of all stores: their customers go wherever they like."""
        self.movements = 0
        self.kinds: collections.Counter[str] = collections.Counter()

    def saw(self, fact: Fact) -> None:
        """Somebody was told that this happened."""
        happening = fact.happening
        seen = self.stores[fact.position.store].seen
        if happening.fact_id.bytes not in seen:
            seen[happening.fact_id.bytes] = happening
            self.kinds[happening.kind.value] += 1
            self.movements += len(stock_movements(fact.position.store, happening.payload))
