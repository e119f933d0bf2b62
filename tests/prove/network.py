"""Everything between boxes and hub that may go wrong on the way."""

from __future__ import annotations

import collections
import dataclasses
import heapq
import random
from typing import Generic, TypeVar

from edge_agent.sync.signals import Transport
from hq_hub.services.batch_rules import Caller

Peer = TypeVar("Peer")
SIGNED = frozenset({"hello", "batch"})
"""What may arrive altered: downwards only TLS protects, and a broken TLS record never arrives."""
ORDINARY_MS = 400
"""A delay beyond is a fault: the line is slow."""


@dataclasses.dataclass(frozen=True, slots=True)
class Weather:
    """How often what goes wrong, a message or a step."""

    lose: float = 0.10
    repeat: float = 0.10
    slow: float = 0.12
    slow_max_ms: int = 9_000
    """Beyond a box's patience: its answer comes when nobody waits for it any more."""
    alter: float = 0.03
    replay: float = 0.03
    """Something of long ago comes again."""
    half_open: float = 0.02
    """One direction is deaf for a while, and nobody says so."""
    cut: float = 0.03


CALM = Weather(0, 0, 0, 0, 0, 0, 0, 0)
ROUGH = Weather()
FLAPPING = Weather(lose=0.04, cut=0.25)
DEAF_MAX_MS = 15_000
REPLAYS_KEPT = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Message(Generic[Peer]):
    """On its way."""

    peer: Peer
    """The machine that sent it, or that it goes to."""
    kind: str
    transport: Transport
    content: bytes
    is_up: bool
    caller: Caller | None = None
    """As whom it was sent up."""


class Network(Generic[Peer]):
    """Carries messages late, twice, altered, out of order, or not at all."""

    def __init__(self, chance: random.Random, faults: collections.Counter[str]) -> None:
        self.weather = CALM
        self._chance, self._faults = chance, faults
        self._waiting: list[tuple[int, int, Message[Peer]]] = []
        self._sent = 0
        self._last_delivered = 0
        self._deaf: dict[tuple[int, Transport, bool], int] = {}
        self._old: collections.deque[Message[Peer]] = collections.deque(maxlen=REPLAYS_KEPT)

    def send(self, message: Message[Peer], now_ms: int) -> bool:
        """Take a message; False when it is lost, and a call would end by an error."""
        weather = self.weather
        direction = (id(message.peer), message.transport, message.is_up)
        if self._happens("half_open", weather.half_open):
            self._deaf[direction] = now_ms + self._chance.randint(1_000, DEAF_MAX_MS)
        if weather is not CALM and now_ms < self._deaf.get(direction, 0):
            self._faults["swallowed"] += 1
            return True  # Nobody says so.
        if self._happens("lost", weather.lose):
            return False
        if message.kind in SIGNED and self._happens("altered", weather.alter):
            message = dataclasses.replace(message, content=self._alter(message.content))
        if self._happens("repeated", weather.repeat):
            self._put(message, now_ms)
        self._put(message, now_ms)
        self._old.append(message)
        if self._happens("replayed", weather.replay):
            self._put(self._chance.choice(self._old), now_ms)
        return True

    def put_late(self, message: Message[Peer], now_ms: int) -> None:
        """Deliver for certain, some time."""
        self._put(message, now_ms)

    def take_due(self, now_ms: int) -> Message[Peer] | None:
        """The next message that arrives by now."""
        if not self._waiting or self._waiting[0][0] > now_ms:
            return None
        _due_ms, number, message = heapq.heappop(self._waiting)
        self._faults["reordered"] += number < self._last_delivered
        self._last_delivered = max(self._last_delivered, number)
        return message

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    def _put(self, message: Message[Peer], now_ms: int) -> None:
        is_slow = self._happens("slow", self.weather.slow)
        delay_ms = self._chance.randint(1, self.weather.slow_max_ms if is_slow else ORDINARY_MS)
        self._sent += 1
        heapq.heappush(self._waiting, (now_ms + delay_ms, self._sent, message))

    def _alter(self, content: bytes) -> bytes:
        """Flip a bit in the first half: behind it stands the signature, whose length may differ."""
        place = self._chance.randrange(len(content) // 2)
        bit = 1 << self._chance.randrange(8)
        return content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :]

    def _happens(self, fault: str, chance: float) -> bool:
        happens = chance > 0 and self._chance.random() < chance
        self._faults[fault] += happens
        return happens
