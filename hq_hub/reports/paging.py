"""What all lists share: which rows are asked for, how old the answer is, how text is searched."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.store.schema import item, store
from hq_hub.store.schema_books import apply_cursor
from hq_hub.store.schema_ingest import heard_from, hub_journal
from protos.instant import EPOCH_START, MILLISECOND

PART_ROWS = 1_000
"""Rows of a whole list read at once: about 1 MB, and few enough keys for one more question."""


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """Rows from start up to, not including, end."""

    start: int
    end: int

    @property
    def size(self) -> int:
        """How many rows at most."""
        return self.end - self.start


@dataclasses.dataclass(frozen=True, slots=True)
class AsOf:
    """How old an answer is."""

    applied_at: datetime.datetime | None
    """When the last fact was posted; None before the first."""
    facts_behind: int
    """Kept, but not looked at yet."""
    oldest_store_heard_at: datetime.datetime | None
    """The store that was silent for longest; None when one was never heard."""


Stores = frozenset[str] | None
"""Numbers of the stores that a person reaches; None: every store."""
EVERY_STORE: Stores = None


def within(column: sa.ColumnElement[str], stores: Stores) -> sa.ColumnElement[bool]:
    """Condition on a store's number: it is one of those."""
    return sa.true() if stores is None else column.in_(sorted(stores))


def read_in_parts(
    db: sa.Connection, question: sa.Select[*tuple[Any, ...]]
) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    """Read all rows of a question, PART_ROWS at a time: bounds memory, however many there are."""
    with db.execute(question, execution_options={"yield_per": PART_ROWS}) as found:
        yield from found.partitions()


def read_as_of(db: sa.Connection, stores: Stores) -> AsOf:
    """Tell how old what follows is; on the connection that reads it."""
    cursor = db.execute(sa.select(apply_cursor.c.receive_no, apply_cursor.c.applied_at_ms)).one()
    newest = db.execute(sa.select(sa.func.max(hub_journal.c.receive_no))).scalar_one()
    heard = db.execute(
        sa.select(
            sa.func.count(store.c.store) - sa.func.count(heard_from.c.store),
            sa.func.min(heard_from.c.heard_at_ms),
        )
        .select_from(store.outerjoin(heard_from, heard_from.c.store == store.c.store))
        .where(within(store.c.store, stores))
    ).one()
    never_heard, oldest_ms = heard[0], heard[1]
    return AsOf(
        applied_at=from_ms(cursor.applied_at_ms or None),
        facts_behind=(newest or 0) - cursor.receive_no,
        oldest_store_heard_at=None if never_heard else from_ms(oldest_ms),
    )


def from_ms(at_ms: int | None) -> datetime.datetime | None:
    """UTC instant of milliseconds of Unix time."""
    return None if at_ms is None else EPOCH_START + at_ms * MILLISECOND


def find_items(query: str) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    """Condition on `item`: the name holds the text, or SKU or a GTIN begins with it. "" is all."""
    text = query.strip()
    if not text:
        return sa.true()
    table = item.c
    return sa.or_(
        table.name.icontains(text, autoescape=True),
        table.name_en.icontains(text, autoescape=True),
        table.sku.istartswith(text, autoescape=True),
        table.gtins.contains(text, autoescape=True),
    )
