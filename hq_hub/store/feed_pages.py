"""Documents by version: what a box reads, page by page."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store.rows import read_rows
from hq_hub.store.schema import document, feed_change, feed_scope, hub_state
from protos.feed_hash import hash_scope

EMPTY_HASH = hash_scope(())
GENERATION = sa.select(hub_state.c.generation)


@dataclasses.dataclass(frozen=True, slots=True)
class ScopeState:
    """Where a scope stands."""

    version: int
    """Of its last change; 0 before the first."""
    content_hash: bytes
    pruned_version: int
    """Who knows less than this gets the whole scope: what changed before is forgotten."""


@dataclasses.dataclass(frozen=True, slots=True)
class Range:
    """Which documents are wanted: as of one version, behind one key."""

    feed: str
    scope: str
    base_version: int
    """Only what changed after it, removed ones too, not below the scope's `pruned_version`; 0: all
    that are in force."""
    target_version: int
    after_key: bytes
    """Empty for the first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One version of a document."""

    key: bytes
    version: int
    is_removed: bool
    body: bytes


def read_generation(db: sa.Connection) -> int:
    """The hub's life between restores."""
    generation: int = db.execute(GENERATION).scalar_one()
    return generation


def read_scope(db: sa.Connection, feed: str, scope: str) -> ScopeState:
    """Where a scope stands; an empty one that nobody wrote yet stands at 0."""
    found = read_rows(db, feed_scope, [(feed, scope)])
    if not found:
        return ScopeState(0, EMPTY_HASH, 0)
    _feed, _scope, version, content_hash, pruned_version = found[0]
    return ScopeState(version, content_hash, pruned_version)


def read_range(db: sa.Connection, wanted: Range, changes_max: int) -> list[Version]:
    """The newest version of each document of a range, in ascending order of key."""
    question = _select_changed(wanted) if wanted.base_version else _select_all(wanted)
    return [
        Version(bytes(row.key), row.version, bool(row.is_removed), bytes(row.body))
        for row in db.execute(question.order_by(document.c.key).limit(changes_max))
    ]


def _select_changed(wanted: Range) -> sa.Select[bytes, int, int, bytes]:
    """By the change log: it costs what changed, however large the scope is."""
    log = feed_change.c
    newest = (
        sa.select(log.key, sa.func.max(log.version).label("version"))
        .where(
            log.feed == wanted.feed,
            log.scope == wanted.scope,
            log.version > wanted.base_version,
            log.version <= wanted.target_version,
            log.key > wanted.after_key,
        )
        .group_by(log.key)
        .subquery()
    )
    return (
        sa.select(document.c.key, document.c.version, document.c.is_removed, document.c.body)
        .select_from(newest)
        .join(document, (document.c.key == newest.c.key) & (document.c.version == newest.c.version))
        .where(document.c.feed == wanted.feed, document.c.scope == wanted.scope)
    )


def _select_all(wanted: Range) -> sa.Select[bytes, int, int, bytes]:
    newer = document.alias()
    newest = (
        sa.select(sa.func.max(newer.c.version))
        .where(
            newer.c.feed == document.c.feed,
            newer.c.scope == document.c.scope,
            newer.c.key == document.c.key,
            newer.c.version <= wanted.target_version,
        )
        .scalar_subquery()
    )
    return sa.select(
        document.c.key, document.c.version, document.c.is_removed, document.c.body
    ).where(
        document.c.feed == wanted.feed,
        document.c.scope == wanted.scope,
        document.c.key > wanted.after_key,
        document.c.version == newest,
        document.c.is_removed == 0,
    )
