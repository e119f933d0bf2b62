"""Any fact as plain values, of a later version too: to be shown and found. Judges nothing."""

from __future__ import annotations

import dataclasses
import datetime
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from protos.codec import KIND_TO_WIRE
from protos.instant import EPOCH_START, MILLISECOND
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact_kind import FactKind

Plain = int | str | bool | None | list["Plain"] | dict[str, "Plain"]
EXACT_MAX = 2**53
"""What every JSON reader keeps exactly; a larger number becomes text."""
UUID_BYTES = 16
KIND_NUMBERS = {kind: fact_pb2.FactKind.Value(name) for kind, name in KIND_TO_WIRE.items()}
KIND_NAMES = {number: kind.value for kind, number in KIND_NUMBERS.items()}
DOCUMENT_FIELDS = ("transfer_no", "purchase_order_no")
"""Of a payload, in the order of looking: what the fact answers."""
WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclasses.dataclass(frozen=True, slots=True)
class FactView:
    """A fact as far as it can be read. Values that make no sense are None or empty."""

    fact_id: uuid.UUID | None
    kind: str
    """Name of the kind; `kind_42` for one that this program does not know."""
    kind_no: int
    """Number of FactKind in fact.proto."""
    schema_version: int
    box_id: str
    wall_at: datetime.datetime | None
    boot_id: str
    monotonic_ms: int
    business_date: datetime.date | None
    staff_no: str
    register_no: str
    causes: tuple[uuid.UUID, ...]
    payload: Message | None
    unknown_fields: tuple[int, ...]
    """Numbers of fields that a later version added to the fact."""

    @property
    def receipt_no(self) -> int | None:
        """Of a register, when the payload has one."""
        number = getattr(self.payload, "receipt_no", None)
        return number if isinstance(number, int) else None

    @property
    def document_no(self) -> str:
        """Number of the order that the fact answers; empty for none."""
        numbers = (getattr(self.payload, name, "") for name in DOCUMENT_FIELDS)
        return next((number for number in numbers if number), "")


def name_kind(number: int) -> str:
    """Name of a kind by its number in fact.proto."""
    return KIND_NAMES.get(number, f"kind_{number}")


def number_kind(kind: FactKind) -> int:
    """Number of a kind in fact.proto."""
    return KIND_NUMBERS[kind]


def view_fact(body: bytes) -> FactView:
    """Read what can be read; of bytes that are no message at all, nothing."""
    try:
        wire = fact_pb2.Fact.FromString(body)
    except DecodeError:
        wire = fact_pb2.Fact()
    field = wire.WhichOneof("payload")
    return FactView(
        fact_id=_read_uuid(wire.fact_id),
        kind=name_kind(wire.kind),
        kind_no=wire.kind,
        schema_version=wire.schema_version,
        box_id=wire.box_id,
        wall_at=_read_instant(wire.wall_at_ms),
        boot_id=wire.boot_id.hex(),
        monotonic_ms=wire.monotonic_ms,
        business_date=_read_date(wire.business_date),
        staff_no=wire.staff_no,
        register_no=wire.register_no,
        causes=tuple(cause for raw in wire.causes if (cause := _read_uuid(raw))),
        payload=None if field is None else getattr(wire, field),
        unknown_fields=_read_unknown(wire),
    )


def to_plain(message: Message) -> dict[str, Plain]:
    """Lay a message out by the names of its fields; texts and parts that are empty are left out."""
    plain: dict[str, Plain] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        enum: EnumDescriptor | None = field.enum_type  # type: ignore[assignment]  # Two stubs, one class.
        if field.has_presence and not message.HasField(field.name):
            continue
        if field.is_repeated:
            if not isinstance(value, Mapping) and value:
                plain[field.name] = [_to_value(enum, one) for one in value]
        elif value not in ("", b""):
            plain[field.name] = _to_value(enum, value)
    return plain


def _to_value(enum: EnumDescriptor | None, value: object) -> Plain:
    if isinstance(value, Message):
        return to_plain(value)
    if isinstance(value, bytes):
        return str(uuid.UUID(bytes=value)) if len(value) == UUID_BYTES else value.hex()
    if enum is not None:
        assert isinstance(value, int)
        return _name_value(enum, value)
    if isinstance(value, int) and abs(value) > EXACT_MAX:
        return str(value)
    assert isinstance(value, int | str | bool), value
    return value


def _name_value(enum: EnumDescriptor, number: int) -> str:
    """STOCK_STATE_DAMAGED of StockState is `damaged`; a number that has no name stays a number."""
    value = enum.values_by_number.get(number)
    if value is None:
        return str(number)
    prefix = WORD_START.sub("_", enum.name).upper() + "_"
    return str(value.name).removeprefix(prefix).lower()


def _read_unknown(wire: Message) -> tuple[int, ...]:
    fields: Iterable[Any] = UnknownFieldSet(wire)  # type: ignore[assignment]  # Its stubs lack iteration.
    return tuple(sorted({field.field_number for field in fields}))


def _read_uuid(raw: bytes) -> uuid.UUID | None:
    return uuid.UUID(bytes=raw) if len(raw) == UUID_BYTES else None


def _read_date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _read_instant(wall_at_ms: int) -> datetime.datetime | None:
    if wall_at_ms == 0:
        return None  # Nothing was said.
    try:
        return EPOCH_START + wall_at_ms * MILLISECOND
    except OverflowError:
        return None
