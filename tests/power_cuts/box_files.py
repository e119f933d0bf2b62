"""What a box does with whole files, recorded: first start, upgrade, new life, restore."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import pathlib
from collections.abc import Callable, Iterator

from pysqlite3 import dbapi2

from edge_agent.config import Config
from edge_agent.main import Stored, open_stored
from edge_agent.services import new_life
from edge_agent.services.backup import back_up_box, restore_box
from edge_agent.services.box import Box
from edge_agent.services.facts import write_fact
from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.history import Life
from edge_agent.store.identity import write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from protos.chain import GENESIS
from protos.liushui.v1 import sync_pb2
from retail_domain.trade.box_event import BoxEvent, BoxEventKind
from retail_domain.trade.fact import Fact
from tests.edge_agent.shop_setup import COLA, IDENTITY, open_box
from tests.power_cuts.apsw_library import Said, over_apsw, say_as_it_is
from tests.power_cuts.box_trade import (
    DATABASE,
    OPERATOR,
    RestartedBox,
    see_moment,
    sell_cola,
)
from tests.power_cuts.recording import VFS_NAME, Recording, recorded
from tests.power_cuts.workload import (
    Found,
    Moment,
    Recorded,
    digest_content,
    memory_folder,
    read_files,
)
from tests.retail_domain.builders import NOON, make_happening, make_ticket

DUMP_OF_V1 = pathlib.Path(__file__).parents[1] / "databases" / "box_1.sql"
FACTS_OF_HUB, FACTS_A_PAGE = 40, 20
"""So many that the new file is longer than the old one: what belongs to that would spoil it."""
BACKUP = "backup.sqlite"


@contextlib.contextmanager
def _on_recorded_disk(folder: pathlib.Path, said: Said) -> Iterator[Recording]:
    recording = Recording(folder)
    with recorded(recording), over_apsw(VFS_NAME, said):
        yield recording


def record_first_start(said: Said = say_as_it_is) -> Recorded:
    """An empty folder becomes a box that knows its store."""
    with memory_folder() as folder, _on_recorded_disk(folder, said) as recording:
        path, ops = str(folder / DATABASE), recording.ops
        migrate(path)
        with contextlib.closing(open_database(path)) as db:
            moments = [Moment(0, 0, digest_content(db), 0)]
            moments.append(Moment(0, len(ops), digest_content(db), 0))
            with write_transaction(db):
                write_identity(db, IDENTITY, epoch=1, epoch_start_head=GENESIS)
            moments.append(Moment(moments[-1].done, len(ops), digest_content(db), 0))
    return Recorded("first start", {}, ops, moments, _restart_empty)


def _restart_empty(folder: pathlib.Path) -> Found:
    path = str(folder / DATABASE)
    migrate(path)
    with contextlib.closing(open_database(path)) as db:
        return Found(digest_content(db), 0)


def record_upgrade(said: Said = say_as_it_is) -> Recorded:
    """A box of the first schema is started by today's program."""
    with memory_folder() as folder:
        with contextlib.closing(dbapi2.connect(folder / DATABASE)) as old:
            old.executescript(DUMP_OF_V1.read_text(encoding="utf-8"))
            old.execute("PRAGMA journal_mode = WAL")
        files = read_files(folder)
        with _on_recorded_disk(folder, said) as recording, contextlib.ExitStack() as parts:
            _box, stored = open_stored(Config(folder=folder), parts)
            # Whatever the cut leaves, the next start finishes the upgrade: one state in the end.
            moments = [see_moment(stored, begun=0, done=0)]
    return Recorded("upgrade", files, recording.ops, moments, RestartedBox(_note_start))


def _note_start(db: Connection, box: Box) -> Fact:
    """The dump has no item to sell."""
    with write_transaction(db):
        return write_fact(db, box, OPERATOR, BoxEvent(BoxEventKind.STARTED, "0.1.0"))


def record_new_life(said: Said = say_as_it_is) -> Recorded:
    """A restored box takes the hub's history and exchanges its file, then sells on."""
    with memory_folder() as folder:
        pages, life = _make_history(folder)
        files = read_files(folder)
        with _on_recorded_disk(folder, said) as recording, contextlib.ExitStack() as parts:
            box, stored = open_stored(Config(folder=folder), parts)
            ops, database = recording.ops, folder / DATABASE
            moments = [see_moment(stored, begun=0, done=0)]

            def do(step: Callable[[], object]) -> None:
                begun = len(ops)
                step()
                moments.append(see_moment(stored, begun=begun, done=len(ops)))

            save_head = functools.partial(_save_head, stored)
            do(save_head)
            for page in pages:
                do(functools.partial(new_life.take_page, database, IDENTITY, life, page))
            make = functools.partial(
                new_life.finish, database=database, identity=IDENTITY, life=life
            )
            do(lambda: asyncio.run(stored.writer.exchange(make)))
            do(save_head)
            do(lambda: stored.writer.submit(sell_cola, box, 2).result())
            do(save_head)
    return Recorded("new life", files, ops, moments, RestartedBox())


def _make_history(folder: pathlib.Path) -> tuple[list[sync_pb2.JournalPage], Life]:
    """A restored box in the folder; the hub knows more of it, it alone knows 103."""
    with memory_folder() as elsewhere:
        path = elsewhere / "hub-copy.sqlite"
        with contextlib.closing(open_box(str(path))) as db:
            _append(db, *range(1, FACTS_OF_HUB + 1))
            life = Life(2, journal.read_tail(db).head, hub_generation=7)
            facts = [
                sync_pb2.StoredFact(epoch=1, seq=fact.position.seq, body=body)
                for fact, body, _head in journal.iterate_facts(db)
            ]
    pages = [
        sync_pb2.JournalPage(
            store=IDENTITY.store,
            after_epoch=1 if start else 0,
            after_seq=start,
            facts=facts[start : start + FACTS_A_PAGE],
            is_last=start + FACTS_A_PAGE >= len(facts),
        )
        for start in range(0, len(facts), FACTS_A_PAGE)
    ]
    with contextlib.closing(open_box(str(folder / DATABASE))) as db:
        _append(db, 1, 2, 103)
    return pages, life


def _append(db: Connection, *numbers: int) -> None:
    with write_transaction(db):
        for number in numbers:
            ticket = make_ticket((COLA, 1_000, 300), receipt_no=number)
            journal.append_fact(db, IDENTITY, make_happening(ticket, number))


def _save_head(stored: Stored) -> None:
    stored.sidecar.save(stored.writer.submit(journal.read_tail).result())


def record_restore(said: Said = say_as_it_is) -> Recorded:
    """A damaged file is put aside for a backup; died half-way, the person says it again."""
    with memory_folder() as folder:
        database = folder / DATABASE
        with contextlib.closing(open_box(str(database))) as db:
            _append(db, 1)
            back_up_box(db, folder / BACKUP)
            _append(db, 2, 3)
        restart = _RestoredBox((folder / BACKUP).read_bytes())
        files = read_files(folder)
        with _on_recorded_disk(folder, said) as recording:
            _restore(folder)
        found = restart(folder)
    moment = Moment(0, 0, found.digest, found.facts)
    return Recorded("restore", files, recording.ops, [moment], restart)


def _restore(folder: pathlib.Path) -> None:
    config = Config(folder=folder)
    sidecar = config.path(config.head_sidecar)
    restore_box(config.path(config.database), sidecar, folder / BACKUP, NOON)


class _RestoredBox:
    """The verb again, then the start; the backup is untouched and the damaged file still there."""

    def __init__(self, backup: bytes) -> None:
        self._backup = backup
        self._start = RestartedBox()

    def __call__(self, folder: pathlib.Path) -> Found:
        """Restore, start, sell."""
        assert (folder / BACKUP).read_bytes() == self._backup
        _restore(folder)
        return self._start(folder)
