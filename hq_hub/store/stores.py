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
    region: str = ""
    """Whose manager looks after it; empty: none."""

    @property
    def fixed(self) -> tuple[str, str]:
        """What never changes once the store trades."""
        return (self.legal_entity, self.price_zone)


def find_store(db: sa.Connection, number: str) -> Store | None:
    """Find a store by its number."""
    found = rows.read_rows(db, schema.store, [(number,)])
    if not found:
        return None
    number, name, name_en, city, price_zone, legal_entity, _version, region = found[0]
    return Store(number, name, name_en, city, price_zone, legal_entity, region)


def write_store(db: sa.Connection, store: Store, version: int) -> None:
    """Put a store in place of what was known of it."""
    *fields, region = dataclasses.astuple(store)
    rows.replace_rows(db, schema.store, [(*fields, version, region)])
