"""Whether the documents of a box are still those that headquarters sent. Nothing is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from edge_agent.store.feeds import iterate_documents, list_codes, read_positions
from edge_agent.store.sqlite_library import Connection, Row
from protos import documents
from protos.feed_hash import hash_scope

CODES = "SELECT code, item_id FROM item_code"


def find_damaged_feed(db: Connection) -> str | None:
    """The first feed whose documents have another hash than when they came; None if all are well.

    Of the items, their codes have to follow from them, too: a turned bit there would sell another
    item. Who changes what follows gives the schema a step that makes it again. What finds items by
    name is left out: a person sees the item's own name before it is sold.
    """
    for position in read_positions(db):
        if hash_scope(iterate_documents(db, position.feed)) != position.content_hash:
            return position.feed
    expected = sum(map(_hash_row, _iterate_expected_codes(db)))
    found = sum(map(_hash_row, _iterate_rows(db, CODES)))
    return None if expected == found else documents.ITEMS_FEED


def _iterate_expected_codes(db: Connection) -> Iterator[Row]:
    for _key, body in iterate_documents(db, documents.ITEMS_FEED):
        yield from list_codes(documents.decode_item(body))


def _iterate_rows(db: Connection, sql: str) -> Iterator[Row]:
    rows = db.execute(sql)
    while (row := rows.fetchone()) is not None:
        yield row


def _hash_row(row: Row) -> int:
    """Added up, hashes compare sets in any order and in no memory."""
    return int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=16).digest(), "big")
