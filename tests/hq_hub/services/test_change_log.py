"""The change log of documents: bounded, whole down to where it says, and never half written."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from typing import NoReturn

import pytest
import sqlalchemy as sa

from hq_hub.services import feeds
from hq_hub.store import documents as document_store
from hq_hub.store.engine import open_engine, write_transaction
from protos.feed_hash import hash_scope
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.small_chain import SmallChain
from tests.hq_hub.test_apply_killed import JOIN_TIMEOUT_S, count_and_die

FEED, SCOPE = "prices", "Z1"
LOG_MAX = 4
STEPS = 9
"""Statements of one write that prunes, BEGIN and COMMIT among them; the last test counts."""
TABLES = ("hub_state", "document", "feed_change", "feed_scope")


@pytest.fixture(autouse=True)
def short_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_store, "CHANGES_KEPT_MAX", LOG_MAX)


def write(db: sa.Connection, *keys: int, body: bytes | None = b"new") -> int:
    with write_transaction(db):
        version = document_store.next_version(db)
        changes = {bytes([key]): body for key in keys}
        document_store.write_documents(db, FEED, SCOPE, changes, version)
    return version


def read_log(small: SmallChain) -> list[tuple[object, ...]]:
    return small.read(
        f"SELECT version, key FROM feed_change WHERE feed = '{FEED}' ORDER BY version, key"
    )


def ask(small: SmallChain, request: sync_pb2.FeedRequest) -> sync_pb2.FeedPage:
    page = feeds.read_page(small.db, request, "S001")
    small.db.rollback()
    assert page is not None
    return page


def ask_behind(small: SmallChain, version: int, generation: int = 1) -> sync_pb2.FeedPage:
    known = sync_pb2.FeedPosition(feed=FEED, scope=SCOPE, generation=generation, version=version)
    return ask(small, sync_pb2.FeedRequest(known=known))


def test_log_keeps_the_newest_changes_and_documents_keep_every_version(small: SmallChain) -> None:
    kept_before = len(small.read("SELECT 1 FROM document"))
    versions = [write(small.db, 1, body=bytes([number])) for number in range(10)]

    assert read_log(small) == [(version, b"\x01") for version in versions[-LOG_MAX:]]
    assert len(small.read("SELECT 1 FROM document")) == kept_before + 10
    bodies = small.read(r"SELECT body FROM document WHERE version >= 1 ORDER BY version")
    assert bodies[-10:] == [(bytes([number]),) for number in range(10)]


def test_version_is_forgotten_whole(small: SmallChain) -> None:
    first, second = write(small.db, 1, 2, 3), write(small.db, 4, 5)

    assert read_log(small) == [(second, b"\x04"), (second, b"\x05")]
    assert ask_behind(small, first - 1).base.version == 0
    assert ask_behind(small, first).base.version == first


def test_version_larger_than_the_log_is_sent_as_the_whole_scope(small: SmallChain) -> None:
    before = write(small.db, 1)
    write(small.db, *range(1, 7))

    page = ask_behind(small, before)

    assert read_log(small) == []
    assert page.base.version == 0
    assert {change.key for change in page.changes} > {bytes([key]) for key in range(1, 7)}


def test_box_behind_the_log_gets_the_whole_scope_in_pages(
    small: SmallChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PAGE_CHANGES_MAX", 2)
    old = write(small.db, 1)
    newest = [write(small.db, key) for key in range(1, 8)][-1]

    pages = [ask_behind(small, old)]
    while not pages[-1].is_last:
        known = sync_pb2.FeedPosition(feed=FEED, scope=SCOPE, generation=1, version=old)
        after_key = pages[-1].changes[-1].key
        pages.append(
            ask(
                small,
                sync_pb2.FeedRequest(known=known, target_version=newest, after_key=after_key),
            )
        )

    assert len(pages) > 3
    assert {page.base.version for page in pages} == {0}
    content = [(change.key, change.body) for page in pages for change in page.changes]
    assert hash_scope(content) == pages[0].target.content_hash


def test_box_within_the_log_gets_what_changed_and_what_went(small: SmallChain) -> None:
    write(small.db, 1, 2, 3)
    known = write(small.db, 1)
    write(small.db, 2)
    write(small.db, 2, body=None)
    write(small.db, 3, body=b"three")

    page = ask_behind(small, known)

    assert page.base.version == known
    changes = [(change.key, change.is_removed, change.body) for change in page.changes]
    assert changes == [(b"\x02", True, b""), (b"\x03", False, b"three")]


def test_box_of_another_generation_gets_the_whole_scope_whatever_the_log_holds(
    small: SmallChain,
) -> None:
    known = write(small.db, 1)
    write(small.db, 2)

    assert ask_behind(small, known, generation=1).base.version == known
    assert ask_behind(small, known, generation=9).base.version == 0


def write_and_die(url: str, steps_max: int) -> NoReturn:
    document_store.CHANGES_KEPT_MAX = LOG_MAX
    engine = open_engine(url)
    count_and_die(engine, steps_max)
    write(engine.connect(), 5, 6)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def run_until_death(url: str, steps_max: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=write_and_die, args=(url, steps_max))
    process.start()
    process.join(JOIN_TIMEOUT_S)
    assert process.exitcode == -signal.SIGKILL


@pytest.fixture
def full(small: SmallChain) -> SmallChain:
    """The next write prunes."""
    for key in range(1, LOG_MAX + 1):
        write(small.db, key)
    return small


def read_all(small: SmallChain) -> list[list[tuple[object, ...]]]:
    return [sorted(small.read(f"SELECT * FROM {table}"), key=repr) for table in TABLES]


@pytest.mark.parametrize("steps_max", range(STEPS))
def test_hub_killed_before_any_step_has_pruned_nothing(full: SmallChain, steps_max: int) -> None:
    before = read_all(full)

    run_until_death(full.url, steps_max)

    assert read_all(full) == before
    write(full.db, 5, 6)
    assert len(read_log(full)) == LOG_MAX


def test_hub_killed_after_the_commit_has_pruned_what_it_says(full: SmallChain) -> None:
    run_until_death(full.url, STEPS)

    log = read_log(full)
    assert len(log) == LOG_MAX
    ((pruned_version,),) = full.read(f"SELECT pruned_version FROM feed_scope WHERE feed = '{FEED}'")
    assert pruned_version == int(str(log[0][0])) - 1


def test_write_takes_the_steps_that_the_killed_ones_are_cut_at(full: SmallChain) -> None:
    steps: list[str] = []
    with contextlib.closing(full.db.engine.connect()) as db:
        for event in ("before_cursor_execute", "commit"):
            sa.event.listen(db.engine, event, lambda *_details: steps.append(""))
        write(db, 5, 6)

    assert len(steps) == STEPS
