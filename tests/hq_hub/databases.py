"""Fresh hub databases for tests, on SQLite or PostgreSQL: each a copy of a template made once."""

from __future__ import annotations

import contextlib
import functools
import itertools
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from typing import Protocol

import sqlalchemy as sa

from deploy.postgresql.cluster import Cluster
from hq_hub.store.engine import sqlite_url

Fill = Callable[[str], None]
"""Makes everything that a template holds, at a URL; a function of a module, for it names it."""


class Databases(Protocol):
    """One engine."""

    @property
    def engine(self) -> str:
        """As SQLAlchemy names it."""

    def copy(self, fill: Fill) -> contextlib.AbstractContextManager[str]:
        """A new database that holds what `fill` makes; gives its URL."""

    def new(self) -> contextlib.AbstractContextManager[str]:
        """An empty database; gives its URL."""


class SqliteDatabases:
    """Files of one folder."""

    engine = "sqlite"

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def copy(self, fill: Fill) -> Iterator[str]:
        path = self._next_path()
        path.write_bytes(make_file(fill))
        yield sqlite_url(str(path))

    @contextlib.contextmanager
    def new(self) -> Iterator[str]:
        yield sqlite_url(str(self._next_path()))

    def _next_path(self) -> pathlib.Path:
        return self._folder / f"hub-{next(self._numbers)}.db"


class PostgresqlDatabases:
    """Databases of one cluster, dropped after their test."""

    engine = "postgresql"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._server = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
        self._templates: set[str] = set()
        self._numbers = itertools.count(1)

    def copy(self, fill: Fill) -> contextlib.AbstractContextManager[str]:
        template = f"template_{fill.__module__}.{fill.__name__}"
        if template not in self._templates:
            fill(self._cluster.create_database(template))
            self._templates.add(template)
        return self._make(template)

    def new(self) -> contextlib.AbstractContextManager[str]:
        return self._make("template0")

    def close(self) -> None:
        """Leave the server alone."""
        self._server.dispose()

    @contextlib.contextmanager
    def _make(self, template: str) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        # FILE_COPY is three times as fast as the default for a small database.
        self._run(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY FILE_COPY')
        yield self._cluster.url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._server.connect() as db:
            db.exec_driver_sql(statement)


@functools.cache
def make_file(fill: Fill) -> bytes:
    """A SQLite file with what `fill` makes; making it takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "hub.db")
        fill(sqlite_url(str(path)))
        return path.read_bytes()
