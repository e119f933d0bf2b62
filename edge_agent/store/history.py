"""Rows of a box's former facts, and how a new file of the box is filled from them.

The journal's own writer is `journal.append_fact`; this one takes facts that have their place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator

from edge_agent.store.projections import PROJECTIONS, fold_fact
from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.chain import GENESIS
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.trade.fact import Fact
from retail_domain.trade.fact_kind import FactKind

MADE_ANEW = frozenset({"journal", "ack_cursor", "identity", "_sqlite_migrations", *PROJECTIONS})
"""Tables of the new file that are not copied from the old one: they follow from the facts."""
CARRIED_BLOCK_FACTS = 500
"""Facts read at once when the old file is carried over: bounds memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class Life:
    """An epoch that the hub granted, and the history that it begins with."""

    epoch: int
    start_head: bytes
    """Chain after all facts of former epochs."""
    hub_generation: int


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a file's former facts end."""

    epoch: int
    """0 before the first."""
    seq: int
    head: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class StoredFact:
    """One fact of a journal in its place."""

    epoch: int
    seq: int
    body: bytes
    head: bytes


def read_missing_life(db: Connection) -> Life | None:
    """The life whose former facts are not here: of a box that took another one's place.

    None when the journal is whole.
    """
    row = db.execute(
        "SELECT epoch, epoch_start_head, hub_generation, (SELECT min(epoch) FROM journal)"
        " FROM ack_cursor"
    ).fetchone()
    assert row is not None
    epoch, start_head, generation = get_int(row[0]), get_bytes(row[1]), get_int(row[2])
    is_whole = start_head == GENESIS or (row[3] is not None and get_int(row[3]) < epoch)
    return None if is_whole else Life(epoch, start_head, generation)


def read_last_place(db: Connection) -> Place:
    """Where the facts end that are here."""
    row = db.execute(
        "SELECT epoch, seq, head FROM journal ORDER BY epoch DESC, seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Place(0, 0, GENESIS)
    return Place(get_int(row[0]), get_int(row[1]), get_bytes(row[2]))


def iterate_bodies(db: Connection, epoch: int, seq: int) -> Iterator[bytes]:
    """Stored bytes of the facts after a place, of later epochs too, in their order."""
    while True:
        rows = db.execute(
            """
            SELECT epoch, seq, body FROM journal
            WHERE (epoch, seq) > (?, ?) ORDER BY epoch, seq LIMIT ?
            """,
            (epoch, seq, CARRIED_BLOCK_FACTS),
        ).fetchall()
        for row in rows:
            epoch, seq = get_int(row[0]), get_int(row[1])
            yield get_bytes(row[2])
        if len(rows) < CARRIED_BLOCK_FACTS:
            return


def read_last_of_kind(db: Connection, kind: FactKind) -> StoredFact | None:
    """The newest fact of a kind in this epoch; None when it has none."""
    row = db.execute(
        """
        SELECT epoch, seq, body, head FROM journal
        WHERE kind = ? AND epoch = (SELECT epoch FROM ack_cursor) ORDER BY seq DESC LIMIT 1
        """,
        (kind.value,),
    ).fetchone()
    if row is None:
        return None
    return StoredFact(get_int(row[0]), get_int(row[1]), get_bytes(row[2]), get_bytes(row[3]))


def insert_fact(db: Connection, fact: Fact, body: bytes, head: bytes) -> None:
    """Write a fact that has its place, bytes as they are, and fold it.

    Args:
        db: inside write_transaction().
        fact: what the body says.
        body: stored bytes.
        head: chain after it.
    """
    assert db.in_transaction, "call inside write_transaction()"
    happening = fact.happening
    wall_at_ms = (happening.wall_at - EPOCH_START) // MILLISECOND
    db.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            fact.position.epoch,
            fact.position.seq,
            happening.fact_id.bytes,
            happening.kind.value,
            wall_at_ms,
            body,
            head,
        ),
    )
    fold_fact(db, fact)


def attach_old(db: Connection, path: str) -> None:
    """Make the old file readable beside the new one, outside a transaction.

    Tables are copied in the order of their names, so references are checked at the end instead.
    """
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("ATTACH DATABASE ? AS old", (path,))


def iterate_carried(db: Connection) -> Iterator[StoredFact]:
    """Facts of the old file that the new one lacks, by their identity, in the old order."""
    epoch, seq = 0, 0
    while True:
        rows = db.execute(
            """
            SELECT epoch, seq, body, head FROM old.journal AS mine
            WHERE (epoch, seq) > (?, ?)
              AND NOT EXISTS (SELECT 1 FROM main.journal WHERE fact_id = mine.fact_id)
            ORDER BY epoch, seq LIMIT ?
            """,
            (epoch, seq, CARRIED_BLOCK_FACTS),
        ).fetchall()
        for row in rows:
            epoch, seq = get_int(row[0]), get_int(row[1])
            yield StoredFact(epoch, seq, get_bytes(row[2]), get_bytes(row[3]))
        if len(rows) < CARRIED_BLOCK_FACTS:
            return


def copy_tables(db: Connection, left_behind: Collection[str] = ()) -> None:
    """Copy what the box was told and set: documents, registers, open tickets, and the like.

    Every table that is not MADE_ANEW or named is copied, so that a new one is never forgotten.
    """
    kept_out = {*MADE_ANEW, *left_behind}
    rows = db.execute(
        "SELECT name FROM old.sqlite_schema WHERE type = 'table' ORDER BY name"
    ).fetchall()
    for (name,) in rows:
        table = get_text(name)
        if table not in kept_out and not table.startswith("sqlite_"):
            db.execute(f"DELETE FROM main.{table}")  # noqa: S608 (a name of our own schema)
            db.execute(f"INSERT INTO main.{table} SELECT * FROM old.{table}")  # noqa: S608 (as above)
    broken = db.execute("PRAGMA main.foreign_key_check").fetchall()
    assert not broken, broken


def write_tail(db: Connection, *, tail: Place, durable_seq: int, hub_generation: int) -> None:
    """Say where the epoch's own facts end, and how many of them the hub holds."""
    db.execute(
        "UPDATE ack_cursor SET tail_seq = ?, tail_head = ?, durable_seq = ?, hub_generation = ?",
        (tail.seq, tail.head, durable_seq, hub_generation),
    )
