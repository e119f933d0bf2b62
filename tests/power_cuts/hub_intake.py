"""Headquarters at work, recorded: batches kept and acknowledged, posted, documents sent down."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import random
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from hq_hub.services.apply import apply_next
from hq_hub.services.batches import accept_batch, accept_hello
from hq_hub.services.rebuild import verify_projections
from hq_hub.services.setup import bring_to_today
from hq_hub.store import journal
from hq_hub.store.engine import sqlite_url
from hq_hub.store.writer import Writer
from protos import chain
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    enrol_box,
    make_batch,
    make_body,
    make_hello,
    make_hub,
    put_items,
    put_stores,
    sign_batch,
)
from tests.power_cuts.apsw_library import Said, over_apsw, say_as_it_is
from tests.power_cuts.recording import VFS_NAME, Recording, recorded
from tests.power_cuts.workload import (
    Found,
    Moment,
    Recorded,
    digest_content,
    memory_folder,
    read_files,
)
from tests.retail_domain.builders import NOON, make_receipt, make_ticket

DATABASE = "hub.db"
COLA = 1
BATCH_FACTS_MAX = 6
LONG_STEPS = 100


class Chain:
    """One store's box as headquarters hears it, with its chance."""

    def __init__(self, box: EnrolledBox, chance: random.Random) -> None:
        self.box, self.chance = box, chance
        self.seq, self.head = 0, box.epoch_start_head
        self.last: sync_pb2.SignedBatch | None = None

    def make_next_batch(self) -> sync_pb2.SignedBatch:
        """Some facts behind those that were sent."""
        count = self.chance.randint(1, BATCH_FACTS_MAX)
        bodies = [self._make_body(self.seq + place) for place in range(1, count + 1)]
        batch = make_batch(self.box, bodies, first_seq=self.seq + 1, head_before=self.head)
        self.seq, self.head = self.seq + count, chain.fold_heads(self.head, bodies)
        return sign_batch(self.box, batch)

    def _make_body(self, seq: int) -> bytes:
        ticket, delivery = (
            make_ticket((COLA, 1_000, 300), receipt_no=seq),
            make_receipt((COLA, 9_000)),
        )
        return make_body(self.box, seq, seq, ticket if seq % 5 else delivery)


def hear_batch(db: sa.Connection, hub: Chain) -> None:
    """A batch is kept, and the ack goes out."""
    hub.last = hub.make_next_batch()
    ack = accept_batch(db, hub.last, hub.box.topic, NOON)
    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_STORED, hub.seq)


def hear_again(db: sa.Connection, hub: Chain) -> None:
    """The ack was lost, so the batch comes again."""
    if hub.last is not None:
        ack = accept_batch(db, hub.last, hub.box.topic, NOON)
        assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_EXISTS, hub.seq)


def hear_hello(db: sa.Connection, hub: Chain) -> None:
    """The box says where it stands."""
    accept_hello(db, make_hello(hub.box, tail_seq=hub.seq), hub.box.topic, NOON)


def post(db: sa.Connection, _hub: Chain) -> None:
    """The next block goes into the books."""
    apply_next(db, NOON)


def put_item(db: sa.Connection, hub: Chain) -> None:
    """Headquarters changes an item."""
    put_items(db, COLA, name=f"Cola {hub.chance.getrandbits(30)}")


Step = Callable[[sa.Connection, Chain], None]
EACH_ONCE: tuple[Step, ...] = (
    hear_hello, hear_batch, post, put_item, hear_batch, hear_again, hear_batch, post, hear_hello,
)  # fmt: skip

"""Every step of a hub that answers boxes and posts what they send."""
OFTEN: dict[Step, int] = {hear_batch: 60, hear_again: 5, hear_hello: 5, post: 25, put_item: 5}
"""How often a step comes among a hundred of a long day."""


def record_intake(
    steps: Iterable[Step],
    seed: int,
    *,
    name: str = "headquarters",
    checkpoint_pages: int,
    said: Said = say_as_it_is,
) -> Recorded:
    """Let a hub work through steps on a recorded disk; arguments as those of `record_trade`."""
    with memory_folder() as folder:
        hub = Chain(_set_up(folder), random.Random(seed))
        files, recording = read_files(folder), Recording(folder)
        with contextlib.ExitStack() as parts:
            parts.enter_context(recorded(recording))
            parts.enter_context(over_apsw(VFS_NAME, said, checkpoint_pages))
            writer, ops = _open(folder, parts), recording.ops
            moments = [_see_moment(writer, hub.box, begun=0, done=0)]
            for step in steps:
                begun = len(ops)
                writer.submit(step, hub).result()
                moments.append(_see_moment(writer, hub.box, begun=begun, done=len(ops)))
    return Recorded(name, files, ops, moments, RestartedHub(hub.box))


def record_long_intake(seed: int) -> Recorded:
    """Steps drawn as they come at headquarters."""
    steps = random.Random(seed).choices(list(OFTEN), list(OFTEN.values()), k=LONG_STEPS)
    return record_intake(steps, seed, name="headquarters, long", checkpoint_pages=100)


def _set_up(folder: pathlib.Path) -> EnrolledBox:
    make_hub(folder / DATABASE)
    with contextlib.ExitStack() as parts:
        writer = _open(folder, parts)
        writer.submit(put_stores, "S001").result()
        writer.submit(put_items, COLA).result()
        return writer.submit(enrol_box, "S001").result()


def _open(folder: pathlib.Path, parts: contextlib.ExitStack) -> Writer:
    """As the hub's main opens it."""
    writer = Writer(_url(folder))
    parts.callback(writer.close)
    bring_to_today(writer, _url(folder))
    return writer


def _url(folder: pathlib.Path) -> str:
    return sqlite_url(str(folder / DATABASE))


def _see_moment(writer: Writer, box: EnrolledBox, *, begun: int, done: int) -> Moment:
    digest = writer.submit(lambda db: digest_content(_Driver(db))).result()
    facts = writer.submit(journal.read_cursor, box.store, box.epoch).result().durable_seq
    return Moment(begun, done, digest, facts)


@dataclasses.dataclass(frozen=True)
class _Driver:
    """SQL as the digest says it, through SQLAlchemy."""

    db: sa.Connection

    def execute(self, sql: str, /) -> sa.CursorResult[tuple[object, ...]]:
        """Run one statement."""
        return self.db.exec_driver_sql(sql)


class RestartedHub:
    """The hub's own start on files that a cut left behind."""

    def __init__(self, box: EnrolledBox) -> None:
        self._box = box
        self._proven: set[bytes] = set()

    def __call__(self, folder: pathlib.Path) -> Found:
        """Start, compare the books with journal and apply log, keep one more batch."""
        with contextlib.ExitStack() as parts:
            writer = _open(folder, parts)
            moment = _see_moment(writer, self._box, begun=0, done=0)
            if moment.digest not in self._proven:
                checks = writer.submit(verify_projections, str(folder)).result()
                assert all(check.is_equal for check in checks), checks
                self._proven.add(moment.digest)
            writer.submit(self._go_on).result()
        return Found(moment.digest, moment.facts)

    def _go_on(self, db: sa.Connection) -> None:
        cursor = journal.read_cursor(db, self._box.store, self._box.epoch)
        db.rollback()
        seq = cursor.durable_seq + 1
        body = make_body(self._box, seq, 10_000, make_ticket((COLA, 1_000, 300), receipt_no=seq))
        batch = make_batch(self._box, [body], first_seq=seq, head_before=cursor.durable_head)
        ack = accept_batch(db, sign_batch(self._box, batch), self._box.topic, NOON)
        assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_STORED, seq)
        apply_next(db, NOON)
