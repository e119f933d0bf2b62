"""Use case: the first rows of a new hub, and the one process that may serve it."""

from __future__ import annotations

import contextlib
import fcntl
import pathlib
from collections.abc import Iterator

from hq_hub.services.errors import HubRunningError
from hq_hub.services.rebuild import renew_books
from hq_hub.services.roles import publish_built_in_roles
from hq_hub.store.engine import open_engine, write_transaction
from hq_hub.store.migrate import migrate, write_first_rows
from hq_hub.store.writer import Writer
from retail_domain.ledger.chart import Chart
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART

LOCK_FILE = "hub.lock"


def create_hub(url: str, chain: str, chart: Chart = SMALL_ENTERPRISE_CHART) -> None:
    """Make the tables and begin the hub's first generation. A repeat does nothing.

    Args:
        url: of the database.
        chain: name in the boxes' certificates.
        chart: of accounts; chosen once, because entries name its codes.
    """
    migrate(url)
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db, write_transaction(db):
        write_first_rows(db, chain, chart.chart_id)
    engine.dispose()


def bring_to_today(writer: Writer, url: str) -> None:
    """Let a hub that starts have today's tables, books and roles. A repeat does nothing.

    Raises:
        HubNewerDatabaseError: the database is of a newer program.
    """
    migrate(url)
    writer.submit(renew_books).result()
    writer.submit(publish_built_in_roles).result()


@contextlib.contextmanager
def only_hub(folder: pathlib.Path) -> Iterator[None]:
    """Hold the folder: a second hub, or a rebuild, would post the same facts.

    The lock ends with the process, however it ends.

    Raises:
        HubRunningError: another process holds it.
    """
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HubRunningError(folder=str(folder)) from error
        yield
