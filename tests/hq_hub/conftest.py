"""A hub for each test."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tests.hq_hub.small_chain import SmallChain, open_chain


@pytest.fixture
def small(tmp_path: pathlib.Path) -> Iterator[SmallChain]:
    with open_chain(tmp_path) as chain:
        yield chain
