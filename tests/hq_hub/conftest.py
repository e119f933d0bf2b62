"""A hub for each test, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hq_hub.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.hq_hub.small_chain import SmallChain, open_copy


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    """Every test that asks for it runs on both engines."""
    if request.param == "sqlite":
        return SqliteDatabases(tmp_path_factory.mktemp("databases"))
    made: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
    return made


@pytest.fixture
def small(databases: Databases) -> Iterator[SmallChain]:
    with open_copy(databases) as chain:
        yield chain
