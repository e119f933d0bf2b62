"""Facts as no shop writes them: real ones of every kind, with wild values in some fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from protos import codec
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact_kind import FactKind
from tests.protos import golden

INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)
UINT64_MAX, INT32_MAX, INT32_MIN, UINT32_MAX = 2**64 - 1, 2**31 - 1, -(2**31), 2**32 - 1
INTEGERS = (0, 1, -1, 10**9, 10**15, -(10**15), INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN)
UNSIGNED = (0, 1, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX)
TEXTS = (
    "",
    "\0",
    "a\0b",
    "x" * 5_000,
    "=HYPERLINK(1)",
    "'; DROP TABLE ticket; --",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "\u202e\ufeff𝄞",
    "2026-11-22",
    "9999-12-31",
    "0001-01-01",
    "9" * 400,
    "S002",
    "HQ",
    "1405",
)
BYTES = (b"", b"\0", bytes(16), b"\xff" * 16, b"x" * 5_000)
VALUES: dict[int, Sequence[object]] = {
    FieldDescriptor.TYPE_INT64: INTEGERS,
    FieldDescriptor.TYPE_SINT64: INTEGERS,
    FieldDescriptor.TYPE_INT32: tuple(n for n in INTEGERS if INT32_MIN <= n <= INT32_MAX),
    FieldDescriptor.TYPE_SINT32: tuple(n for n in INTEGERS if INT32_MIN <= n <= INT32_MAX),
    FieldDescriptor.TYPE_UINT64: UNSIGNED,
    FieldDescriptor.TYPE_UINT32: tuple(n for n in UNSIGNED if n <= UINT32_MAX),
    FieldDescriptor.TYPE_ENUM: (0, 1, 2, 3, 99, INT32_MAX, -1),
    FieldDescriptor.TYPE_STRING: TEXTS,
    FieldDescriptor.TYPE_BYTES: BYTES,
    FieldDescriptor.TYPE_BOOL: (False, True),
}
ALL_CASES: tuple[FactKind | str, ...] = (*golden.CASES, *golden.PAYLOADS)
PLACE = {"store", "box_id", "epoch", "seq"}
"""Of the fact itself: ingest has checked them before anybody looks inside."""


@dataclasses.dataclass(frozen=True, slots=True)
class Leaf:
    """One field of a message, set or not."""

    owner: Message
    field: FieldDescriptor

    def write(self, value: object) -> None:
        """Set it, or add to it."""
        if self.field.is_repeated:
            getattr(self.owner, self.field.name).append(value)
        else:
            setattr(self.owner, self.field.name, value)


def walk(message: Message) -> Iterator[Leaf]:
    """Every plain field of a message and of the messages that it holds."""
    for field in message.DESCRIPTOR.fields:
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            yield Leaf(message, field)  # type: ignore[arg-type]  # Two stubs, one class.
        elif field.is_repeated:
            for inner in getattr(message, field.name):
                yield from walk(inner)
        elif message.HasField(field.name):
            yield from walk(getattr(message, field.name))


@st.composite
def hostile_facts(draw: st.DrawFn) -> fact_pb2.Fact:
    """A golden fact with some fields changed; its place is still to be written."""
    case = draw(st.sampled_from(ALL_CASES))
    wire = fact_pb2.Fact.FromString(codec.encode_fact(golden.make_fact(case)))
    leaves = [leaf for leaf in walk(wire) if leaf.field.name not in PLACE]
    for _ in range(draw(st.integers(1, 3))):
        leaf = draw(st.sampled_from(leaves))
        leaf.write(draw(st.sampled_from(VALUES[leaf.field.type])))
    return wire


def place(wire: fact_pb2.Fact, *, store: str, box_id: str, epoch: int, seq: int) -> bytes:
    """Put a fact into a journal; its bytes."""
    wire.store, wire.box_id, wire.epoch, wire.seq = store, box_id, epoch, seq
    return wire.SerializeToString(deterministic=True)
