"""Transfers at a glance: how many stand where, and which of them cannot end by themselves."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.reports.checks import TransitCounts, read_transit
from hq_hub.reports.paging import AsOf, Block, Stores, read_as_of
from hq_hub.reports.transfers import TransferRow, count_by_state, has_end_within, read_transfers
from retail_domain.transfers.transfer_order import TransferState

OVERDUE = datetime.timedelta(days=3)
"""Two stores of a chain lie a day's drive apart, and a weekend may lie between."""
EXAMINED_MAX = 500
"""Transfers in transit that are looked at, the newest; a chain has fewer at once."""


class DiscrepancyKind(enum.Enum):
    """Why a transfer does not come to its end. The first that holds, in this order."""

    SHIPMENT_UNKNOWN = "shipment_unknown"
    """Goods were received of which no shipment is known yet."""
    RECEIVED_MORE = "received_more"
    RECEIVED_LESS = "received_less"
    OVERDUE = "overdue"
    """Shipped long ago, and nothing was received."""


@dataclasses.dataclass(frozen=True, slots=True)
class Discrepancy:
    """A transfer that needs a person."""

    kind: DiscrepancyKind
    missing_milli: int
    """Shipped and not received, over all items."""
    surplus_milli: int
    """Received and not shipped, over all items."""
    value_fen: int
    """Of the goods in transit; below zero while their shipment is unknown."""
    since: datetime.datetime | None
    """The last receipt, or the shipment when there was none; by the box's clock."""
    transfer: TransferRow


@dataclasses.dataclass(frozen=True, slots=True)
class StateCount:
    """How many transfers stand in a state."""

    state: TransferState
    transfers: int


@dataclasses.dataclass(frozen=True, slots=True)
class TransferBoard:
    """The board above the list."""

    states: list[StateCount]
    """Every state, in the order in which a transfer passes through them."""
    in_transit: TransitCounts
    discrepancies: list[Discrepancy]
    """The oldest first."""
    as_of: AsOf


def read_board(db: sa.Connection, now: datetime.datetime, stores: Stores) -> TransferBoard:
    """Count the transfers with an end within reach, and find those that need a person."""
    counts = count_by_state(db, stores)
    return TransferBoard(
        states=[StateCount(state, counts.get(state, 0)) for state in TransferState],
        in_transit=read_transit(db, None if stores is None else has_end_within(stores)),
        discrepancies=read_discrepancies(db, now, stores),
        as_of=read_as_of(db, stores),
    )


def read_discrepancies(
    db: sa.Connection, now: datetime.datetime, stores: Stores
) -> list[Discrepancy]:
    """Find the transfers with an end within reach that cannot end by themselves."""
    moving = read_transfers(db, TransferState.IN_TRANSIT, Block(0, EXAMINED_MAX), stores)
    return find_discrepancies(moving, now)


def find_discrepancies(moving: Sequence[TransferRow], now: datetime.datetime) -> list[Discrepancy]:
    """Of transfers in transit, those that cannot end by themselves, the oldest first."""
    found = [
        _describe(transfer, kind)
        for transfer in moving
        if (kind := _judge(transfer, now)) is not None
    ]
    return sorted(found, key=lambda one: (one.since or now, one.transfer.transfer_no))


def _judge(transfer: TransferRow, now: datetime.datetime) -> DiscrepancyKind | None:
    lines = transfer.lines
    if any(line.received_milli > line.shipped_milli == 0 for line in lines):
        return DiscrepancyKind.SHIPMENT_UNKNOWN
    if any(line.received_milli > line.shipped_milli for line in lines):
        return DiscrepancyKind.RECEIVED_MORE
    if any(line.received_milli for line in lines):
        return DiscrepancyKind.RECEIVED_LESS
    shipped_at = transfer.shipped_at
    return DiscrepancyKind.OVERDUE if shipped_at and now - shipped_at > OVERDUE else None


def _describe(transfer: TransferRow, kind: DiscrepancyKind) -> Discrepancy:
    gaps_milli = [line.shipped_milli - line.received_milli for line in transfer.lines]
    return Discrepancy(
        kind=kind,
        missing_milli=sum(gap for gap in gaps_milli if gap > 0),
        surplus_milli=-sum(gap for gap in gaps_milli if gap < 0),
        value_fen=sum(line.in_transit_fen for line in transfer.lines),
        since=transfer.received_at or transfer.shipped_at,
        transfer=transfer,
    )
