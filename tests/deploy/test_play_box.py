"""A box at play: the same plan gives the same facts, however often it is started."""

from __future__ import annotations

import asyncio
import pathlib
import uuid
from collections.abc import Iterator

import pytest

from deploy.demo.play_box import BoxPlay, plan_fact_id
from deploy.demo.trade_plan import PlannedBasket, PlannedLine
from edge_agent.store import journal, projections
from edge_agent.store.writer import Writer
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import APPLES, COLA, COLA_CODE, make_box, open_box

AT_MS = 1_795_019_200_123
BASKETS = [
    PlannedBasket(
        basket_id=f"B{number}",
        sold_at_ms=AT_MS + number * 60_000,
        register_no="1",
        tender=TenderKind.CARD,
        lines=(
            PlannedLine(COLA, COLA_CODE, 2_000, 333, 33),
            PlannedLine(APPLES, "", 762, 1198, 0),
            PlannedLine(COLA, COLA_CODE, 1_000, 300, 300),
        ),
    )
    for number in range(5)
]


@pytest.fixture
def writer(tmp_path: pathlib.Path) -> Iterator[Writer]:
    path = str(tmp_path / "box.sqlite")
    open_box(path).close()
    writer = Writer(path)
    yield writer
    writer.close()


def play(writer: Writer, baskets: list[PlannedBasket]) -> list[int]:
    """Play once as one start of a box does; returns the facts that were announced."""
    announced: list[int] = []
    box = BoxPlay(writer, make_box(), lambda: announced.append(1))

    async def run() -> None:
        orders = await box.orders()
        await box.receive(orders.of(ReceiptPurpose.PURCHASE), AT_MS - 1_000)
        for basket in baskets:
            await box.sell(basket)
        for order in orders.transfers:
            if order.decision.value == "approved" and order.source_store == box.store:
                await box.ship(order, AT_MS + 1_000, AT_MS)
            elif order.target_store == box.store:
                await box.receive_transfer(order, AT_MS + 2_000, AT_MS)

    asyncio.run(run())
    return announced


def test_second_start_changes_nothing(writer: Writer) -> None:
    play(writer, BASKETS)
    tail = writer.submit(journal.read_tail).result()

    play(writer, BASKETS)

    assert writer.submit(journal.read_tail).result() == tail
    assert tail.seq == 8  # A delivery, five baskets, a shipment, an arrival.


def test_start_after_a_kill_does_what_was_left(writer: Writer) -> None:
    play(writer, BASKETS[:2])

    play(writer, BASKETS)

    assert writer.submit(journal.read_tail).result().seq == 8
    # Received 100 + 100 by transfer, sent 100, sold 3 x 5.
    assert writer.submit(projections.read_on_hand, COLA).result() == 85_000


def test_ticket_carries_the_time_and_the_prices_of_the_trade(writer: Writer) -> None:
    play(writer, BASKETS[:1])

    fact_id = plan_fact_id(AT_MS, "sell", "S001", "B0")
    fact = writer.submit(journal.find_fact, fact_id).result()
    assert fact is not None
    assert fact.happening.wall_at.isoformat(timespec="milliseconds") == (
        "2026-11-18T16:26:40.123+00:00"
    )
    assert fact.happening.business_date.isoformat() == "2026-11-18"  # 00:26 local, before 04:00.
    assert isinstance(fact.happening.payload, Ticket)
    lines = fact.happening.payload.lines
    assert [line.quantity_milli for line in lines] == [2_000, 762, 1_000]
    amounts = [line.amount_fen for line in lines]
    assert amounts == [633, 913, 0]  # 2 x 3.33 - 0.33; 0.762 x 11.98; a gift.


def test_identity_is_a_uuid_of_version_7_made_of_the_plan() -> None:
    fact_id = plan_fact_id(AT_MS, "sell", "S001", "B1")

    assert fact_id == plan_fact_id(AT_MS, "sell", "S001", "B1")
    assert fact_id != plan_fact_id(AT_MS, "sell", "S001", "B2")
    assert fact_id != plan_fact_id(AT_MS, "sell", "S00", "1B1")
    assert (fact_id.version, fact_id.variant) == (7, uuid.RFC_4122)
    assert fact_id.int >> 80 == AT_MS
