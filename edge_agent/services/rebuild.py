"""Proof that the projections follow from the journal: fold it again and compare."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import tempfile

from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import JournalDamagedError
from edge_agent.store.migrations import migrate
from edge_agent.store.projections import PROJECTIONS, fold_fact, read_projection
from edge_agent.store.sqlite_library import Connection
from protos import chain


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
    tail = journal.read_tail(db)
    seq, head, count = 0, journal.read_head(db, tail.epoch, 0), 0
    assert head is not None
    for fact, body, stored_head in journal.iterate_facts(db):
        count += 1
        if fact.position.epoch != tail.epoch:
            continue
        seq, head = seq + 1, chain.next_head(head, body)
        if fact.position.seq != seq or stored_head != head:
            raise JournalDamagedError(reason=f"epoch {tail.epoch}, seq {seq}")
    if (seq, head) != (tail.seq, tail.head):
        raise JournalDamagedError(reason=f"it ends at {seq}, not at {tail.seq}")
    return count


def verify_projections(db: Connection) -> list[Comparison]:
    """Fold the whole journal into empty tables and compare them with the real ones.

    Returns:
        One comparison a projection; nothing is changed.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder, "fold.sqlite"))
        migrate(path)
        with contextlib.closing(open_database(path)) as fresh:
            with write_transaction(fresh):
                for fact, _body, _head in journal.iterate_facts(db):
                    fold_fact(fresh, fact)
            return [_compare(db, fresh, table) for table in PROJECTIONS]


def _compare(db: Connection, fresh: Connection, table: str) -> Comparison:
    real, folded = set(read_projection(db, table)), set(read_projection(fresh, table))
    return Comparison(table, len(real), len(real ^ folded))
