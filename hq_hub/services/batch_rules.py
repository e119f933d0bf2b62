"""Rules by which a batch or a hello of a box is judged. Pure: no database, no clock."""

from __future__ import annotations

import dataclasses
import enum

from google.protobuf.message import DecodeError

from hq_hub.store.journal import Cursor, ReceivedFact
from hq_hub.store.registry import BoxState, RegisteredBox
from protos import chain, codec
from protos.liushui.v1 import fact_pb2, sync_pb2

CONTENT_BYTES_MAX = 768 * 1024
"""Three times what a box aims at, because one fact may be larger than the aim; below the 1 MiB
that the transports carry."""
HELLO_BYTES_MAX = 16 * 1024
"""A hello is some 300 bytes; the close of a day that it carries is a kilobyte or two."""
BATCH_FACTS_MAX = 500
"""Bounds the time of one transaction to some 10 ms."""
SEQ_MAX = 2**63 - 1
"""What a database can hold; no box counts so far."""
FACT_ID_BYTES = 16
"""A UUID; another length is no identity."""


class Reason(enum.StrEnum):
    """Why something was not accepted. Codes are for ever: boxes and screens show them."""

    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"
    BOX_UNKNOWN = "box_unknown"
    STORE_FOREIGN = "store_foreign"
    BOX_REPLACED = "box_replaced"
    BOX_REVOKED = "box_revoked"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    EPOCH_WRONG = "epoch_wrong"
    EPOCH_GRANTED = "epoch_granted"
    SIGNATURE_WRONG = "signature_wrong"
    SEQ_WRONG = "seq_wrong"
    CHAIN_BROKEN = "chain_broken"
    POSITION_WRONG = "position_wrong"
    HISTORY_FORKED = "history_forked"
    FACT_ID_REPEATED = "fact_id_repeated"


OUTCOME_OF_REASON: dict[Reason, sync_pb2.Outcome] = {
    **dict.fromkeys(Reason, sync_pb2.OUTCOME_REFUSED),
    Reason.BOX_REPLACED: sync_pb2.OUTCOME_FENCED,
    Reason.BOX_REVOKED: sync_pb2.OUTCOME_FENCED,
    Reason.EPOCH_WRONG: sync_pb2.OUTCOME_FENCED,
    Reason.EPOCH_GRANTED: sync_pb2.OUTCOME_FENCED,
    Reason.HISTORY_FORKED: sync_pb2.OUTCOME_FORK,
    Reason.FACT_ID_REPEATED: sync_pb2.OUTCOME_FORK,
}
REASON_OF_STATE = {
    BoxState.REPLACED: Reason.BOX_REPLACED,
    BoxState.REVOKED: Reason.BOX_REVOKED,
}
DOOR_REASONS = frozenset(
    {
        Reason.BOX_UNKNOWN,
        Reason.STORE_FOREIGN,
        Reason.BOX_REPLACED,
        Reason.BOX_REVOKED,
        Reason.CERTIFICATE_UNKNOWN,
    }
)
"""Who is not let in at all: gRPC answers PERMISSION_DENIED with the code."""


class Verdict(enum.Enum):
    """What a sound batch is to what is kept."""

    NEW = "new"
    EXISTS = "exists"
    GAP = "gap"
    FORK = "fork"


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """Who hands something over, as the transport proves it."""

    store: str
    """Of the certificate, or of the topic that the broker let the box write to."""
    box_id: str | None = None
    """Of the certificate; None over MQTT, where the signature alone tells."""
    fingerprint: bytes | None = None
    """SHA-256 of the certificate, DER; None over MQTT."""


@dataclasses.dataclass(frozen=True, slots=True)
class SoundBatch:
    """A batch whose numbers, chain and places agree with one another."""

    first_seq: int
    last_seq: int
    heads: tuple[bytes, ...]
    """Chain before the first fact, then after each."""
    facts: tuple[ReceivedFact, ...]
    has_newer: bool
    """Some kind or version is after this program's."""

    def head_at(self, seq: int) -> bytes:
        """Chain after a fact of the batch, or before its first."""
        return self.heads[seq - self.first_seq + 1]


def parse_batch(content: bytes) -> sync_pb2.SyncBatch | Reason:
    """Read the content of a SignedBatch."""
    if len(content) > CONTENT_BYTES_MAX:
        return Reason.TOO_LARGE
    try:
        return sync_pb2.SyncBatch.FromString(content)
    except DecodeError:
        return Reason.NOT_READABLE


def parse_hello(content: bytes) -> sync_pb2.Hello | Reason:
    """Read the content of a SignedHello."""
    if len(content) > HELLO_BYTES_MAX:
        return Reason.TOO_LARGE
    try:
        hello = sync_pb2.Hello.FromString(content)
    except DecodeError:
        return Reason.NOT_READABLE
    is_countable = max(hello.tail_seq, hello.durable_seq) <= SEQ_MAX
    is_storable = is_countable and "\0" not in hello.software_version
    return hello if is_storable else Reason.NOT_READABLE


def check_speaker(box: RegisteredBox | None, caller: Caller, epoch: int) -> Reason | None:
    """Whether a caller may speak as this box, in this life of it."""
    if box is None:
        return Reason.BOX_UNKNOWN
    if caller.store != box.store or caller.box_id not in {None, box.box_id}:
        return Reason.STORE_FOREIGN
    if box.state is not BoxState.ACTIVE:
        return REASON_OF_STATE[box.state]
    if caller.fingerprint not in {None, box.fingerprint}:
        return Reason.CERTIFICATE_UNKNOWN
    return None if epoch == box.epoch else Reason.EPOCH_WRONG


def check_history(wire: sync_pb2.SyncBatch) -> SoundBatch | Reason:
    """Whether numbers, chain and places of a batch agree.

    A body that is no fact at all is kept: the chain has to go on, and applying parks it.
    """
    bodies = list(wire.bodies)
    if not (
        1 <= len(bodies) <= BATCH_FACTS_MAX
        and wire.first_seq >= 1
        and wire.last_seq - wire.first_seq + 1 == len(bodies)
        and len(wire.head_before) == chain.HEAD_BYTES
    ):
        return Reason.SEQ_WRONG
    heads = [wire.head_before]
    for body in bodies:
        heads.append(chain.next_head(heads[-1], body))
    if heads[-1] != wire.head:
        return Reason.CHAIN_BROKEN
    facts: list[ReceivedFact] = []
    has_newer = False
    for seq, body in enumerate(bodies, start=wire.first_seq):
        fact = _parse_fact(body)
        if fact is not None:
            if (fact.store, fact.box_id, fact.epoch, fact.seq) != (
                wire.store,
                wire.box_id,
                wire.epoch,
                seq,
            ):
                return Reason.POSITION_WRONG
            has_newer = has_newer or codec.is_newer(fact)
        facts.append(_receive(seq, fact, body, heads[seq - wire.first_seq + 1]))
    return SoundBatch(wire.first_seq, wire.last_seq, tuple(heads), tuple(facts), has_newer)


def compared_seq(cursor: Cursor, batch: SoundBatch) -> int:
    """Place at which the batch's chain and the kept one must be equal: the last they share."""
    return min(cursor.durable_seq, batch.last_seq)


def decide(cursor: Cursor, batch: SoundBatch, kept_head: bytes) -> Verdict:
    """Say what a sound batch is to what is kept.

    A head covers all history before it, so one comparison tells whether all of it is equal.

    Args:
        cursor: of the batch's store and epoch.
        batch: sound.
        kept_head: of the kept chain at compared_seq(); not looked at when there is a gap.
    """
    if batch.first_seq > cursor.durable_seq + 1:
        return Verdict.GAP
    if batch.head_at(compared_seq(cursor, batch)) != kept_head:
        return Verdict.FORK
    return Verdict.EXISTS if batch.last_seq <= cursor.durable_seq else Verdict.NEW


def _parse_fact(body: bytes) -> fact_pb2.Fact | None:
    try:
        return fact_pb2.Fact.FromString(body)
    except DecodeError:
        return None


def _receive(seq: int, fact: fact_pb2.Fact | None, body: bytes, head: bytes) -> ReceivedFact:
    if fact is None:
        return ReceivedFact(seq, None, fact_pb2.FACT_KIND_UNSPECIFIED, body, head)
    fact_id = fact.fact_id if len(fact.fact_id) == FACT_ID_BYTES else None
    return ReceivedFact(seq, fact_id, fact.kind, body, head)
