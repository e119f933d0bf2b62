"""One run of the simulation: a hub, some stores, bad weather, and what becomes of machines.

One integer makes all of it: every fault comes from one random source, and time is a number.
"""

from __future__ import annotations

import collections
import contextlib
import datetime
import pathlib
import random

import sqlalchemy as sa
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as WireMessage

from edge_agent.store import journal
from edge_agent.sync.signals import Transport
from hq_hub.services.batch_rules import DOOR_REASONS
from protos.liushui.v1 import sync_pb2
from tests.prove.door import Door
from tests.prove.fuse import Armed, DiedError
from tests.prove.hub_machine import HubMachine
from tests.prove.machine import Machine, Surroundings
from tests.prove.network import CALM, FLAPPING, ROUGH, Message, Network, Weather
from tests.prove.office import Office
from tests.prove.plots import MODES, mode_of
from tests.prove.points import POINTS, Phase
from tests.prove.shop import Shop
from tests.prove.templates import (
    START,
    STORES,
    EnrolledBox,
    Templates,
    enrol_box,
    make_box,
)
from tests.prove.witness import Witness

MQTT, GRPC = Transport.MQTT, Transport.GRPC
WAYS: dict[str, tuple[tuple[Transport, ...], Weather]] = {
    "mqtt-only": ((MQTT,), ROUGH),
    "grpc-only": ((GRPC,), ROUGH),
    "both": ((GRPC, MQTT), ROUGH),
    "flapping": ((GRPC, MQTT), FLAPPING),
}
assert tuple(WAYS) == MODES
FUSES_A_RUN = 29
ONCE_A_RUN = ("file_exchange",)
"""Operations too rare to die of every phase in one run: each run begins with another one."""
IN_THE_END = frozenset({"facts_of_twin", "file_exchange"})
"""Operations that most boxes come to only when it is calm: machines die of them then, too."""
FORGED = 0.01
"""How often a box hears what was said to another history. Not one with facts that it cannot read:
it would be given another epoch, and could not make a file for it."""
READERS = {
    "hello": sync_pb2.SignedHello.FromString,
    "batch": sync_pb2.SignedBatch.FromString,
    "page_request": sync_pb2.FeedRequest.FromString,
    "facts_request": sync_pb2.JournalRequest.FromString,
    "ack": sync_pb2.Ack.FromString,
    "page": sync_pb2.FeedPage.FromString,
    "facts": sync_pb2.JournalPage.FromString,
}


class World:
    """All of one seed. What must be so is asked by `invariants`; the plot is made by `story`."""

    def __init__(
        self, seed: int, templates: Templates, folder: pathlib.Path, hub: HubMachine
    ) -> None:
        self.seed, self.folder, self.templates = seed, folder, templates
        self.random = random.Random(seed)
        self.faults: collections.Counter[str] = collections.Counter()
        self.fired: collections.Counter[str] = collections.Counter()
        self.mode = mode_of(seed)
        self._transports, self._weather = WAYS[self.mode]
        self.now_ms = 0
        self.lies_told = 0
        self.generation_seen = 0
        self.denied: dict[str, tuple[int, int]] = {}
        """Stores whose box may not speak, with the place up to which they are kept."""
        self.parked_seen: set[tuple[object, ...]] = set()
        """Places of all facts that were ever parked."""
        self.poison: dict[bytes, str] = {}
        """Body of a fact that the box's own books lack -> why it has to be parked, if so."""
        self.early_order = ""
        """Goods of it came before it was written."""
        self.former_boxes: dict[str, EnrolledBox] = {}
        """Machines that were replaced."""
        self.dark: set[str] = set()
        """Stores whose lines are down for long."""
        self.poisoned = ""
        """The store whose box writes them."""
        self._key_number = 100
        self.stores = STORES[: self.random.randint(3, len(STORES))]
        self.witness = Witness(self.stores)
        self.network: Network[Machine] = Network(self.random, self.faults)
        self.hub = hub
        self._armed: dict[str, Armed] = {"box": {}, "hub": {}}
        self._arm_fuses()
        hub.begin(templates.hub, self.random, self._armed["hub"], self.fired, self.wall_at)
        self.office = Office(hub, self.stores, self.random)
        self.door = Door(hub, self.random, self.faults, lambda: self.now_ms)
        self.shops: dict[str, Shop] = {}
        self.twins: dict[str, Machine] = {}
        """A second machine that speaks as a store's box."""
        for store in self.stores:
            path = folder / f"{store}.sqlite"
            path.write_bytes(templates.box(store).read_bytes())
            machine = self.make_machine(path, store)
            self.shops[store] = Shop(machine, self.witness, self.random)

    def make_machine(self, path: pathlib.Path, store: str) -> Machine:
        """A machine with a disk of this store."""
        around = Surroundings(
            self.random,
            self._armed["box"],
            self.fired,
            lambda: self.now_ms,
            self.wall_at,
            self._post,
        )
        return Machine(path, self.templates.boxes[store], self._transports, around)

    def close(self) -> None:
        for machine in self.machines:
            machine.stop()
        self.hub.stop()

    @property
    def machines(self) -> list[Machine]:
        """Those that are switched on, twins too."""
        return [*(shop.machine for shop in self.shops.values()), *self.twins.values()]

    def wall_at(self) -> datetime.datetime:
        """The time that everybody should have."""
        return START + datetime.timedelta(milliseconds=self.now_ms)

    # Time.

    def step(self, *, is_calm: bool = False) -> None:
        """Let some time pass, with what arrives in it."""
        weather = CALM if is_calm else self._weather
        self.network.weather = weather
        self.now_ms += self.random.randint(30, 500)
        for machine in self.machines:
            self._break_line(machine, weather)
            if not is_calm and machine.store != self.poisoned and self.random.random() < FORGED:
                self._forge_ack(machine)
        while (message := self.network.take_due(self.now_ms)) is not None:
            self._deliver(message)
        for machine in self.machines:
            machine.tick()

    def sleep(self, hours: int) -> None:
        """A night."""
        self.now_ms += hours * 3_600_000

    def _break_line(self, machine: Machine, weather: Weather) -> None:
        is_dark = machine.store in self.dark
        for transport in self._transports:
            if machine.up[transport]:
                if is_dark or self.random.random() < weather.cut:
                    self.faults["cut"] += 1
                    machine.disconnect(transport)
            elif not is_dark and (weather is CALM or self.random.random() < 0.3):
                machine.connect(transport)

    def _forge_ack(self, machine: Machine) -> None:
        """An ack of another history: of a cloned box, or of this one before it was restored."""
        self.faults["forged"] += 1
        tail = journal.read_tail(machine.db)
        ack = sync_pb2.Ack(
            store=machine.store,
            epoch=tail.epoch,
            durable_seq=self.random.randint(tail.durable_seq, tail.seq),
            durable_head=self.random.randbytes(32),
            hub_generation=max(1, tail.hub_generation) + self.random.choice([0, 0, 0, -1]),
            outcome=self.random.choice([sync_pb2.OUTCOME_STORED, sync_pb2.OUTCOME_GREETED]),
        )
        content = ack.SerializeToString()
        transport = self.random.choice(self._transports)
        self._send(Message(machine, "ack", transport, content, is_up=False))

    # Messages.

    def _post(self, machine: Machine, kind: str, transport: Transport, content: bytes) -> None:
        if not machine.up[transport]:
            self.faults["sent_into_nothing"] += 1
            return
        box = machine.enrolled
        caller = box.topic if transport is MQTT else box.certificate
        self._send(Message(machine, kind, transport, content, is_up=True, caller=caller))

    def _answer(self, message: Message[Machine], kind: str, answer: WireMessage) -> None:
        """Over MQTT it goes to the store's topic: every machine that speaks as its box hears."""
        content = answer.SerializeToString()
        peers = [message.peer]
        if message.transport is MQTT:
            peers = [one for one in self.machines if one.store == message.peer.store]
        for peer in peers:
            self._send(Message(peer, kind, message.transport, content, is_up=False))

    def _send(self, message: Message[Machine]) -> None:
        if not self.network.send(message, self.now_ms):
            self._let_call_fail(message)

    def _let_call_fail(self, message: Message[Machine]) -> None:
        """A call ends by an error sooner or later; a message to a broker is just gone."""
        if message.transport is GRPC and self.random.random() < 0.5:
            failed = Message(message.peer, "failed", GRPC, b"", is_up=False)
            self.network.put_late(failed, self.now_ms)

    def _deliver(self, message: Message[Machine]) -> None:
        machine, transport = message.peer, message.transport
        if message.is_up:
            self._ask_hub(message)
        elif machine not in self.machines or not machine.up[transport]:
            self.faults["nobody_there"] += 1
        elif message.kind == "failed":
            self.faults["call_failed"] += 1
            machine.hear(lambda: machine.core.failed(transport, self.now_ms))
        else:
            self._hear(machine, transport, READERS[message.kind](message.content))

    def _hear(self, machine: Machine, transport: Transport, answer: WireMessage) -> None:
        core, now_ms = machine.core, self.now_ms
        if isinstance(answer, sync_pb2.Ack):
            if transport is GRPC and answer.reason_code in DOOR_REASONS:
                machine.hear(lambda: core.denied(transport, answer.reason_code, now_ms))
            else:
                machine.hear(lambda: core.acknowledged(transport, answer, now_ms))
        elif isinstance(answer, sync_pb2.FeedPage):
            machine.hear(lambda: core.page_received(transport, answer, now_ms))
        else:
            assert isinstance(answer, sync_pb2.JournalPage)
            machine.hear(lambda: core.facts_received(transport, answer, now_ms))

    def _ask_hub(self, message: Message[Machine]) -> None:
        try:
            asked = READERS[message.kind](message.content)
        except DecodeError:
            self.faults["unreadable"] += 1
            return
        assert message.caller is not None
        try:
            answer = self.door.answer(asked, message.caller, is_calm=self.network.weather is CALM)
        except DiedError:
            self._let_call_fail(message)
            return
        if answer is not None:
            kind, said = answer
            self._answer(message, kind, said)

    # Machines.

    def replace(self, store: str) -> None:
        """The disk is gone: another machine takes the store over."""
        machine = self.shops[store].machine
        machine.stop()
        machine.path.unlink()
        self._key_number += 1
        while True:
            with contextlib.suppress(DiedError):
                enrolled = self.hub.do(
                    "enrolment", _enrol_another, store, self._key_number, self.wall_at()
                )
                break
        self.former_boxes[store] = machine.enrolled
        machine.enrolled = enrolled
        machine.forget_seen()
        make_box(machine.path, self.templates.empty_box, enrolled)
        machine.boot()

    def fact_ids_of(self, machine: Machine) -> set[bytes]:
        """What a machine's journal holds."""
        rows = machine.db.execute("SELECT fact_id FROM journal").fetchall()
        return {fact_id for (fact_id,) in rows if isinstance(fact_id, bytes)}

    def fact_ids_at_hub(self, store: str) -> set[bytes]:
        """What the hub's journal holds of a store."""
        rows = self.hub.ask("SELECT fact_id FROM hub_journal WHERE store = ?", store)
        return {fact_id for (fact_id,) in rows if fact_id is not None}

    def tail_of(self, store: str) -> journal.Tail:
        """Where the journal of a store's box ends."""
        return journal.read_tail(self.shops[store].machine.db)

    def _arm_fuses(self) -> None:
        """Each run has some points of its own, so that all runs together have all of them."""
        for place in range(FUSES_A_RUN):
            point = POINTS[(self.seed * FUSES_A_RUN + place) % len(POINTS)]
            side, operation, phase = point.split(".")
            self._armed[side].setdefault(operation, []).append(Phase(phase))
        for operation in ONCE_A_RUN:
            phases = self._armed["box"].get(operation, [])
            turn = self.seed * FUSES_A_RUN // len(POINTS)  # Runs with the same points differ.
            first = turn % len(phases) if phases else 0
            phases[:] = phases[first:] + phases[:first]

    def disarm(self) -> None:
        """No more deaths, but of what is done in the end."""
        for armed in self._armed.values():
            for operation in list(armed):
                if operation not in IN_THE_END:
                    del armed[operation]


def _enrol_another(
    db: sa.Connection, store: str, key_number: int, at: datetime.datetime
) -> EnrolledBox:
    return enrol_box(db, store, key_number, at, is_replacement=True)
