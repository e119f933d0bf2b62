"""Brings a database to the revision of this program, or refuses a newer one."""

from __future__ import annotations

import contextlib

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hq_hub.store import rows, schema, schema_books
from hq_hub.store.engine import open_engine, write_transaction
from hq_hub.store.errors import HubNewerDatabaseError, HubNoDatabaseError

SCRIPTS = "hq_hub.store:migrations"
BOOKS_REVISION = "0002"
"""The last one that gave old facts new rows in the books."""


def migrate(url: str) -> None:
    """Run the missing revisions in one transaction. A repeat does nothing.

    Raises:
        HubNewerDatabaseError: an older program must not touch the database.
        HubDiskFullError: nothing was changed.
    """
    with contextlib.closing(_Opened(url)) as opened, write_transaction(opened.db):
        config = _make_config(opened.db)
        _require_known(opened.db, config)
        command.upgrade(config, "head")


def require_current(url: str) -> None:
    """Check that a database is there and that this program knows it.

    Raises:
        HubNoDatabaseError: nothing was set up.
        HubNewerDatabaseError: an older program must not touch the database.
    """
    with contextlib.closing(_Opened(url)) as opened:
        if _require_known(opened.db, _make_config(opened.db)) is None:
            raise HubNoDatabaseError(database=sa.make_url(url).render_as_string())


def write_first_rows(db: sa.Connection, chain: str, chart_id: str) -> None:
    """Begin the life of a hub: first generation, no documents, nothing applied, its own journal.

    A hub that lives already stays as it is.
    """
    if rows.read_rows(db, schema.hub_state, [(1,)]):
        return
    rows.insert_rows(db, schema.hub_state, [(1, chain, 1, 0, chart_id, BOOKS_REVISION)])
    rows.insert_rows(db, schema_books.apply_cursor, [(1, 0, 0, 0)])


def are_books_of_today(db: sa.Connection) -> bool:
    """Whether the books hold what this program makes of the facts, of the old ones too."""
    found = db.execute(sa.select(schema.hub_state.c.books_revision)).scalar_one()
    return bool(found == BOOKS_REVISION)


def note_books_of_today(db: sa.Connection) -> None:
    """The books were folded again by this program."""
    db.execute(sa.update(schema.hub_state).values(books_revision=BOOKS_REVISION))


def read_revision(db: sa.Connection) -> str | None:
    """Revision of a database's tables, None for an empty one."""
    return MigrationContext.configure(db).get_current_revision()


class _Opened:
    """A connection with its engine, closed together."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self.db = self._engine.connect()

    def close(self) -> None:
        self.db.close()
        self._engine.dispose()


def _make_config(db: sa.Connection) -> Config:
    config = Config(attributes={"connection": db})
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config


def _require_known(db: sa.Connection, config: Config) -> str | None:
    found = read_revision(db)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        database = db.engine.url.render_as_string()
        raise HubNewerDatabaseError(database=database, found=found)
    return found
