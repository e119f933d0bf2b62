"""Stores as headquarters keeps them, and people who sign in."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store import rows, schema


@dataclasses.dataclass(frozen=True, slots=True)
class Store:
    """A shop of the chain."""

    store: str
    """Store number, chain-wide."""
    name: str
    name_en: str
    city: str
    price_zone: str
    """Whose prices it reads."""
    legal_entity: str
    """Who owns its goods; average cost is kept under it."""

    @property
    def fixed(self) -> tuple[str, str]:
        """What never changes once the store trades."""
        return (self.legal_entity, self.price_zone)


def find_store(db: sa.Connection, number: str) -> Store | None:
    """Find a store by its number."""
    found = rows.read_rows(db, schema.store, [(number,)])
    return Store(*found[0][:-1]) if found else None


def write_store(db: sa.Connection, store: Store, version: int) -> None:
    """Put a store in place of what was known of it."""
    rows.replace_rows(db, schema.store, [(*dataclasses.astuple(store), version)])
