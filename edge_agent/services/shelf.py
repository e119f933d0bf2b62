"""What needs somebody in the store today: goods near their date, old price labels, open work."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from edge_agent.services import goods
from edge_agent.services.box import Box
from edge_agent.services.catalog import ListedItem
from edge_agent.store import counts, stock_lots, wallet_payments
from edge_agent.store.database import write_transaction
from edge_agent.store.held_tickets import count_held_tickets
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.stock_lots import LabelPlace
from protos.documents import PurchaseOrder, TransferOrder
from retail_domain.stock.fefo import LotOnHand, assume_fefo
from retail_domain.trade.wallet_payment import RefundState
from retail_domain.transfers.transfer_order import TransferState

EXPIRING_DAYS = 14
"""Looked ahead unless somebody asks for more."""
EXPIRING_ITEMS_MAX = 200
"""Whoever has more near their date walks the shelves anyway."""
LABELS_MAX = 500
"""Shelf labels of one round; the next round shows the rest."""


@dataclasses.dataclass(frozen=True, slots=True)
class ExpiringLot:
    """A lot near its date, or beyond it."""

    listed: ListedItem
    lot: LotOnHand
    days_left: int
    """0 on its last day, below 0 when it is beyond."""


def list_expiring(db: Connection, box: Box, days: int = EXPIRING_DAYS) -> list[ExpiringLot]:
    """Lots that expire within the days and should still be there, the first to expire first.

    What was sold without a lot is taken off in the order of expiry (`assume_fefo`).
    """
    today, lists = box.today(), box.lists(db)
    until = today + datetime.timedelta(days=days)
    found = []
    for item_id in stock_lots.read_expiring_items(db, until, EXPIRING_ITEMS_MAX):
        lots, unlabelled_milli = stock_lots.read_lots(db, item_id)
        for listed in lists.find_known([item_id]):
            for lot in assume_fefo(lots, unlabelled_milli):
                if lot.expires_on is not None and lot.expires_on <= until:
                    found.append(ExpiringLot(listed, lot, (lot.expires_on - today).days))
    return sorted(found, key=lambda one: (one.days_left, one.listed.item.item_id))


@dataclasses.dataclass(frozen=True, slots=True)
class PriceChanges:
    """Items whose shelf label is older than their price, the oldest change first."""

    last: LabelPlace | None
    """`note_labels` takes it when these labels hang; None when there are none."""
    items: Sequence[ListedItem]


def list_price_changes(db: Connection, box: Box) -> PriceChanges:
    """LABELS_MAX items at most, in the order of a walk along the shelves; then come the rest."""
    changed = stock_lots.read_changed_prices(db, LABELS_MAX)
    items = box.lists(db).find_known([place.item_id for place in changed])
    walked = sorted(items, key=lambda listed: (listed.item.shelf_place, listed.item.item_id))
    return PriceChanges(changed[-1] if changed else None, walked)


def note_labels(db: Connection, place: LabelPlace) -> None:
    """The labels up to a place of the price list hang. A repeat changes nothing."""
    with write_transaction(db):
        stock_lots.note_labels(db, place)


@dataclasses.dataclass(frozen=True, slots=True)
class Today:
    """How much of each kind of work waits."""

    to_receive: int
    """Purchase orders and transfers that are not here in full."""
    to_ship: int
    expiring: int
    """Lots within EXPIRING_DAYS."""
    expired: int
    """Of them, beyond their date."""
    price_changes: int
    open_counts: int
    held_tickets: int
    declined_refunds: int
    """Customers who still have money to get."""


def read_today(db: Connection, box: Box) -> Today:
    """Add it up; some milliseconds."""
    purchases, transfers = goods.list_orders(db)
    received, moved = goods.read_received(db, purchases), goods.read_moved(db, box, transfers)
    store = box.identity.store
    to_ship = [
        one
        for one in transfers
        if one.source_store == store and one.decision is TransferState.APPROVED
    ]
    to_take_in = [one for one in transfers if one.target_store == store]
    expiring = list_expiring(db, box)
    return Today(
        to_receive=_count_open(purchases, received) + _count_open(to_take_in, moved),
        to_ship=_count_open(to_ship, moved),
        expiring=len(expiring),
        expired=sum(one.days_left < 0 for one in expiring),
        price_changes=len(list_price_changes(db, box).items),
        open_counts=len(counts.read_counts(db)),
        held_tickets=count_held_tickets(db),
        declined_refunds=len(wallet_payments.read_open_refunds(db, (RefundState.DECLINED,))),
    )


def _count_open(orders: Sequence[PurchaseOrder | TransferOrder], handled: goods.Progress) -> int:
    return sum(not goods.is_whole(_number(one), one.lines, handled) for one in orders)


def _number(order: PurchaseOrder | TransferOrder) -> str:
    if isinstance(order, PurchaseOrder):
        return order.purchase_order_no
    return order.transfer_no
