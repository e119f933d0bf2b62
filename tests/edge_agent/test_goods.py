"""The back room: goods received, transfers shipped and received."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from edge_agent.services import goods
from edge_agent.services.box import Box
from edge_agent.store import journal
from edge_agent.store.projections import read_on_hand
from edge_agent.store.sqlite_library import Connection
from retail_domain.errors import RetailError
from retail_domain.stock.goods import GoodsReceived, ReceiptPurpose, TransferShipped
from retail_domain.trade.fact import Fact
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import APPLES, COLA, NOODLES

UseCase = Callable[..., Fact]
ID = uuid.UUID(int=1)


def test_delivery_enters_stock_with_its_order(db: Connection, box: Box) -> None:
    lines = [OrderLine(COLA, 24_000), OrderLine(APPLES, 762)]

    fact = goods.receive_goods(db, box, "PO-000001", lines, fact_id=ID, staff_no="1001")

    assert isinstance(fact.happening.payload, GoodsReceived)
    assert fact.happening.payload.purpose is ReceiptPurpose.PURCHASE
    assert (read_on_hand(db, COLA), read_on_hand(db, APPLES)) == (24_000, 762)


def test_shipment_leaves_stock_even_below_zero(db: Connection, box: Box) -> None:
    fact = goods.ship_transfer(
        db, box, "T-000001", [OrderLine(COLA, 5_000)], fact_id=ID, staff_no="1001"
    )

    assert isinstance(fact.happening.payload, TransferShipped)
    assert fact.happening.payload.target_store == "S002"
    assert read_on_hand(db, COLA) == -5_000


@pytest.mark.parametrize(
    ("use_case", "order_no"),
    [
        (goods.receive_goods, "PO-000001"),
        (goods.ship_transfer, "T-000001"),
        (goods.receive_transfer, "T-000002"),
    ],
)
def test_repeated_request_writes_one_fact(
    db: Connection, box: Box, use_case: UseCase, order_no: str
) -> None:
    lines = [OrderLine(COLA, 5_000)]

    first = use_case(db, box, order_no, lines, fact_id=ID, staff_no="1001")
    again = use_case(db, box, order_no, lines, fact_id=ID, staff_no="1001")

    assert first == again
    assert journal.read_tail(db).seq == 1


@pytest.mark.parametrize(
    ("use_case", "order_no", "lines", "code"),
    [
        (goods.receive_goods, "PO-999999", [(COLA, 1_000)], "purchase_order_not_found"),
        (goods.receive_goods, "T-000001", [(COLA, 1_000)], "purchase_order_not_found"),
        (goods.receive_goods, "PO-000001", [], "no_lines"),
        (goods.receive_goods, "PO-000001", [(NOODLES, 1_000)], "item_not_on_order"),
        (goods.receive_goods, "PO-000001", [(COLA, 1_000), (COLA, 2_000)], "item_listed_twice"),
        (goods.receive_goods, "PO-000001", [(COLA, 500)], "quantity_not_whole"),
        (goods.receive_goods, "PO-000001", [(COLA, 0)], "quantity_zero"),
        (goods.receive_goods, "PO-000001", [(COLA, -1_000)], "quantity_negative"),
        (goods.receive_goods, "PO-000001", [(COLA, 10**12)], "quantity_too_large"),
        (goods.ship_transfer, "PO-000001", [(COLA, 1_000)], "transfer_not_found"),
        (goods.ship_transfer, "T-000002", [(COLA, 1_000)], "transfer_not_found"),
        (goods.ship_transfer, "T-000003", [(COLA, 1_000)], "transfer_state"),
        (goods.receive_transfer, "T-000001", [(COLA, 1_000)], "transfer_not_found"),
    ],
)
def test_goods_that_no_order_covers_are_refused(
    db: Connection,
    box: Box,
    use_case: UseCase,
    order_no: str,
    lines: list[tuple[int, int]],
    code: str,
) -> None:
    with pytest.raises(RetailError) as refused:
        use_case(
            db, box, order_no, [OrderLine(*line) for line in lines], fact_id=ID, staff_no="1001"
        )

    assert refused.value.code == code
    assert journal.read_tail(db).seq == 0


def test_orders_are_listed_by_kind(db: Connection) -> None:
    purchases, transfers = goods.list_orders(db)

    assert [order.purchase_order_no for order in purchases] == ["PO-000001"]
    assert [order.transfer_no for order in transfers] == ["T-000001", "T-000002", "T-000003"]
