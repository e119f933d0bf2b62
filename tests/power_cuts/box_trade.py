"""A store at work, recorded: every write path of the box, and the box's own start after a cut."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import pathlib
import random
import uuid
from collections.abc import Callable, Iterable, Mapping

from edge_agent.config import Config
from edge_agent.main import Stored, open_stored
from edge_agent.services import (
    adjustments,
    counting,
    exchange,
    goods,
    printing,
    register,
    returns,
    shifts,
)
from edge_agent.services.adjustments import Adjustment, Correction
from edge_agent.services.box import Box, Clock, Operator
from edge_agent.services.counting import Counted
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.services.register import BasketLine, Command, CommandName
from edge_agent.services.seat import Seat
from edge_agent.store import feeds, journal, registers
from edge_agent.store.errors import DiskFullError
from edge_agent.store.sqlite_library import Connection
from hardware.driver import JobState
from protos import documents
from protos.feed_hash import hash_scope
from protos.liushui.v1 import sync_pb2
from retail_domain.catalog.item import Price
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.tender import TenderKind
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import (
    ANYBODY,
    APPLES,
    COLA,
    COLA_CODE,
    NOODLES,
    PRICES_FEN,
    PRINTER,
    make_box,
    open_box,
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
from tests.retail_domain.builders import NOON

DATABASE = "box.sqlite"
STAFF = "1001"
LONG_STEPS = 400
JOBS_AT_ONCE = 10
JOBS_OF_NO_FACT = """
    SELECT count(*) FROM print_job
    WHERE fact_id IS NOT NULL AND fact_id NOT IN (SELECT fact_id FROM journal)
"""
WRITES_OF_A_STEP_MAX = 1_000
"""None comes near it."""
OPERATOR = Operator(STAFF, "1")
SEAT = Seat("1", STAFF, OpenTicket())


class Store:
    """One box at work, with its chance."""

    def __init__(self, stored: Stored, chance: random.Random) -> None:
        self.stored, self.chance = stored, chance
        ticks = itertools.count()
        self.box: Box = make_box(
            Clock(
                now=lambda: NOON + datetime.timedelta(seconds=next(ticks)),
                monotonic_ms=lambda: next(ticks),
                random_bits=chance.getrandbits,
                boot_id=uuid.UUID(int=7),
            )
        )
        self.sales: list[tuple[uuid.UUID, int]] = []
        """Tickets of cola that may come back: fact and milli."""
        self.count_id: uuid.UUID | None = None
        self.counted = False
        self.is_shift_open = False
        self.jobs: tuple[printing.TakenJob, ...] = ()
        """What the printer was given last."""

    def new_id(self) -> uuid.UUID:
        """Identity of a fact or a command."""
        return make_fact_id(int(NOON.timestamp() * 1000), self.chance.getrandbits(74))


def sell(db: Connection, store: Store) -> None:
    """A basket of one to three lines; its receipt's job is queued with it."""
    chance, fact_id = store.chance, store.new_id()
    lines = [
        BasketLine(item_id, "", chance.randint(1, 5) * 1_000, PRICES_FEN[item_id])
        for item_id in chance.sample([COLA, NOODLES, APPLES], chance.randint(1, 3))
    ]
    tender = chance.choice(list(TenderKind)[:2])
    register.sell_basket(db, store.box, SEAT, lines, fact_id=fact_id, tender=tender)
    if lines[0].item_id == COLA:
        store.sales.append((fact_id, lines[0].quantity_milli))


def scan(db: Connection, store: Store) -> None:
    """A line on the open ticket."""
    _command(db, store, CommandName.SCAN, code=COLA_CODE)


def pay(db: Connection, store: Store) -> None:
    """The open ticket becomes a sale, or a refusal if it is empty; both are kept."""
    _command(db, store, CommandName.PAY, tenders=((TenderKind.CASH, 100_000),))


def clear(db: Connection, store: Store) -> None:
    """Lines that leave the screen leave a fact."""
    _command(db, store, CommandName.CLEAR_TICKET, reason="customer_left")


def bring_back(db: Connection, store: Store) -> None:
    """A sale comes back, with a noodle soup bought for it; or a sale, while there is none."""
    if not store.sales:
        sell(db, store)
        return
    sale_id, quantity_milli = store.sales[-1]
    goods_back = GoodsBack(quantity_milli, StockState.DAMAGED, "broken")
    wish = returns.ExchangeWish([returns.BroughtBack(sale_id, 1, goods_back)], TenderKind.CASH)
    returns.exchange(db, store.box, SEAT, wish, fact_id=store.new_id())
    store.sales.pop()


def print_out(db: Connection, store: Store) -> None:
    """The printer's process takes what waits: from here on it is on paper."""
    store.jobs, _expired = printing.take_jobs(db, store.box, (PRINTER,), JOBS_AT_ONCE)


def hear_printer(db: Connection, store: Store) -> None:
    """The printer's process says what it put out."""
    sent = JobState.SENT
    news = tuple(printing.JobNews(taken.job.job_id, sent, 1, "") for taken in store.jobs)
    printing.note_news(db, store.box, news)


def receive(db: Connection, store: Store) -> None:
    """A delivery."""
    lines = [OrderLine(COLA, 24_000), OrderLine(APPLES, store.chance.randint(1, 9_999))]
    goods.receive_goods(db, store.box, "PO-000001", lines, fact_id=store.new_id(), staff_no=STAFF)


def ship(db: Connection, store: Store) -> None:
    """Goods for another store."""
    lines = [OrderLine(COLA, 1_000)]
    goods.ship_transfer(db, store.box, "T-000001", lines, fact_id=store.new_id(), staff_no=STAFF)


def arrive(db: Connection, store: Store) -> None:
    """Goods from another store."""
    lines = [OrderLine(APPLES, 500)]
    goods.receive_transfer(db, store.box, "T-000002", lines, fact_id=store.new_id(), staff_no=STAFF)


def adjust(db: Connection, store: Store) -> None:
    """Something broke."""
    broken = Adjustment(COLA, 1_000, StockState.SELLABLE, StockState.DAMAGED)
    correction = Correction(AdjustmentReason.DAMAGED, [broken])
    adjustments.adjust_stock(db, store.box, OPERATOR, correction, fact_id=store.new_id())


def count(db: Connection, store: Store) -> None:
    """A count goes one step on: begun, a line, closed."""
    if store.count_id is None:
        count_id = store.new_id()
        counting.begin_count(db, store.box, OPERATOR, count_id=count_id, reason="monthly")
        store.count_id, store.counted = count_id, False
    elif not store.counted:
        counted = Counted(COLA, store.chance.randint(0, 50) * 1_000)
        counting.count_line(db, store.box, OPERATOR, store.count_id, counted)
        store.counted = True
    else:
        counting.close_count(db, store.box, OPERATOR, store.count_id, fact_id=store.new_id())
        store.count_id = None


def shift(db: Connection, store: Store) -> None:
    """A shift is opened, or closed once nothing is rung up."""
    if registers.read_open_ticket(db, "1").lines:
        clear(db, store)
        return
    if store.is_shift_open:
        shifts.close_shift(db, store.box, OPERATOR, 50_000, fact_id=store.new_id())
    else:
        shifts.open_shift(db, store.box, OPERATOR, 50_000, fact_id=store.new_id())
    store.is_shift_open = not store.is_shift_open


def hear_ack(db: Connection, store: Store) -> None:
    """Headquarters acknowledges some of the journal."""
    tail = journal.read_tail(db)
    seq = store.chance.randint(tail.durable_seq, tail.seq)
    head = journal.read_head(db, tail.epoch, seq)
    assert head is not None
    ack = sync_pb2.Ack(epoch=tail.epoch, durable_seq=seq, durable_head=head, hub_generation=1)
    assert exchange.take_ack(db, ack)[0]


def hear_prices(db: Connection, store: Store) -> None:
    """Headquarters changes a price."""
    known = feeds.read_position(db, documents.PRICES_FEED)
    fen = PRICES_FEN | {APPLES: store.chance.randint(1, 9_999)}
    rows = sorted(
        (documents.item_key(item_id), documents.encode_price(Price(item_id, price_fen)))
        for item_id, price_fen in fen.items()
    )
    version = known.version + 1
    target = feeds.ScopePosition(known.feed, known.scope, 1, version, hash_scope(rows))
    changes = [sync_pb2.Change(key=key, version=version, body=body) for key, body in rows]
    pages = [sync_pb2.FeedPage(changes=changes)]
    assert exchange.take_pages(db, base_version=known.version, target=target, pages=pages)


def save_head(db: Connection, store: Store) -> None:
    """What head_sidecar.keep_head does each second."""
    store.stored.sidecar.save(journal.read_tail(db))


def _command(db: Connection, store: Store, name: CommandName, **fields: object) -> register.Done:
    command = Command(command_id=store.new_id(), name=name, **fields)  # type: ignore[arg-type]  # By name.
    return register.execute_command(db, store.box, "1", ANYBODY, command)


Step = Callable[[Connection, Store], None]
EACH_ONCE: tuple[Step, ...] = (
    receive, shift, sell, print_out, hear_printer, save_head, scan, scan, pay, bring_back, scan,
    clear, count, count, sell, count, ship, hear_ack, arrive, hear_prices, sell, adjust, save_head,
    shift, hear_ack,
)  # fmt: skip
"""Every write path of a day, in an order that a day may have."""
OFTEN: dict[Step, int] = {
    sell: 50, print_out: 5, hear_printer: 5, scan: 8, pay: 4, clear: 1, bring_back: 5, receive: 3,
    ship: 1, arrive: 1, adjust: 1, count: 3, shift: 1, hear_ack: 6, hear_prices: 1, save_head: 6,
}  # fmt: skip
"""How often a step comes among a hundred of a long day."""


def record_trade(
    name: str,
    steps: Iterable[Step],
    seed: int,
    *,
    checkpoint_pages: int,
    said: Said = say_as_it_is,
) -> Recorded:
    """Let a box work through steps on a recorded disk.

    Args:
        name: of the workload.
        steps: in order, each one transaction at most.
        seed: of all chance.
        checkpoint_pages: how long the WAL gets; SQLite's own habit is 1,000.
        said: may change what the box says to SQLite; for mutants.
    """
    with memory_folder() as folder, contextlib.ExitStack() as parts:
        open_box(str(folder / DATABASE)).close()
        files, recording = read_files(folder), Recording(folder)
        parts.enter_context(recorded(recording))
        parts.enter_context(over_apsw(VFS_NAME, said, checkpoint_pages))
        _box, stored = open_stored(Config(folder=folder), parts)
        store, ops = Store(stored, random.Random(seed)), recording.ops
        moments = [see_moment(stored, begun=0, done=0)]
        for step in steps:
            begun = len(ops)
            stored.writer.submit(step, store).result()
            moments.append(see_moment(stored, begun=begun, done=len(ops)))
    return Recorded(name, files, ops, moments, RestartedBox())


def record_long_day(seed: int) -> Recorded:
    """Steps drawn as they come in a shop."""
    steps = random.Random(seed).choices(list(OFTEN), list(OFTEN.values()), k=LONG_STEPS)
    return record_trade("long day", steps, seed, checkpoint_pages=100)


def record_full_disk(seed: int, steps: Iterable[Step] = EACH_ONCE) -> Recorded:
    """Let the disk be full at each write of each step in turn: refused, nothing half, then done."""
    with memory_folder() as folder, contextlib.ExitStack() as parts:
        open_box(str(folder / DATABASE)).close()
        files, recording = read_files(folder), Recording(folder)
        parts.enter_context(recorded(recording))
        parts.enter_context(over_apsw(VFS_NAME, checkpoint_pages=20))
        _box, stored = open_stored(Config(folder=folder), parts)
        store, ops = Store(stored, random.Random(seed)), recording.ops
        moments = [see_moment(stored, begun=0, done=0)]
        for step in steps:
            for room in range(WRITES_OF_A_STEP_MAX):
                begun = len(ops)
                is_done = _try(step, store, recording, room)
                moments.append(see_moment(stored, begun=begun, done=len(ops)))
                if is_done:
                    break
                assert moments[-1].digest == moments[-2].digest, (step, room)
    return Recorded("full disk", files, ops, moments, RestartedBox())


def _try(step: Step, store: Store, recording: Recording, room: int) -> bool:
    """Whether a step is done on a disk that takes so many writes; a sentence, if it is not."""
    recording.room = room
    try:
        store.stored.writer.submit(step, store).result()
    except DiskFullError:
        return False
    finally:
        recording.room = None
    return True


def record_start(files: Mapping[str, bytes]) -> Recorded:
    """Let the box start on what a cut left behind, and sell once."""
    with memory_folder() as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        recording = Recording(folder)
        with recorded(recording), over_apsw(VFS_NAME), contextlib.ExitStack() as parts:
            box, stored = open_stored(Config(folder=folder), parts)
            start = see_moment(stored, begun=0, done=0)
            begun = len(recording.ops)
            stored.writer.submit(sell_cola, box, 2).result()
            sold = see_moment(stored, begun=begun, done=len(recording.ops))
    return Recorded("cut again", files, recording.ops, [start, sold], RestartedBox())


def see_moment(stored: Stored, *, begun: int, done: int) -> Moment:
    """How the box stands between two steps."""
    digest = stored.writer.submit(digest_content).result()
    tail = stored.writer.submit(journal.read_tail).result()
    return Moment(begun, done, digest, tail.seq, tail.durable_seq)


GoOn = Callable[[Connection, Box], Fact]


def sell_cola(db: Connection, box: Box, number: int = 1) -> Fact:
    """One more sale; its number makes the identity."""
    line = BasketLine(COLA, "", 1_000, PRICES_FEN[COLA])
    fact_id = uuid.UUID(int=number)
    return register.sell_basket(db, box, SEAT, [line], fact_id=fact_id, tender=TenderKind.CASH)


class RestartedBox:
    """The box's own start on files that a cut left behind."""

    def __init__(self, go_on: GoOn = sell_cola) -> None:
        self._go_on = go_on
        self._proven: set[bytes] = set()
        """States whose journal was walked and folded already: equal rows, equal answers."""

    def __call__(self, folder: pathlib.Path) -> Found:
        """Start, compare the projections with the journal, write one more fact."""
        with contextlib.ExitStack() as parts:
            box, stored = open_stored(Config(folder=folder), parts)
            submit = stored.writer.submit
            digest = submit(digest_content).result()
            if digest not in self._proven:
                submit(_prove).result()
                self._proven.add(digest)
            facts = submit(journal.read_tail).result().seq
            assert submit(self._go_on, box).result().position.seq == facts + 1
        return Found(digest, facts)


def _prove(db: Connection) -> None:
    check_chain(db)
    (unknown,) = db.execute(JOBS_OF_NO_FACT).fetchall()
    assert unknown == (0,), "something is printed that did not happen"
    for comparison in verify_projections(db):
        assert comparison.differing_rows == 0, comparison
