"""Documents on their way down: where the feeds stand, and one page of what a box lacks."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store import feed_pages, registry
from hq_hub.store.feed_pages import Range, ScopeState, Version
from protos.documents import (
    CHAIN_SCOPE,
    ITEMS_FEED,
    ORDERS_FEED,
    PEOPLE_FEED,
    PRICES_FEED,
    RETURNS_FEED,
    ROLES_FEED,
    SETTINGS_FEED,
    TEMPLATES_FEED,
)
from protos.liushui.v1 import sync_pb2

PAGE_CHANGES_MAX = 500
PAGE_BYTES_MAX = 256 * 1024
"""As a batch: bounds what box, hub and broker hold of one message."""


def list_scopes(db: sa.Connection, store: str) -> tuple[tuple[str, str], ...]:
    """Feed and scope of all that a store reads; none for a store that is not there."""
    names = registry.read_store_names(db, store)
    if names is None:
        return ()
    return (
        (ITEMS_FEED, CHAIN_SCOPE),
        (PRICES_FEED, names.price_zone),
        (ORDERS_FEED, store),
        (ROLES_FEED, CHAIN_SCOPE),
        (PEOPLE_FEED, store),
        (TEMPLATES_FEED, CHAIN_SCOPE),
        (SETTINGS_FEED, store),
        (RETURNS_FEED, store),
    )


def read_positions(db: sa.Connection, store: str) -> list[sync_pb2.FeedPosition]:
    """Where the hub's documents stand, one a scope that the store reads."""
    generation = feed_pages.read_generation(db)
    return [
        _position(feed, scope, generation, feed_pages.read_scope(db, feed, scope))
        for feed, scope in list_scopes(db, store)
    ]


def read_page(
    db: sa.Connection, request: sync_pb2.FeedRequest, store: str
) -> sync_pb2.FeedPage | None:
    """One page of what changed in a scope. A repeat gives the same page.

    All pages of a pull are of one version, the newest when its first page was read: what
    headquarters decides meanwhile comes with the next pull.

    Args:
        db: of a read connection, in one transaction.
        request: of the box; `known` of another generation, of version 0, or of a version whose
            changes are forgotten, asks for all.
        store: who asks, as the transport proves it.

    Returns:
        None when the scope is not one that the store may read.
    """
    known = request.known
    if (known.feed, known.scope) not in list_scopes(db, store):
        return None
    generation = feed_pages.read_generation(db)
    state = feed_pages.read_scope(db, known.feed, known.scope)
    target = _position(known.feed, known.scope, generation, state)
    if 0 < request.target_version < target.version:
        target.version = request.target_version
        target.content_hash = b""  # It was said with the first page.
    wanted = Range(
        known.feed,
        known.scope,
        _base_version(known, target, state.pruned_version),
        target.version,
        request.after_key,
    )
    rows = feed_pages.read_range(db, wanted, PAGE_CHANGES_MAX + 1)
    changes = _fit_page([_change(row) for row in rows[:PAGE_CHANGES_MAX]])
    return sync_pb2.FeedPage(
        base=sync_pb2.FeedPosition(
            feed=known.feed,
            scope=known.scope,
            generation=target.generation,
            version=wanted.base_version,
        ),
        target=target,
        changes=changes,
        is_last=len(changes) == len(rows),
        after_key=request.after_key,
        store=store,
    )


def _base_version(
    known: sync_pb2.FeedPosition, target: sync_pb2.FeedPosition, pruned_version: int
) -> int:
    """Version on which the pages build, 0 for the whole scope.

    All pages of a pull get the same answer, unless what the box needs is forgotten meanwhile: then
    it finds a page that does not build on what it has, and begins again.
    """
    if known.generation != target.generation or known.version >= target.version:
        return 0  # Who asks although it has this version has other content.
    return known.version if known.version >= pruned_version else 0


def _fit_page(changes: list[sync_pb2.Change]) -> list[sync_pb2.Change]:
    """As many as PAGE_BYTES_MAX holds; at least one, whatever its size."""
    size = 0
    for place, change in enumerate(changes):
        size += change.ByteSize()
        if size > PAGE_BYTES_MAX and place > 0:
            return changes[:place]
    return changes


def _change(row: Version) -> sync_pb2.Change:
    return sync_pb2.Change(
        key=row.key,
        version=row.version,
        is_removed=row.is_removed,
        body=b"" if row.is_removed else row.body,
    )


def _position(feed: str, scope: str, generation: int, state: ScopeState) -> sync_pb2.FeedPosition:
    return sync_pb2.FeedPosition(
        feed=feed,
        scope=scope,
        generation=generation,
        version=state.version,
        content_hash=state.content_hash,
    )
