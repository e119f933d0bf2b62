"""Proof that the projections follow from the journal: fold it again and compare."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import tempfile

from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.migrations import migrate
from edge_agent.store.projections import PROJECTIONS, fold_fact, read_projection
from edge_agent.store.sqlite_library import Connection


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """One projection beside what the journal gives."""

    table: str
    rows: int
    differing_rows: int


def check_chain(db: Connection) -> int:
    """Walk the journal and recompute its chain.

    Returns:
        How many facts there are.

    Raises:
        JournalDamagedError: a body, a head or a place is not what was written.
    """
    return journal.walk_chain(db)


def verify_projections(db: Connection) -> list[Comparison]:
    """Fold the whole journal into empty tables and compare them with the real ones.

    Returns:
        First what the journal notes of its facts beside their bodies, then one comparison a
        projection; nothing is changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder, "fold.sqlite"))
        migrate(path)
        with contextlib.closing(open_database(path)) as fresh:
            with write_transaction(fresh):
                for fact, _body, _head in journal.iterate_facts(db):
                    fold_fact(fresh, fact)
            facts, strange = journal.count_strange_rows(db)
            rows = [_compare(db, fresh, table) for table in PROJECTIONS]
            return [Comparison("journal", facts, strange), *rows]


def _compare(db: Connection, fresh: Connection, table: str) -> Comparison:
    real, folded = set(read_projection(db, table)), set(read_projection(fresh, table))
    return Comparison(table, len(real), len(real ^ folded))
