"""Documents from headquarters, as received, and the indexes by which the till finds them."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Sequence

from edge_agent.store import item_places, item_search
from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection, Row
from protos import documents
from protos.feed_documents import UnreadableDocumentError, require_readable
from protos.feed_hash import hash_scope
from retail_domain.catalog.item import Item

log = logging.getLogger(__name__)

INT64_MAX = (1 << 63) - 1
"""What SQLite can count to."""
HASH_BLOCK_DOCUMENTS = 1_000
"""Documents read at once when a scope is hashed: bounds memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScopePosition:
    """How far a feed scope is known."""

    feed: str
    scope: str
    generation: int
    """The hub's life between restores."""
    version: int
    content_hash: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document came, changed or went."""

    key: bytes
    version: int
    body: bytes | None
    """None when the document is gone."""


def read_positions(db: Connection) -> list[ScopePosition]:
    """One position a feed that this store reads, in order of feed."""
    rows = db.execute(
        "SELECT feed, scope, generation, version, content_hash FROM feed_scope ORDER BY feed"
    ).fetchall()
    return [
        ScopePosition(get_text(r[0]), get_text(r[1]), get_int(r[2]), get_int(r[3]), get_bytes(r[4]))
        for r in rows
    ]


def read_position(db: Connection, feed: str) -> ScopePosition:
    """How far one feed is known."""
    return next(position for position in read_positions(db) if position.feed == feed)


def read_state(db: Connection, feed: str, other_feed: str) -> Row | None:
    """What two feeds hold, as a row to compare: equal as long as the documents are the same."""
    return db.execute(
        """
        SELECT one.generation, one.version, one.content_hash,
               other.generation, other.version, other.content_hash
        FROM feed_scope one, feed_scope other WHERE one.feed = ? AND other.feed = ?
        """,
        (feed, other_feed),
    ).fetchone()


def apply_changes(
    db: Connection,
    *,
    base_version: int,
    target: ScopePosition,
    changes: Sequence[DocumentChange],
) -> bool:
    """Bring one scope to a position, all of it or nothing.

    Args:
        db: inside write_transaction().
        base_version: what the changes build on; 0 means that they hold the whole scope.
        target: where they lead.
        changes: in any order, a key once.

    Returns:
        False when they do not build on what is here, would lead back (a page said again would hire
        a dismissed person), the content is not the hub's then, or a document can't be read, as of
        a later version: nothing was applied, and the whole scope should be asked for.
    """
    assert db.in_transaction, "call inside write_transaction()"
    known = read_position(db, target.feed)
    if (target.generation, target.version) < (known.generation, known.version):
        return False
    if known.scope != target.scope or (
        base_version != 0 and (known.generation, known.version) != (target.generation, base_version)
    ):
        return False
    db.execute("SAVEPOINT feed")
    if not _take_in(db, target, changes, is_whole=base_version == 0):
        db.execute("ROLLBACK TO feed")
        db.execute("RELEASE feed")
        return False
    db.execute(
        "UPDATE feed_scope SET generation = ?, version = ?, content_hash = ? WHERE feed = ?",
        (target.generation, target.version, target.content_hash, target.feed),
    )
    db.execute("RELEASE feed")
    return True


def read_document(db: Connection, feed: str, key: bytes) -> bytes | None:
    """Body of one document, None when the store has none."""
    row = db.execute(
        "SELECT body FROM feed_document WHERE feed = ? AND key = ?", (feed, key)
    ).fetchone()
    return None if row is None else get_bytes(row[0])


def read_documents(db: Connection, feed: str, documents_max: int) -> list[bytes]:
    """Bodies of a feed in order of key."""
    rows = db.execute(
        "SELECT body FROM feed_document WHERE feed = ? ORDER BY key LIMIT ?", (feed, documents_max)
    ).fetchall()
    return [get_bytes(body) for (body,) in rows]


def find_item_ids(db: Connection, code: str) -> list[int]:
    """Items listed under a 14-digit GTIN or an SKU, ascending; several when a GTIN is shared."""
    rows = db.execute(
        "SELECT item_id FROM item_code WHERE code = ? ORDER BY item_id", (code,)
    ).fetchall()
    return [get_int(item_id) for (item_id,) in rows]


def _take_in(
    db: Connection, target: ScopePosition, changes: Sequence[DocumentChange], *, is_whole: bool
) -> bool:
    """Write the documents; False when they are not the hub's or can't be read."""
    if max((target.generation, target.version, *(c.version for c in changes))) > INT64_MAX:
        return False
    _write_changes(db, target.feed, changes, is_whole=is_whole)
    if hash_scope(iterate_documents(db, target.feed)) != target.content_hash:
        return False
    try:
        for change in changes:
            if change.body is not None:
                require_readable(target.feed, change.key, change.body)
    except UnreadableDocumentError as error:
        log.warning("documents of %s are left out: %s", target.scope, error)
        return False
    if target.feed == documents.ITEMS_FEED:  # Prices and orders are found by key.
        _index_items(db, changes, is_whole=is_whole)
    return True


def _write_changes(
    db: Connection, feed: str, changes: Sequence[DocumentChange], *, is_whole: bool
) -> None:
    if is_whole:
        db.execute("DELETE FROM feed_document WHERE feed = ?", (feed,))
    db.executemany(
        "DELETE FROM feed_document WHERE feed = ? AND key = ?",
        [(feed, change.key) for change in changes if change.body is None],
    )
    db.executemany(
        """
        INSERT INTO feed_document VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body
        """,
        [
            (feed, change.key, change.version, change.body)
            for change in changes
            if change.body is not None
        ],
    )


def list_codes(item: Item) -> list[tuple[str, int]]:
    """Rows of item_code: what an item is found by, each once."""
    return [(code, item.item_id) for code in sorted({*item.gtins, item.sku})]


def _index_items(db: Connection, changes: Sequence[DocumentChange], *, is_whole: bool) -> None:
    item_ids = [int.from_bytes(change.key, "big") for change in changes]
    if is_whole:
        db.execute("DELETE FROM item_code")
    else:
        rows = [(item_id,) for item_id in item_ids]
        db.executemany("DELETE FROM item_code WHERE item_id = ?", rows)
    item_search.delete_words(db, None if is_whole else item_ids)
    item_places.delete_places(db, None if is_whole else item_ids)
    items = [documents.decode_item(change.body) for change in changes if change.body is not None]
    assert {item.item_id for item in items} <= set(item_ids)
    codes = [code for item in items for code in list_codes(item)]
    db.executemany("INSERT INTO item_code VALUES (?, ?)", codes)
    item_search.insert_words(db, items)
    item_places.insert_places(db, items)


def spell_items(db: Connection) -> None:
    """Make what finds the items by name again, for a box that has them from before."""
    item_search.delete_words(db, None)
    bodies = iterate_documents(db, documents.ITEMS_FEED)
    item_search.insert_words(db, (documents.decode_item(body) for _key, body in bodies))


def iterate_documents(db: Connection, feed: str) -> Iterator[tuple[bytes, bytes]]:
    """Key and body of a feed's documents in order of key, HASH_BLOCK_DOCUMENTS at a time."""
    key = b""
    while True:
        rows = db.execute(
            """
            SELECT key, body FROM feed_document WHERE feed = ? AND key > ? ORDER BY key LIMIT ?
            """,
            (feed, key, HASH_BLOCK_DOCUMENTS),
        ).fetchall()
        for row in rows:
            key = get_bytes(row[0])
            yield key, get_bytes(row[1])
        if len(rows) < HASH_BLOCK_DOCUMENTS:
            return
