"""Pages of documents: whole, complete, of one version, and only for whom they are meant."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from hq_hub.services import feeds
from hq_hub.store import documents as document_store
from hq_hub.store import feed_pages
from hq_hub.store.engine import write_transaction
from hq_hub.store.schema import hub_state
from protos.feed_hash import hash_scope
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.databases import Databases
from tests.hq_hub.wire_hub import open_empty_hub, put_items, put_stores

FEED, SCOPE = "items", "*"


@contextlib.contextmanager
def open_hub(databases: Databases) -> Iterator[sa.Connection]:
    with open_empty_hub(databases) as db:
        put_stores(db, "S001")
        yield db


@pytest.fixture
def db(databases: Databases) -> Iterator[sa.Connection]:
    with open_hub(databases) as connection:
        yield connection


def write(db: sa.Connection, changes: dict[bytes, bytes | None]) -> None:
    with write_transaction(db):
        version = document_store.next_version(db)
        document_store.write_documents(db, FEED, SCOPE, changes, version)


class Reader:
    """A box's copy of the scope, kept by pages as a box keeps it."""

    def __init__(self) -> None:
        self.documents: dict[bytes, bytes] = {}
        self.known = sync_pb2.FeedPosition(feed=FEED, scope=SCOPE)
        self.pages: list[sync_pb2.FeedPage] = []

    def pull(self, db: sa.Connection, meanwhile: list[dict[bytes, bytes | None]]) -> None:
        """Read all pages; headquarters decides something behind each of the first ones."""
        self.pages = []
        request = sync_pb2.FeedRequest(store="S001", known=self.known)
        while not self.pages or not self.pages[-1].is_last:
            page = read(db, request)
            if self.pages and page.base != self.pages[0].base:  # Forgotten meanwhile.
                return self.pull(db, meanwhile)
            self.pages.append(page)
            if meanwhile:
                write(db, meanwhile.pop(0))
            request.target_version = self.pages[0].target.version
            request.after_key = page.changes[-1].key if page.changes else b""
        return self._apply()

    def _apply(self) -> None:
        first = self.pages[0]
        if first.base.version == 0:
            self.documents = {}
        for page in self.pages:
            for change in page.changes:
                if change.is_removed:
                    self.documents.pop(change.key, None)
                else:
                    self.documents[change.key] = change.body
        self.known.CopyFrom(first.target)


def read(db: sa.Connection, request: sync_pb2.FeedRequest) -> sync_pb2.FeedPage:
    with db.begin():
        page = feeds.read_page(db, request, "S001")
    assert page is not None
    return page


def hash_of(documents: dict[bytes, bytes]) -> bytes:
    return hash_scope(sorted(documents.items()))


def test_empty_scope_is_one_empty_page(db: sa.Connection) -> None:
    page = read(db, sync_pb2.FeedRequest(known=sync_pb2.FeedPosition(feed=FEED, scope=SCOPE)))

    assert (page.is_last, list(page.changes)) == (True, [])
    assert (page.target.generation, page.target.version) == (1, 0)
    assert page.target.content_hash == hash_scope(())


def test_large_scope_comes_in_pages_in_order_of_key(db: sa.Connection) -> None:
    put_items(db, *range(1, 1_201))
    reader = Reader()

    reader.pull(db, [])

    assert [len(page.changes) for page in reader.pages] == [500, 500, 200]
    keys = [change.key for page in reader.pages for change in page.changes]
    assert keys == sorted(set(keys))
    assert hash_of(reader.documents) == reader.known.content_hash


def test_page_is_no_larger_than_its_limit_but_holds_one_document_of_any_size(
    db: sa.Connection,
) -> None:
    large = b"x" * (feeds.PAGE_BYTES_MAX * 3 // 4)
    huge = b"y" * (feeds.PAGE_BYTES_MAX * 2)
    write(db, {b"a": large, b"b": large, b"c": huge, b"d": b""})
    reader = Reader()

    reader.pull(db, [])

    assert [[change.key for change in page.changes] for page in reader.pages] == [
        [b"a"],
        [b"b"],
        [b"c"],
        [b"d"],
    ]
    assert hash_of(reader.documents) == reader.known.content_hash


def test_only_what_changed_travels_afterwards(db: sa.Connection) -> None:
    put_items(db, *range(1, 101))
    reader = Reader()
    reader.pull(db, [])
    base = sync_pb2.FeedPosition.FromString(reader.known.SerializeToString())
    write(db, {b"new": b"1", (5).to_bytes(8, "big"): None})

    reader.pull(db, [])

    changes = {change.key: change.is_removed for change in reader.pages[0].changes}
    assert changes == {b"new": False, (5).to_bytes(8, "big"): True}
    assert reader.pages[0].base.version == base.version
    assert hash_of(reader.documents) == reader.known.content_hash


@pytest.mark.parametrize(("generation", "version"), [(2, 1), (1, 9)])
def test_position_that_the_hub_does_not_know_gets_the_whole_scope(
    db: sa.Connection, generation: int, version: int
) -> None:
    write(db, {b"a": b"1"})
    known = sync_pb2.FeedPosition(feed=FEED, scope=SCOPE, generation=generation, version=version)

    page = read(db, sync_pb2.FeedRequest(known=known))

    assert (page.base.version, len(page.changes)) == (0, 1)


def test_restored_hub_sends_the_whole_scope(db: sa.Connection) -> None:
    write(db, {b"a": b"1"})
    reader = Reader()
    reader.pull(db, [])
    with db.begin():
        db.execute(sa.update(hub_state).values(generation=2))

    reader.pull(db, [])

    assert reader.pages[0].base.version == 0
    assert reader.known.generation == 2


@pytest.mark.parametrize(
    ("feed", "scope"), [("orders", "S002"), ("prices", "Z2"), ("items", "S001"), ("users", "*")]
)
def test_scope_of_others_is_not_read(db: sa.Connection, feed: str, scope: str) -> None:
    request = sync_pb2.FeedRequest(known=sync_pb2.FeedPosition(feed=feed, scope=scope))

    with db.begin():
        assert feeds.read_page(db, request, "S001") is None


def test_store_that_is_not_there_reads_nothing(db: sa.Connection) -> None:
    request = sync_pb2.FeedRequest(known=sync_pb2.FeedPosition(feed=FEED, scope=SCOPE))

    with db.begin():
        assert feeds.read_page(db, request, "S999") is None


KEYS = st.sampled_from([bytes([key]) for key in range(8)])
CHANGES = st.dictionaries(KEYS, st.one_of(st.none(), st.binary(max_size=3)), min_size=1, max_size=5)


@settings(max_examples=20)
@given(rounds=st.lists(st.lists(CHANGES, max_size=4), min_size=1, max_size=4))
def test_reader_has_the_hubs_content_whatever_is_decided_while_it_reads(
    databases: Databases, rounds: list[list[dict[bytes, bytes | None]]]
) -> None:
    reader = Reader()
    page_size, feeds.PAGE_CHANGES_MAX = feeds.PAGE_CHANGES_MAX, 2
    log_size, document_store.CHANGES_KEPT_MAX = document_store.CHANGES_KEPT_MAX, 6
    try:
        with open_hub(databases) as db:
            for decided in rounds:
                meanwhile = list(decided)
                if meanwhile:
                    write(db, meanwhile.pop(0))
                reader.pull(db, meanwhile)

                assert hash_of(reader.documents) == reader.known.content_hash
            reader.pull(db, [])
            with db.begin():
                newest = feed_pages.read_scope(db, FEED, SCOPE)
            assert hash_of(reader.documents) == newest.content_hash
    finally:
        feeds.PAGE_CHANGES_MAX = page_size
        document_store.CHANGES_KEPT_MAX = log_size
