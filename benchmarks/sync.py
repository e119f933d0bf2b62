"""sync: from a box's journal to the hub's durable ack, over gRPC and MQTT, beside raw transfers.

The raw arm sends the same messages over the same transport, as many at once, to a process that
appends the same rows to the same table, ready beforehand, one transaction a message. Its time ends
with the answer; the box's commit of the cursor is the product's alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import pathlib
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

import grpc

from benchmarks import trade
from benchmarks.box_commit import INSERT_FACT, MOVE_TAIL
from benchmarks.measure import Figures, latency_ms, peak_rss_mb, spread
from benchmarks.sync_chain import BenchBox, BenchChain, run_chain
from benchmarks.sync_hub import RAW, RAW_METHOD, open_mqtt, subscribe
from benchmarks.trade import LINES_A_TICKET
from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, KEY_FILE
from edge_agent.services.exchange import Speaker, make_batch
from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection, Row
from edge_agent.store.writer import Writer
from edge_agent.sync.grpc_carrier import GrpcCarrier, GrpcSettings
from edge_agent.sync.mqtt_carrier import MqttCarrier, MqttSettings
from edge_agent.sync.runner import Carrier, LineClock, LineRunner
from edge_agent.sync.signals import LineState
from edge_agent.sync.uplink import BATCH_BYTES_MAX, BATCH_FACTS_MAX, FLIGHTS_MAX
from protos import chain, codec, topics
from retail_domain.trade.fact import Fact, Position
from retail_domain.trade.ticket import Ticket

ROUNDS = 7
FACTS = 10_000
ITEMS = 1_000
TICKETS_DRAWN = 500
"""Different tickets; a journal repeats them under new identities."""
SALES = 150
"""Of the idle box, one by one."""
PAUSE_MIN_S, PAUSE_MAX_S = 0.005, 0.03
WAIT_S = 30.0
LATENCY_STORE = "S900"


SendAll = Callable[[Sequence[bytes]], Awaitable[None]]


@dataclasses.dataclass(slots=True)
class Run:
    """One round of one arm."""

    wall_s: float
    box_cpu_s: float
    hub_cpu_s: float


@dataclasses.dataclass(slots=True)
class Transfers:
    """All rounds of one transport."""

    ours: list[Run] = dataclasses.field(default_factory=list)
    raw: list[Run] = dataclasses.field(default_factory=list)
    message_bytes: int = 0

    def tell(self) -> dict[str, Any]:
        """Figures of the transport."""
        rates, limits = ([FACTS / run.wall_s for run in arm] for arm in (self.ours, self.raw))
        return {
            "facts_per_s": spread(rates),
            "raw_facts_per_s": spread(limits),
            "ratio": round(statistics.median(rates) / statistics.median(limits), 3),
            "box_cpu_us_per_fact": _cpu_us(run.box_cpu_s for run in self.ours),
            "hub_cpu_us_per_fact": _cpu_us(run.hub_cpu_s for run in self.ours),
            "raw_box_cpu_us_per_fact": _cpu_us(run.box_cpu_s for run in self.raw),
            "raw_hub_cpu_us_per_fact": _cpu_us(run.hub_cpu_s for run in self.raw),
            "message_bytes": self.message_bytes,
        }


def _cpu_us(rounds_s: Iterable[float]) -> float:
    return round(statistics.median(rounds_s) / FACTS * 1e6, 2)


class Line:
    """A box's end of the line: real runner, real writer thread, real journal."""

    def __init__(self, box: BenchBox, carriers: list[Carrier]) -> None:
        self.writer = Writer(str(box.database))
        self._changed = asyncio.Event()
        self.runner = LineRunner(
            Speaker(box.identity, box.key, trade.BOOT_ID, "bench"),
            self.writer,
            carriers,
            LineClock(lambda: trade.START, lambda: time.monotonic_ns() // 1_000_000),
            self._show,
        )

    async def wait_until(self, is_so: Callable[[LineState], bool]) -> None:
        """Wait for a state of the line."""
        async with asyncio.timeout(WAIT_S):
            while not is_so(self.runner.state):
                self._changed.clear()
                await self._changed.wait()

    def _show(self, _state: LineState) -> None:
        self._changed.set()


@contextlib.asynccontextmanager
async def open_line(box: BenchBox, carriers: list[Carrier]) -> AsyncIterator[Line]:
    """Run a line until it is greeted on all its ways, and close it afterwards."""
    line = Line(box, carriers)
    running = asyncio.create_task(line.runner.run())
    try:
        await line.wait_until(lambda state: len(state.online) == len(carriers))
        yield line
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        line.writer.close()


def run(folder: pathlib.Path) -> Figures:
    """Measure both transports in turn, then the idle sale."""
    stores = [f"S{number:03}" for number in range(1, 2 * (ROUNDS + 1) + 1)]
    goods = trade.make_goods(ITEMS)
    baskets = trade.draw_baskets(goods, seed=2)
    tickets = [trade.make_ticket(goods, next(baskets), 1) for _ in range(TICKETS_DRAWN)]
    with run_chain(folder, [*stores, LATENCY_STORE]) as bench:
        return asyncio.run(measure(bench, stores, tickets))


async def measure(bench: BenchChain, stores: Sequence[str], tickets: list[Ticket]) -> Figures:
    """Take turns: ours and raw over gRPC, ours and raw over MQTT, and again."""
    ways = {"grpc": (grpc_carrier, raw_grpc)}
    if bench.broker:
        ways["mqtt"] = (mqtt_carrier, raw_mqtt)
    told = {name: Transfers() for name in ways}
    waiting = iter(stores)
    for number in range(ROUNDS + 1):
        for name, (make_carrier, connect_raw) in ways.items():
            box = bench.boxes[next(waiting)]
            ours = await push(bench, box, make_carrier(bench, box), tickets)
            messages, last_seqs = read_messages(box)
            bench.ask("prepare", box.identity.store, last_seqs)
            async with connect_raw(bench, box) as send_all:
                raw = await timed(bench, send_all(messages))
            assert bench.ask("count", box.identity.store) == FACTS
            if number:  # The first is warm-up.
                told[name].ours.append(ours)
                told[name].raw.append(raw)
                told[name].message_bytes = len(messages[0])
    waits_s = await sell_idle(bench, tickets)
    return make_figures(bench, told, waits_s)


def make_figures(
    bench: BenchChain, told: dict[str, Transfers], waits_s: dict[str, list[float]]
) -> Figures:
    """Put all together; the headline is the transport that is further from its limit."""
    transports = {name: transfers.tell() for name, transfers in told.items()}
    worst = min(transports, key=lambda name: transports[name]["ratio"])
    shown = transports[worst]
    cpu_us = shown["box_cpu_us_per_fact"] + shown["hub_cpu_us_per_fact"]
    return Figures(
        bench="sync",
        value=shown["facts_per_s"]["median"],
        unit="facts/s",
        limit=shown["raw_facts_per_s"]["median"],
        cpu_us_per_line=cpu_us / LINES_A_TICKET,
        peak_rss_mb=max(peak_rss_mb(), bench.usage().peak_rss_mb),
        detail={
            "transport": worst,
            **transports,
            "idle_sale": {name: latency_ms(waits) for name, waits in waits_s.items()},
            "facts": FACTS,
            "lines_per_fact": LINES_A_TICKET,
            "batches_in_flight": FLIGHTS_MAX,
            "broker": bench.broker or "none installed",
            "guarantee": "signed, chained batches over mutual TLS; FULL commits at both ends",
        },
    )


async def push(bench: BenchChain, box: BenchBox, carrier: Carrier, tickets: list[Ticket]) -> Run:
    """The product's arm: FACTS tickets stand in the journal; wait until the hub has them all."""
    async with open_line(box, [carrier]) as line:
        await line.writer.run(append_tickets, box.identity, tickets, FACTS)

        async def acknowledge() -> None:
            line.runner.journal_grew()
            await line.wait_until(lambda state: state.unacknowledged_facts > 0)
            await line.wait_until(lambda state: state.unacknowledged_facts == 0)

        spent = await timed(bench, acknowledge())
        tail = await line.writer.run(journal.read_tail)
        assert tail.durable_seq == tail.seq == FACTS
        return spent


async def timed(bench: BenchChain, work: Awaitable[None]) -> Run:
    """Time some work at both ends."""
    hub_cpu_s, cpu_s, wall_s = bench.usage().cpu_s, time.process_time(), time.perf_counter()
    await work
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    return Run(wall_s, cpu_s, bench.usage().cpu_s - hub_cpu_s)


def append_tickets(
    db: Connection, identity: Identity, tickets: Sequence[Ticket], count: int
) -> None:
    """Fill an empty journal without its stock: how it got there is not what is measured."""
    chance = random.Random(identity.store)  # noqa: S311 - trade, not keys
    epoch, head = journal.read_tail(db).epoch, journal.read_tail(db).head
    rows: list[Row] = []
    for seq in range(1, count + 1):
        ticket = dataclasses.replace(tickets[seq % len(tickets)], receipt_no=seq)
        happening = trade.make_happening(ticket, chance)
        position = Position(identity.store, identity.box_id, epoch, seq)
        body = codec.encode_fact(Fact(position, happening))
        head = chain.next_head(head, body)
        rows.append((epoch, seq, happening.fact_id.bytes, happening.kind.value, 0, body, head))
    with write_transaction(db):
        db.executemany(INSERT_FACT, rows)
        db.execute(MOVE_TAIL, (count, head))


def read_messages(box: BenchBox) -> tuple[list[bytes], list[int]]:
    """The messages as the product makes them, with the seq that each ends at."""
    speaker = Speaker(box.identity, box.key, trade.BOOT_ID, "bench")
    messages: list[bytes] = []
    last_seqs: list[int] = []
    with contextlib.closing(open_database(str(box.database))) as db:
        while (after_seq := last_seqs[-1] if last_seqs else 0) < FACTS:
            batch, last_seq = make_batch(
                db,
                speaker,
                after_seq=after_seq,
                facts_max=BATCH_FACTS_MAX,
                bytes_max=BATCH_BYTES_MAX,
            )
            messages.append(box.identity.store.encode() + b"\0" + batch.SerializeToString())
            last_seqs.append(last_seq)
    return messages, last_seqs


def grpc_carrier(bench: BenchChain, box: BenchBox) -> Carrier:
    """The bulk way."""
    files = (CA_FILE, CERTIFICATE_FILE, KEY_FILE)
    papers = [(box.pki / name).read_bytes() for name in files]
    return GrpcCarrier(GrpcSettings(f"localhost:{bench.place.config.grpc_port}", *papers))


def mqtt_carrier(bench: BenchChain, box: BenchBox) -> Carrier:
    """The live way."""
    files = [box.pki / name for name in (CA_FILE, CERTIFICATE_FILE, KEY_FILE)]
    identity, port = box.identity, bench.place.config.mqtt_port
    settings = MqttSettings("localhost", port, identity.store, identity.box_id, *files)
    return MqttCarrier(settings, random.random)


@contextlib.asynccontextmanager
async def raw_grpc(bench: BenchChain, box: BenchBox) -> AsyncIterator[SendAll]:
    """Connect over gRPC; messages go FLIGHTS_MAX at once, each answered by one."""
    ca, certificate, key = (
        (box.pki / name).read_bytes() for name in (CA_FILE, CERTIFICATE_FILE, KEY_FILE)
    )
    credentials = grpc.ssl_channel_credentials(ca, key, certificate)
    target = f"localhost:{bench.place.raw_grpc_port}"
    async with grpc.aio.secure_channel(target, credentials) as channel:
        call: Callable[..., Awaitable[bytes]] = channel.unary_unary(RAW_METHOD)
        flights = asyncio.Semaphore(FLIGHTS_MAX)

        async def send(message: bytes) -> None:
            async with flights:
                await call(message)

        async def send_all(messages: Sequence[bytes]) -> None:
            await asyncio.gather(*(send(message) for message in messages))

        await channel.channel_ready()
        yield send_all


@contextlib.asynccontextmanager
async def raw_mqtt(bench: BenchChain, box: BenchBox) -> AsyncIterator[SendAll]:
    """Connect to the broker; messages go FLIGHTS_MAX at once, each answered by one."""
    store, loop = box.identity.store, asyncio.get_running_loop()
    client = open_mqtt(bench.place.config.mqtt_port, box.pki, "box", client_id=f"raw-{store}")
    flights = asyncio.Semaphore(FLIGHTS_MAX)

    def hear(*_: object) -> None:
        loop.call_soon_threadsafe(flights.release)

    client.on_message = hear
    subscribe(client, topics.down(store, RAW))

    async def send_all(messages: Sequence[bytes]) -> None:
        for message in messages:
            await flights.acquire()
            client.publish(topics.up(store, RAW), message)
        for _ in range(FLIGHTS_MAX):
            await flights.acquire()

    yield send_all
    client.disconnect()
    client.loop_stop()


async def sell_idle(bench: BenchChain, tickets: Sequence[Ticket]) -> dict[str, list[float]]:
    """Sell one ticket at a time on an idle box; the wait from its commit to its ack."""
    box = bench.boxes[LATENCY_STORE]
    carriers = {"grpc": [grpc_carrier(bench, box)]}
    if bench.broker:
        carriers["mqtt"] = [mqtt_carrier(bench, box)]
        carriers["both"] = [mqtt_carrier(bench, box), grpc_carrier(bench, box)]
    waits_s: dict[str, list[float]] = {}
    for name, ways in carriers.items():
        async with open_line(box, ways) as line:
            waits_s[name] = [await sell_one(line, box, tickets) for _ in range(SALES)]
    return waits_s


async def sell_one(line: Line, box: BenchBox, tickets: Sequence[Ticket]) -> float:
    """Commit one ticket and wait until the hub has it. Returns seconds."""
    await asyncio.sleep(random.uniform(PAUSE_MIN_S, PAUSE_MAX_S))  # noqa: S311 - a customer
    await line.writer.run(append_one, box.identity, tickets)
    began_s = time.perf_counter()
    line.runner.journal_grew()
    await line.wait_until(lambda state: state.unacknowledged_facts > 0)
    await line.wait_until(lambda state: state.unacknowledged_facts == 0)
    return time.perf_counter() - began_s


def append_one(db: Connection, identity: Identity, tickets: Sequence[Ticket]) -> None:
    """Append the register's next ticket."""
    tail = journal.read_tail(db)
    ticket = dataclasses.replace(tickets[tail.seq % len(tickets)], receipt_no=tail.seq + 1)
    chance = random.Random(f"{identity.store} {tail.seq}")  # noqa: S311 - trade, not keys
    with write_transaction(db):
        journal.append_fact(db, identity, trade.make_happening(ticket, chance))
