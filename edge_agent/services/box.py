"""What every use case needs to know of the box it runs on."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable

from edge_agent.services.catalog import Catalog, Lists
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.trading import TradingDay
from retail_domain.catalog.scale_label import ScaleLabel
from retail_domain.trade.business_date import business_date_of
from retail_domain.trade.fact import Happening, Payload
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.trade.trading_day import trading_day


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, passed in so that replays and tests set them."""

    now: Callable[[], datetime.datetime]
    """Wall clock, UTC and aware."""
    monotonic_ms: Callable[[], int]
    random_bits: Callable[[int], int]
    boot_id: uuid.UUID
    """Of this start of the machine; monotonic_ms counts from it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Operator:
    """Who does something, and where."""

    staff_no: str
    register_no: str = ""
    """Empty in the back room."""


@dataclasses.dataclass(frozen=True, slots=True)
class TillRules:
    """How the store's tills take money."""

    cash_rounding_fen: int = 0
    """Cash is rounded down to it in the customer's favour: 0, 10 or 100."""
    has_wallet_gateway: bool = False
    """Whether a payment provider charges pay codes; else wallets are entered by hand."""


@dataclasses.dataclass(frozen=True, slots=True)
class Box:
    """The store's box as its use cases see it."""

    identity: Identity
    clock: Clock
    time_zone: datetime.tzinfo
    day_starts_at: datetime.time
    """Local cut-off of the business date, such as 04:00."""
    catalog: Catalog = dataclasses.field(default_factory=Catalog)
    """What the store sells."""
    scale_labels: tuple[ScaleLabel, ...] = ()
    """How the store's scales make their labels; no two overlap."""
    till: TillRules = TillRules()

    def lists(self, db: Connection) -> Lists:
        """The store's items and prices, as the caller's transaction sees them."""
        return self.catalog.lists(db)

    def wall_at(self) -> datetime.datetime:
        """Now, in whole milliseconds as facts keep it."""
        now = self.clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def today(self) -> datetime.date:
        """The calendar's date in the store: shelf lives do not wait for the cut-off."""
        return self.clock.now().astimezone(self.time_zone).date()

    def business_date(self, at: datetime.datetime) -> datetime.date:
        """Trading day of an instant by the store's clock and cut-off, whatever day is open."""
        return business_date_of(at, self.time_zone, self.day_starts_at)

    def happening(
        self,
        payload: Payload,
        day: TradingDay,
        operator: Operator,
        *,
        fact_id: uuid.UUID | None = None,
        causes: tuple[uuid.UUID, ...] = (),
    ) -> Happening:
        """Make the fact of a use case, at this instant.

        Args:
            payload: what happened.
            day: on which the store trades.
            operator: who did it, and where.
            fact_id: made by the caller when a repeat must be known again; else made here.
            causes: facts that this one answers or puts right.
        """
        at = self.wall_at()
        if fact_id is None:
            wall_ms = int(at.timestamp() * 1000)
            fact_id = make_fact_id(wall_ms, self.clock.random_bits(74))
        return Happening(
            fact_id=fact_id,
            wall_at=at,
            boot_id=self.clock.boot_id,
            monotonic_ms=self.clock.monotonic_ms(),
            business_date=trading_day(self.business_date(at), opened=day.opened, closed=day.closed),
            staff_no=operator.staff_no,
            register_no=operator.register_no,
            payload=payload,
            causes=causes,
        )
