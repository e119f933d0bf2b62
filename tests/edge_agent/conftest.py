"""A box for each test."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest

from edge_agent.services.box import Box
from edge_agent.store.sqlite_library import Connection
from tests.edge_agent.shop_setup import make_box, open_box


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
