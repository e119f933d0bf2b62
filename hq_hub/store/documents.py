"""Documents: every version of every one, where each feed scope stands, and its change log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from hq_hub.store import feed_pages, rows
from hq_hub.store.schema import document, feed_change, feed_scope, hub_state, number_series
from protos.feed_hash import hash_scope

HASH_BLOCK_DOCUMENTS = 1_000
"""Documents read at once when a scope is hashed: bounds memory."""
CHANGES_KEPT_MAX = 5_000
"""Changes of a scope by which a box can catch up: ten pages. A box that lacks more gets the whole
scope, which for most scopes is hardly more (ADR 0013)."""


def next_version(db: sa.Connection) -> int:
    """Take the next document version; one a transaction, whatever it changes."""
    version = db.execute(
        sa.update(hub_state)
        .values(document_version=hub_state.c.document_version + 1)
        .returning(hub_state.c.document_version)
    ).scalar_one()
    return int(version)


def read_version(db: sa.Connection) -> int:
    """Version of the newest document, 0 for none."""
    version = db.execute(sa.select(hub_state.c.document_version)).scalar_one()
    return int(version)


def next_number(db: sa.Connection, series: str) -> int:
    """Take the next number of a printed series, from 1, without gaps."""
    rows.add_rows(db, number_series, [(series, 1)])
    last_no = sa.select(number_series.c.last_no).where(number_series.c.series == series)
    return int(db.execute(last_no).scalar_one())


def read_bodies(
    db: sa.Connection, feed: str, scope: str, keys: Mapping[bytes, object]
) -> dict[bytes, bytes]:
    """Bodies in force of some documents; those that are missing or removed are left out."""
    found: dict[bytes, bytes] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), rows.KEYS_A_QUESTION):
        block = wanted[start : start + rows.KEYS_A_QUESTION]
        living = _living(feed, scope).where(document.c.key.in_(block))
        found.update((bytes(key), bytes(body)) for key, body in db.execute(living))
    return found


def write_documents(
    db: sa.Connection, feed: str, scope: str, changes: Mapping[bytes, bytes | None], version: int
) -> None:
    """Write new versions, move the scope there, and forget the oldest changes of its log.

    Every version of a document stays; forgotten is which of them changed since some version.

    Args:
        db: inside write_transaction().
        feed: which feed.
        scope: of the feed.
        changes: new body by key, None when the document goes; every one a real change.
        version: of this transaction.
    """
    rows.insert_rows(
        db,
        document,
        [
            (feed, scope, key, version, int(body is None), body or b"")
            for key, body in sorted(changes.items())
        ],
    )
    rows.insert_rows(db, feed_change, [(feed, scope, version, key) for key in sorted(changes)])
    pruned_version = _prune_changes(db, feed, scope)
    content_hash = hash_scope(iterate_living(db, feed, scope))
    rows.replace_rows(db, feed_scope, [(feed, scope, version, content_hash, pruned_version)])


def count_living(db: sa.Connection, feed: str, scope: str, prefix: bytes) -> int:
    """How many documents are in force whose keys begin with a byte."""
    assert len(prefix) == 1
    beyond = bytes([prefix[0] + 1])
    keys = (document.c.key >= prefix) & (document.c.key < beyond)
    living = _living(feed, scope).where(keys).subquery()
    return int(db.execute(sa.select(sa.func.count()).select_from(living)).scalar_one())


def iterate_living(db: sa.Connection, feed: str, scope: str) -> Iterator[tuple[bytes, bytes]]:
    """Key and body of the documents in force, in ascending order of key."""
    after = b""
    while True:
        block = db.execute(
            _living(feed, scope)
            .where(document.c.key > after)
            .order_by(document.c.key)
            .limit(HASH_BLOCK_DOCUMENTS)
        ).all()
        for row in block:
            after = bytes(row.key)
            yield after, bytes(row.body)
        if len(block) < HASH_BLOCK_DOCUMENTS:
            return


def _prune_changes(db: sa.Connection, feed: str, scope: str) -> int:
    """Keep CHANGES_KEPT_MAX changes, a version whole or not at all.

    Returns:
        Newest version that is forgotten; 0 for none.
    """
    log = feed_change.c
    in_scope = (log.feed == feed) & (log.scope == scope)
    beyond = (
        sa.select(log.version)
        .where(in_scope)
        .order_by(log.version.desc(), log.key.desc())
        .offset(CHANGES_KEPT_MAX)
        .limit(1)
    )
    version = db.execute(beyond).scalar_one_or_none()
    if version is None:
        return feed_pages.read_scope(db, feed, scope).pruned_version
    db.execute(sa.delete(feed_change).where(in_scope, log.version <= version))
    return int(version)


def _living(feed: str, scope: str) -> sa.Select[bytes, bytes]:
    newer = document.alias()
    newest = (
        sa.select(sa.func.max(newer.c.version))
        .where(
            newer.c.feed == document.c.feed,
            newer.c.scope == document.c.scope,
            newer.c.key == document.c.key,
        )
        .scalar_subquery()
    )
    return sa.select(document.c.key, document.c.body).where(
        document.c.feed == feed,
        document.c.scope == scope,
        document.c.is_removed == 0,
        document.c.version == newest,
    )
