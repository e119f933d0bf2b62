"""What the stores of a demo are supplied with: opening stock, late deliveries, transfers.

Some items are sold before they are received, on purpose: stock and average cost go below zero and
come back, as in life.
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from deploy.demo.trade_plan import PlannedItem, TradePlan, read_baskets, stable_number
from retail_domain.catalog.item import WHOLE_UNITS
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.rounding import MILLI, divide_half_up, multiply_price
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.transfers.transfer_order import OrderLine

COST_SHARE_BP = 7_000
"""Of the price without VAT, where the trade names no cost."""
ORDER_LINES_MAX = 500
"""A delivery that one person checks; far below what one fact can hold."""
SHORT_EVERY = 10
"""One item in ten of a store is delivered too late."""
RESERVE_UNITS, RESERVE_SHARE = 2, 5
"""Beyond what will be sold: two units and a fifth, so that shelves are not empty at the end."""
TRANSFER_ITEMS, TRANSFER_UNITS = 3, 2
TRANSFERS_MAX = 100
SUPPLIERS = ("SUP-001", "SUP-002", "SUP-003")


@dataclasses.dataclass(frozen=True, slots=True)
class SupplyLine:
    """One item of a purchase order."""

    item_id: int
    quantity_milli: int
    value_fen: int
    """Net of deductible VAT."""


@dataclasses.dataclass(frozen=True, slots=True)
class SupplyOrder:
    """A purchase order to be."""

    store: str
    supplier_no: str
    purpose: ReceiptPurpose
    lines: tuple[SupplyLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedTransfer:
    """A transfer order to be."""

    source_store: str
    target_store: str
    lines: tuple[OrderLine, ...]


def plan_transfers(
    folder: pathlib.Path, plan: TradePlan, items: Mapping[int, PlannedItem]
) -> list[PlannedTransfer]:
    """Each of the largest stores sends some goods to the next one; none when there is but one."""
    stores = [store.store for store in plan.stores[:TRANSFERS_MAX]]
    if len(stores) < 2:
        return []
    transfers = []
    for place, source in enumerate(stores):
        sold = sorted(add_up_sales(folder, source))
        in_time = [item_id for item_id in sold if not is_late(source, item_id)] or sold
        in_time.sort(key=lambda item_id: stable_number("transfer", source, str(item_id)))
        lines = tuple(
            OrderLine(item_id, _unit(items[item_id]) * TRANSFER_UNITS)
            for item_id in in_time[:TRANSFER_ITEMS]
        )
        transfers.append(PlannedTransfer(source, stores[(place + 1) % len(stores)], lines))
    return transfers


def plan_orders(
    store: str,
    sold_milli: Mapping[int, int],
    items: Mapping[int, PlannedItem],
    transfers: Sequence[PlannedTransfer],
) -> list[SupplyOrder]:
    """Purchase orders of one store, opening stock first.

    Args:
        store: whose.
        sold_milli: by item_id, what it will sell.
        items: by item_id.
        transfers: of the chain; what the store will send is delivered too.
    """
    sent_milli: dict[int, int] = {}
    for transfer in transfers:
        for line in transfer.lines if transfer.source_store == store else ():
            sent_milli[line.item_id] = sent_milli.get(line.item_id, 0) + line.quantity_milli
    opening: list[SupplyLine] = []
    late: list[SupplyLine] = []
    for item_id, milli in sorted(sold_milli.items()):
        planned, unit = items[item_id], _unit(items[item_id])
        need_milli = milli + sent_milli.get(item_id, 0)
        reserve_milli = unit * RESERVE_UNITS + need_milli // RESERVE_SHARE // unit * unit
        if is_late(store, item_id):
            opening_milli = need_milli // 2 // unit * unit
            late += _supply_lines(planned, need_milli + reserve_milli - opening_milli)
            opening += _supply_lines(planned, opening_milli)
        else:
            opening += _supply_lines(planned, need_milli + reserve_milli)
    return [
        *_orders(store, ReceiptPurpose.OPENING, opening),
        *_orders(store, ReceiptPurpose.PURCHASE, late),
    ]


def add_up_sales(folder: pathlib.Path, store: str) -> dict[int, int]:
    """What a store will sell, in milli by item_id."""
    sold_milli: dict[int, int] = {}
    for basket in read_baskets(folder, store):
        for line in basket.lines:
            sold_milli[line.item_id] = sold_milli.get(line.item_id, 0) + line.quantity_milli
    return sold_milli


def is_late(store: str, item_id: int) -> bool:
    """Whether a store gets part of an item only after it was sold."""
    return stable_number("late", store, str(item_id)) % SHORT_EVERY == 0


def cost_fen(planned: PlannedItem, quantity_milli: int) -> int:
    """What a quantity costs without VAT: as the trade says, else the usual share of the price.

    Divided once, so that cheap goods keep their share.
    """
    if planned.unit_cost_fen is not None:
        return multiply_price(planned.unit_cost_fen, quantity_milli)
    with_tax_bp = 10_000 + planned.item.tax_rate.rate_bp
    share = planned.unit_price_fen * quantity_milli * COST_SHARE_BP
    return divide_half_up(share, with_tax_bp * MILLI)


def _unit(planned: PlannedItem) -> int:
    """Smallest sensible delivery in milli: a piece, or a tenth of a kilogram."""
    return MILLI if planned.item.unit_of_measure in WHOLE_UNITS else MILLI // 10


def _supply_lines(planned: PlannedItem, quantity_milli: int) -> Iterator[SupplyLine]:
    """Split what is more than one line of an order may hold."""
    left_milli = quantity_milli
    while left_milli > 0:
        part_milli = min(left_milli, QUANTITY_MILLI_MAX)
        while cost_fen(planned, part_milli) > TENDER_FEN_MAX:
            part_milli = part_milli // 2 // MILLI * MILLI
        yield SupplyLine(planned.item.item_id, part_milli, cost_fen(planned, part_milli))
        left_milli -= part_milli


def _orders(
    store: str, purpose: ReceiptPurpose, lines: Sequence[SupplyLine]
) -> Iterator[SupplyOrder]:
    """Put lines into orders of at most ORDER_LINES_MAX, in which an item stands once."""
    open_orders: list[dict[int, SupplyLine]] = []
    for line in lines:
        fitting = (o for o in open_orders if line.item_id not in o and len(o) < ORDER_LINES_MAX)
        order = next(fitting, None)
        if order is None:
            order = {}
            open_orders.append(order)
        order[line.item_id] = line
    for number, order in enumerate(open_orders):
        supplier_no = SUPPLIERS[number % len(SUPPLIERS)]
        yield SupplyOrder(store, supplier_no, purpose, tuple(order.values()))
