"""Sales that pass from store to store: who has one, and which facts speak of it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.schema import store as store_table
from hq_hub.store.schema_ingest import hub_journal
from hq_hub.store.schema_returns import sale_holder, sale_passing_cursor, waiting_pass


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """The store that may take goods of a sale back."""

    store: str
    pass_no: int
    """0: where it was sold."""


@dataclasses.dataclass(frozen=True, slots=True)
class KeptFact:
    """A fact of the hub's journal."""

    receive_no: int
    store: str
    body: bytes


def read_cursor(db: sa.Connection) -> int:
    """Number of the last fact that was looked at; 0 before the first."""
    return int(db.execute(sa.select(sale_passing_cursor.c.receive_no)).scalar() or 0)


def write_cursor(db: sa.Connection, receive_no: int) -> None:
    """Move the cursor, in the transaction of what was done."""
    rows.replace_rows(db, sale_passing_cursor, [(1, receive_no)])


def read_last_no(db: sa.Connection) -> int:
    """Number of the newest fact; 0 before the first."""
    return int(db.execute(sa.select(sa.func.max(hub_journal.c.receive_no))).scalar() or 0)


def find_next(
    db: sa.Connection, kinds: Collection[int], after: int, through: int
) -> KeptFact | None:
    """The first fact of some kinds in a range of receive numbers."""
    found = db.execute(
        sa.select(hub_journal.c.receive_no, hub_journal.c.store, hub_journal.c.body)
        .where(
            hub_journal.c.receive_no > after,
            hub_journal.c.receive_no <= through,
            hub_journal.c.kind.in_(kinds),
        )
        .order_by(hub_journal.c.receive_no)
        .limit(1)
    ).first()
    return None if found is None else KeptFact(*found)


def find_fact(db: sa.Connection, fact_id: uuid.UUID, kind: int) -> KeptFact | None:
    """A fact of a kind, of whichever store; of two with one identity, the one that came first.

    Nobody but a box that means harm writes a fact under another store's identity.
    """
    stores = sa.select(store_table.c.store).scalar_subquery()
    found = db.execute(
        sa.select(hub_journal.c.receive_no, hub_journal.c.store, hub_journal.c.body)
        .where(
            hub_journal.c.store.in_(stores),  # By the index of store and fact_id.
            hub_journal.c.fact_id == fact_id.bytes,
            hub_journal.c.kind == kind,
        )
        .order_by(hub_journal.c.receive_no)
        .limit(1)
    ).first()
    return None if found is None else KeptFact(*found)


def read_fact(db: sa.Connection, receive_no: int) -> KeptFact:
    """A fact by its number."""
    (found,) = db.execute(
        sa.select(hub_journal.c.receive_no, hub_journal.c.store, hub_journal.c.body).where(
            hub_journal.c.receive_no == receive_no
        )
    ).all()
    return KeptFact(*found)


def find_holder(db: sa.Connection, sale_id: uuid.UUID) -> Holder | None:
    """Who has a sale; None when nobody asked for it yet."""
    found = rows.read_rows(db, sale_holder, [(sale_id.bytes,)])
    return Holder(found[0][1], found[0][2]) if found else None


def write_holder(db: sa.Connection, sale_id: uuid.UUID, holder: Holder) -> None:
    """Note who has a sale now."""
    rows.replace_rows(db, sale_holder, [(sale_id.bytes, holder.store, holder.pass_no)])


def keep_waiting(db: sa.Connection, sale_id: uuid.UUID, passed: Holder, receive_no: int) -> None:
    """Note a pass that came too early. A repeat changes nothing.

    Args:
        db: inside write_transaction().
        sale_id: what was passed on.
        passed: by whom, and its number.
        receive_no: of the fact.
    """
    row = (sale_id.bytes, passed.pass_no, passed.store, receive_no)
    rows.replace_rows(db, waiting_pass, [row])


def find_waiting(db: sa.Connection, sale_id: uuid.UUID, holder: Holder) -> KeptFact | None:
    """The pass by which a holder let go of a sale, when it came too early."""
    key = (sale_id.bytes, holder.pass_no + 1, holder.store)
    found = rows.read_rows(db, waiting_pass, [key])
    return read_fact(db, found[0][3]) if found else None
