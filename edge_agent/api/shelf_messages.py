"""What the back room and the box say to each other about the shelf: dates, prices, today's work."""

from __future__ import annotations

import datetime

from edge_agent.api.message import Integer, Message
from edge_agent.api.messages import ListedItem


class ExpiringLotView(Message):
    """A lot near its date, or beyond it."""

    item: ListedItem
    lot_no: str
    expires_on: datetime.date
    days_left: int
    quantity_milli: int
    is_assumed: bool
    """Whether sales that named no lot were taken off it: look before you print labels."""


class LabelsHang(Message):
    """Labels hang on the shelves, up to an item of a version of the price list."""

    version: Integer
    item_id: Integer


class PriceChangesView(Message):
    """Items whose shelf label is older than their price."""

    last: LabelsHang | None
    """To be sent when these hang; null when there are none."""
    items: list[ListedItem]


class TodayView(Message):
    """How much of each kind of work waits in the store."""

    to_receive: int
    to_ship: int
    expiring: int
    expired: int
    price_changes: int
    open_counts: int
    held_tickets: int
    declined_refunds: int
