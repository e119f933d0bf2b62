"""A database of an earlier program is brought to today's schema with all that it holds."""

from __future__ import annotations

import contextlib
import pathlib
import re

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from pysqlite3 import dbapi2

from edge_agent.services.rebuild import check_chain
from edge_agent.services.rebuild import verify_projections as verify_box
from edge_agent.store import migrations as box_migrations
from edge_agent.store.database import open_database
from hq_hub.services.apply import apply_next
from hq_hub.services.rebuild import renew_books
from hq_hub.services.rebuild import verify_projections as verify_hub
from hq_hub.services.setup import create_hub
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.migrate import SCRIPTS, migrate
from hq_hub.store.schema import metadata
from tests.hq_hub.databases import PostgresqlDatabases
from tests.retail_domain.builders import NOON

DUMPS = pathlib.Path(__file__).parent
HUB_DUMPS = sorted(DUMPS.glob("hub_*.sql"))
BOX_DUMPS = sorted(DUMPS.glob("box_*.sql"))
BOOKS_OF_0001 = {
    *("apply_log", "on_hand", "cost", "in_transit", "transfer_progress"),
    *("stock_movement", "entry_line", "ticket", "sale_line", "store_day"),
}
SPACES = re.compile(r"\s+")


def load(dump: pathlib.Path, path: pathlib.Path) -> str:
    """Make the database that a dump was taken of."""
    with contextlib.closing(dbapi2.connect(path)) as db:
        db.executescript(dump.read_text(encoding="utf-8"))
    return str(path)


def read_schema(path: str) -> dict[tuple[str, str], str]:
    """What SQLite says that it was told, apart from white space."""
    with contextlib.closing(dbapi2.connect(path)) as db:
        rows = db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        return {(kind, name): SPACES.sub("", sql) for kind, name, sql in rows}


@pytest.mark.parametrize("dump", BOX_DUMPS, ids=lambda dump: dump.stem)
def test_box_of_an_earlier_schema_keeps_its_journal_and_its_stock(
    dump: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = load(dump, tmp_path / "box.sqlite")

    box_migrations.migrate(path)
    box_migrations.migrate(path)

    with contextlib.closing(open_database(path)) as db:
        assert check_chain(db) == 5
        assert [c.differing_rows for c in verify_box(db) if c.differing_rows] == []


@pytest.mark.parametrize("dump", BOX_DUMPS, ids=lambda dump: dump.stem)
def test_box_of_an_earlier_schema_gets_the_tables_of_a_new_one(
    dump: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    old = load(dump, tmp_path / "old.sqlite")
    new = str(tmp_path / "new.sqlite")

    for path in (old, new):
        box_migrations.migrate(path)

    assert read_schema(old).keys() == read_schema(new).keys()


@pytest.mark.parametrize("dump", HUB_DUMPS, ids=lambda dump: dump.stem)
def test_hub_of_an_earlier_schema_keeps_its_books(
    dump: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    url = sqlite_url(load(dump, tmp_path / "hub.db"))

    migrate(url)
    migrate(url)

    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        renewed = [renew_books(db), renew_books(db)]
        checks = verify_hub(db, str(tmp_path))
        applied = apply_next(db, NOON)
    engine.dispose()
    assert renewed[0] > renewed[1] == 0
    assert [check.table for check in checks if not check.is_equal] == []
    assert (applied.posted, applied.parked) == (1, 0)


@pytest.mark.parametrize("dump", HUB_DUMPS, ids=lambda dump: dump.stem)
def test_hub_of_an_earlier_schema_gets_the_tables_of_the_metadata(
    dump: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    url = sqlite_url(load(dump, tmp_path / "hub.db"))

    migrate(url)

    assert find_differences(url) == []


def test_new_hub_gets_the_tables_of_the_metadata(tmp_path: pathlib.Path) -> None:
    url = sqlite_url(str(tmp_path / "hub.db"))

    create_hub(url, "test-chain")

    assert find_differences(url) == []


@pytest.mark.postgres
def test_new_hub_on_postgresql_gets_the_tables_of_the_metadata(
    postgresql_databases: PostgresqlDatabases,
) -> None:
    with postgresql_databases.new() as url:
        create_hub(url, "test-chain")

        assert find_differences(url) == []


@pytest.mark.postgres
@pytest.mark.parametrize("dump", HUB_DUMPS, ids=lambda dump: dump.stem)
def test_hub_of_an_earlier_schema_on_postgresql_keeps_its_books(
    dump: pathlib.Path, tmp_path: pathlib.Path, postgresql_databases: PostgresqlDatabases
) -> None:
    path = load(dump, tmp_path / "hub.db")
    with postgresql_databases.new() as url:
        fill_from(path, url, revision=dump.stem.removeprefix("hub_"))

        migrate(url)
        migrate(url)

        assert find_differences(url) == []
        engine = open_engine(url)
        with contextlib.closing(engine.connect()) as db:
            renewed = [renew_books(db), renew_books(db)]
            checks = verify_hub(db, str(tmp_path))
            applied = apply_next(db, NOON)
        engine.dispose()
        assert renewed[0] > renewed[1] == 0
    assert [check.table for check in checks if not check.is_equal] == []
    assert {check.table for check in checks if check.rows} >= BOOKS_OF_0001
    assert (applied.posted, applied.parked) == (1, 0)


def fill_from(path: str, url: str, revision: str) -> None:
    """Make a database of an earlier revision on PostgreSQL with the rows of one on SQLite."""
    engine, source = open_engine(url), sa.MetaData()
    with (
        contextlib.closing(engine.connect()) as db,
        contextlib.closing(dbapi2.connect(path)) as old,
        db.begin(),
    ):
        config = Config(attributes={"connection": db})
        config.set_main_option("script_location", SCRIPTS)
        command.upgrade(config, revision)
        source.reflect(db)
        for table in source.sorted_tables:
            names = [column.name for column in table.c]
            found = old.execute(f"SELECT {', '.join(names)} FROM {table.name}")
            rows = [dict(zip(names, row, strict=True)) for row in found]
            if rows and table.name != "alembic_version":
                db.execute(table.insert(), rows)
    engine.dispose()


def find_differences(url: str) -> list[object]:
    """What Alembic would change to make a database like the metadata."""
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        context = MigrationContext.configure(db, opts={"compare_type": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    return [difference for difference in differences if not _is_alembics_own(difference)]


def _is_alembics_own(difference: object) -> bool:
    parts = difference if isinstance(difference, tuple) else ()
    return any(isinstance(part, sa.Table) and part.name == "alembic_version" for part in parts)
