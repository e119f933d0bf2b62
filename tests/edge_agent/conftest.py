"""A box for each test."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from edge_agent.api.app import make_app
from edge_agent.api.shop import Line, Shop
from edge_agent.services.box import Box
from edge_agent.services.registers import enrol_register
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from tests.edge_agent.shop_setup import KEY, TOKEN, make_box, open_box
from tests.edge_agent.staffed_store import CASHIER, staff_store
from tests.edge_agent.till import Open, Till


@pytest.fixture
def database(tmp_path: pathlib.Path) -> str:
    return str(tmp_path / "box.sqlite")


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with contextlib.closing(open_box(database)) as connection:
        yield connection


@pytest.fixture
def box() -> Box:
    return make_box()


@pytest.fixture
def open_till(database: str) -> Iterator[Open]:
    """Registers 1 and 2 of a store with people, a cashier signed in at each that is opened."""
    with contextlib.closing(open_box(database)) as db:
        staff_store(db)
        enrol_register(db, "2", TOKEN + "2", {})
    with contextlib.closing(Writer(database)) as writer:
        shop = Shop(make_box(), writer, "1001", Line(lambda: False, str, lambda: None), KEY)
        with contextlib.ExitStack() as stack:

            def open_one(register_no: str) -> Till:
                client = stack.enter_context(TestClient(make_app(shop), base_url="http://box"))
                till = Till(client, shop, register_no, TOKEN if register_no == "1" else TOKEN + "2")
                till.sign_in(CASHIER)
                return till

            yield open_one
