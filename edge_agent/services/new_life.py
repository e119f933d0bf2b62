"""Use case: begin another epoch with a new file, made from the hub's facts and from the old file.

The hub's facts of former epochs are staged page by page beside the database while the box sells.
Then, in the writer's thread, what only the old file knows is carried over: facts that the hub lacks
by their identity, documents, registers, open tickets. The new file takes the old one's name in one
rename; until then the old one is in force. ADR 0009 says why.
"""

from __future__ import annotations

import contextlib
import logging
import pathlib

from edge_agent.store import backup, history, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.history import Life, Place
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from protos import chain, codec
from protos.codec import MalformedFactError, NewerFactError
from protos.liushui.v1 import sync_pb2
from retail_domain.trade.fact import Position

STAGED_SUFFIX = ".new-life"

log = logging.getLogger(__name__)


def take_page(
    database: pathlib.Path, identity: Identity, life: Life, page: sync_pb2.JournalPage
) -> bool:
    """Add a page of former facts to the staged file; any thread, the database is not touched.

    Args:
        database: of the box.
        identity: of the box.
        life: that was granted.
        page: behind the last one; the first page begins the staged file anew.

    Returns:
        False when it does not fit, or all of them are not the history that the life begins with:
        begin again with the first page.
    """
    if (page.after_epoch, page.after_seq) == (0, 0):
        _begin(database, identity, life)
    staged = _staged(database)
    if not staged.exists():
        return False
    with contextlib.closing(open_database(str(staged))) as db:
        place = history.read_last_place(db)
        if (place.epoch, place.seq) != (page.after_epoch, page.after_seq):
            return False
        try:
            with write_transaction(db):
                place = _write_facts(db, identity.store, life, page, place)
        except (MalformedFactError, NewerFactError) as error:
            log.error("the hub's copy of the journal cannot be read here: %s", error)
            return False
    return not page.is_last or place.head == life.start_head


def finish(
    old: Connection, database: pathlib.Path, identity: Identity, life: Life
) -> tuple[pathlib.Path, pathlib.Path]:
    """Carry over what only the old file knows; in the writer's thread, so that nothing is added.

    A fact keeps its identity and gets a new place. One of the granted epoch itself (a box that took
    another one's place sold meanwhile) keeps its place too: the hub may have it already.

    Returns:
        The staged file, whole and closed, and the name under which the old one is kept.
    """
    staged, tail = _staged(database), journal.read_tail(old)
    is_same_epoch = tail.epoch == life.epoch
    with contextlib.closing(open_database(str(staged))) as db:
        history.attach_old(db, str(database))
        with write_transaction(db):
            end = Place(life.epoch, 0, life.start_head)
            for carried in history.iterate_carried(db):
                fact = codec.decode_fact(carried.body)
                if carried.epoch == life.epoch:
                    history.insert_fact(db, fact, carried.body, carried.head)
                    end = Place(life.epoch, carried.seq, carried.head)
                    continue
                assert not is_same_epoch, "a former fact that the hub lacks"
                journal.append_fact(db, identity, fact.happening)
            if is_same_epoch:
                history.write_tail(
                    db,
                    tail=end,
                    durable_seq=tail.durable_seq,
                    hub_generation=tail.hub_generation,
                )
            history.copy_tables(db)
    return staged, database.with_name(f"{database.name}.epoch-{tail.epoch}-before-{life.epoch}")


def _begin(database: pathlib.Path, identity: Identity, life: Life) -> None:
    staged = str(backup.make_place(database, STAGED_SUFFIX))
    migrate(staged)
    with contextlib.closing(open_database(staged)) as db, write_transaction(db):
        write_identity(db, identity, epoch=life.epoch, epoch_start_head=life.start_head)
        start = Place(life.epoch, 0, life.start_head)
        history.write_tail(db, tail=start, durable_seq=0, hub_generation=life.hub_generation)


def _staged(database: pathlib.Path) -> pathlib.Path:
    return database.with_name(database.name + STAGED_SUFFIX)


def _write_facts(
    db: Connection, store: str, life: Life, page: sync_pb2.JournalPage, place: Place
) -> Place:
    for stored in page.facts:
        fact = codec.decode_fact(stored.body)
        position = fact.position
        is_next = (position.epoch, position.seq) == (place.epoch, place.seq + 1)
        is_first = position.epoch > place.epoch and position.seq == 1
        if position != Position(store, position.box_id, stored.epoch, stored.seq):
            raise MalformedFactError(f"not in its place: {position}")
        if not (is_next or is_first) or position.epoch >= life.epoch:
            raise MalformedFactError(f"not behind {place.epoch}, {place.seq}: {position}")
        place = Place(stored.epoch, stored.seq, chain.next_head(place.head, stored.body))
        history.insert_fact(db, fact, stored.body, place.head)
    return place
