"""What the sync core hears and asks for. It does nothing itself: its owner carries effects out."""

from __future__ import annotations

import dataclasses
import enum

from edge_agent.store.feeds import ScopePosition
from edge_agent.store.history import Life
from protos.liushui.v1 import sync_pb2


class Transport(enum.Enum):
    """A way to the hub. Neither keeps anything; each alone can carry everything."""

    MQTT = "mqtt"
    """Live: a connection that stands."""
    GRPC = "grpc"
    """Bulk: one call a message."""


@dataclasses.dataclass(frozen=True, slots=True)
class Connected:
    """A transport could carry something now."""

    transport: Transport


@dataclasses.dataclass(frozen=True, slots=True)
class Disconnected:
    """A transport is gone, with all that was on its way."""

    transport: Transport


@dataclasses.dataclass(frozen=True, slots=True)
class Failed:
    """A send did not go through."""

    transport: Transport


@dataclasses.dataclass(frozen=True, slots=True)
class Denied:
    """The hub did not let us in, and said why."""

    transport: Transport
    reason_code: str


@dataclasses.dataclass(frozen=True, slots=True)
class AckCame:
    """The hub answered, or spoke unasked."""

    transport: Transport
    ack: sync_pb2.Ack


@dataclasses.dataclass(frozen=True, slots=True)
class PageCame:
    """The hub sent a page of documents."""

    transport: Transport
    page: sync_pb2.FeedPage


@dataclasses.dataclass(frozen=True, slots=True)
class FactsCame:
    """The hub sent a page of the store's former facts."""

    transport: Transport
    page: sync_pb2.JournalPage


Signal = Connected | Disconnected | Failed | Denied | AckCame | PageCame | FactsCame


@dataclasses.dataclass(frozen=True, slots=True)
class SendHello:
    """Say where the box stands."""

    transport: Transport


@dataclasses.dataclass(frozen=True, slots=True)
class SendBatch:
    """Read, sign and send the facts after a place; answer with `batch_sent`."""

    transport: Transport
    after_seq: int
    facts_max: int
    bytes_max: int


@dataclasses.dataclass(frozen=True, slots=True)
class RequestPage:
    """Ask for one page of documents."""

    transport: Transport
    known: ScopePosition
    after_key: bytes
    target_version: int


@dataclasses.dataclass(frozen=True, slots=True)
class MoveCursor:
    """Let the journal judge the ack and move its cursor; answer with `cursor_moved`."""

    ack: sync_pb2.Ack


@dataclasses.dataclass(frozen=True, slots=True)
class ApplyPages:
    """Apply all pages of a pull in one transaction; answer with `pages_applied`."""

    base_version: int
    target: ScopePosition
    pages: tuple[sync_pb2.FeedPage, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RequestFacts:
    """Ask for the store's former facts behind a place."""

    transport: Transport
    after_epoch: int
    after_seq: int


@dataclasses.dataclass(frozen=True, slots=True)
class TakeFacts:
    """Stage a page of former facts; answer with `facts_taken`.

    With the last one that fits, the box goes on in its new life: the core is built anew instead.
    """

    life: Life
    page: sync_pb2.JournalPage


Effect = SendHello | SendBatch | RequestPage | MoveCursor | ApplyPages | RequestFacts | TakeFacts
Effects = tuple[Effect, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class LineState:
    """The line to headquarters, for the screens."""

    online: frozenset[Transport]
    """On which the hub answered lately."""
    unacknowledged_facts: int
    stopped_reason: str
    """Code of why nothing is uploaded although there is a line; empty while all is well. Selling
    goes on."""
