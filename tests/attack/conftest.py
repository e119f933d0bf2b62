"""A hub and a box to attack: the real applications over real databases, with trade in them."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import fastapi
import hypothesis
import pytest

from edge_agent.api.app import make_app as make_box_app
from edge_agent.api.shop import Line, Shop
from edge_agent.store.writer import Writer
from hq_hub.services.fact_index import index_next
from tests.edge_agent.shop_setup import KEY, make_box, open_box
from tests.edge_agent.staffed_store import staff_store
from tests.hq_hub.api.conftest import Desk, databases, visitor
from tests.hq_hub.conftest import small
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import make_receipt, make_shipment, make_ticket

__all__ = ["databases", "small", "visitor"]


def share_of_examples(share: int) -> int:
    """Of the examples of a test that stands alone: slow tests get a part of them."""
    return max(1, hypothesis.settings().max_examples // share)


def trade(chain: SmallChain) -> None:
    """Goods in S001 and S002, a sale in each, goods on the way to S003."""
    chain.order("S001")
    chain.order("S002")
    number = chain.draft_transfer("S002", "S003")
    chain.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565)))
    chain.receive(
        "S002",
        make_receipt((1, 3_000), purchase_order_no="PO-000002"),
        make_ticket((1, 1_000, 777)),
        make_shipment((1, 1_000), transfer_no=number, target_store="S003"),
    )
    chain.apply()
    index_next(chain.db)


@pytest.fixture
def trading(visitor: Desk) -> Desk:
    """Nobody is signed in; see trade()."""
    trade(visitor.small)
    return visitor


@pytest.fixture
def hub_app(trading: Desk) -> fastapi.FastAPI:
    """The hub's application."""
    app = trading.client.app
    assert isinstance(app, fastapi.FastAPI)
    return app


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> Iterator[Shop]:
    """A store with people and goods."""
    path = str(tmp_path / "box.sqlite")
    with contextlib.closing(open_box(path)) as db:
        staff_store(db)
    with contextlib.closing(Writer(path)) as writer:
        yield Shop(make_box(), writer, "1001", Line(lambda: False, str, lambda: None), KEY)


@pytest.fixture
def box_app(shop: Shop) -> fastapi.FastAPI:
    """The box's application."""
    return make_box_app(shop)
