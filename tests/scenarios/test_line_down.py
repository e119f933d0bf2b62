"""The line is down: stores trade on, and when it is back each transport alone delivers all."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from deploy.demo.chain import BROKER, HUB
from deploy.demo.headless import HeadlessDemo, Wish
from deploy.demo.layout import DemoFolder

TRANSPORTS = [("mqtt",), ("grpc",)]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(params=TRANSPORTS, ids="+".join)
def demo(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, said: list[str]
) -> Iterator[HeadlessDemo]:
    wish = Wish(stores_max=3, baskets_max=60, transports=request.param)
    demo = HeadlessDemo(DemoFolder(tmp_path), wish, said.append)
    try:
        yield demo
    finally:
        demo.chain.troupe.stop_all()


def test_stores_trade_without_hub_and_broker_and_deliver_later(demo: HeadlessDemo) -> None:
    demo.prepare()
    demo.start_line()
    demo.order_late_transfers()
    demo.start_boxes()

    demo.chain.troupe.stop(HUB)
    demo.chain.troupe.stop(BROKER)
    demo.ring()
    demo.wait_traded()

    assert demo.chain.progress().done < 3, "somebody heard what nobody could have said"
    demo.chain.start_broker()
    demo.chain.start_hub()
    demo.settle()
    reckoning = demo.reckon()
    assert reckoning.is_right, reckoning
    assert reckoning.baskets == 60
    assert reckoning.transfers_received == 3
