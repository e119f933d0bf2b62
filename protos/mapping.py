"""Rare payloads between dataclass and message: fields of one name, each kind of value one way.

The hot kinds (tickets, goods) are written out in codec.py; for the others clarity is worth more
than a microsecond. A test holds every dataclass against its message, field by field.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import re
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message

from protos.instant import EPOCH_START, MILLISECOND

LINE_NO = "line_no"
"""Not on the wire: the place in the list, from 1."""
WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
MAPPED_TYPES_MAX = 128
"""Dataclasses of all payloads, several times over."""


Write = Callable[[Message, str, Any], None]
Read = Callable[[Message, str], Any]
Ways = tuple[Write, Read]


@dataclasses.dataclass(frozen=True, slots=True)
class MappedField:
    """One field of a dataclass and where it stands in the message."""

    name: str
    wire_name: str
    write: Write
    read: Read


def write_fields(value: Any, message: Message) -> None:  # noqa: ANN401 - any dataclass of a payload
    """Write a dataclass into its message."""
    kind: type = type(value)
    for field in mapped_fields(kind):
        field.write(message, field.wire_name, getattr(value, field.name))


def read_fields(kind: type, message: Message, line_no: int = 0) -> Any:  # noqa: ANN401 - one of `kind`
    """Read a dataclass from its message; its own asserts judge the values."""
    values = {field.name: field.read(message, field.wire_name) for field in mapped_fields(kind)}
    if has_line_no(kind):
        values[LINE_NO] = line_no
    return kind(**values)


@functools.lru_cache(MAPPED_TYPES_MAX)
def has_line_no(kind: type) -> bool:
    """Whether a dataclass is a numbered line."""
    return any(field.name == LINE_NO for field in dataclasses.fields(kind))


@functools.lru_cache(MAPPED_TYPES_MAX)
def mapped_fields(kind: type) -> tuple[MappedField, ...]:
    """How each field of a dataclass travels, in their order."""
    hints = typing.get_type_hints(kind)
    return tuple(
        _map_field(field.name, hints[field.name])
        for field in dataclasses.fields(kind)
        if field.name != LINE_NO
    )


def _map_field(name: str, hint: Any) -> MappedField:  # noqa: ANN401 - a type or a form of typing
    wire_name = f"{name}_ms" if hint is datetime.datetime else name
    return MappedField(name, wire_name, *_ways(hint))


def _ways(hint: Any) -> Ways:  # noqa: ANN401 - a type or a form of typing
    """How a value of a type is written, and how it is read."""
    if typing.get_origin(hint) is tuple:
        item, _ellipsis = typing.get_args(hint)
        return _write_items, functools.partial(_read_items, item)
    if isinstance(hint, types.UnionType):
        (inner,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        return _optional_ways(inner)
    assert isinstance(hint, type), hint
    if dataclasses.is_dataclass(hint):
        return _write_message, functools.partial(_read_message, hint)
    return _enum_ways(hint) if issubclass(hint, enum.Enum) else SCALARS[hint]


def _optional_ways(inner: type) -> Ways:
    """None is a message that is not there, or an enum's UNSPECIFIED."""
    write, read = _ways(inner)
    if issubclass(inner, enum.Enum):
        return _unless_none(write), _none_if_unspecified(read)
    return _unless_none(write), functools.partial(_read_optional, inner)


def _write_items(message: Message, name: str, items: tuple[Any, ...]) -> None:
    wire = getattr(message, name)
    for item in items:
        write_fields(item, wire.add())


def _read_items(kind: type, message: Message, name: str) -> tuple[Any, ...]:
    wire = getattr(message, name)
    return tuple(read_fields(kind, item, line_no) for line_no, item in enumerate(wire, start=1))


def _write_message(message: Message, name: str, value: Any) -> None:  # noqa: ANN401 - a dataclass
    inner = getattr(message, name)
    inner.SetInParent()
    write_fields(value, inner)


def _read_message(kind: type, message: Message, name: str) -> Any:  # noqa: ANN401 - one of `kind`
    assert message.HasField(name), name
    return read_fields(kind, getattr(message, name))


def _read_optional(kind: type, message: Message, name: str) -> Any:  # noqa: ANN401 - one of `kind`
    return read_fields(kind, getattr(message, name)) if message.HasField(name) else None


def _enum_ways(kind: type[enum.Enum]) -> Ways:
    """An enum's members have the wire's names, with the name of the enum before them."""
    prefix = WORD_START.sub("_", kind.__name__).upper()

    def write(message: Message, name: str, value: enum.Enum) -> None:
        number = _enum_of(message, name).values_by_name[f"{prefix}_{value.name}"].number
        setattr(message, name, number)

    def read(message: Message, name: str) -> enum.Enum:
        word = _enum_of(message, name).values_by_number[getattr(message, name)].name
        return kind[word.removeprefix(f"{prefix}_")]

    return write, read


def _enum_of(message: Message, name: str) -> Any:  # noqa: ANN401 - EnumDescriptor, of either kind
    found = message.DESCRIPTOR.fields_by_name[name].enum_type
    assert found is not None, name
    return found


def _unless_none(write: Write) -> Write:
    def write_if_there(message: Message, name: str, value: Any) -> None:  # noqa: ANN401 - or None
        if value is not None:
            write(message, name, value)

    return write_if_there


def _none_if_unspecified(read: Read) -> Read:
    return lambda message, name: read(message, name) if getattr(message, name) else None


def _write_plain(message: Message, name: str, value: object) -> None:
    setattr(message, name, value)


def _read_plain(message: Message, name: str) -> object:
    return getattr(message, name)


def _write_instant(message: Message, name: str, value: datetime.datetime) -> None:
    setattr(message, name, (value - EPOCH_START) // MILLISECOND)


def _read_instant(message: Message, name: str) -> datetime.datetime:
    wall_ms: int = getattr(message, name)
    return EPOCH_START + wall_ms * MILLISECOND


SCALARS: dict[type, Ways] = {
    bool: (_write_plain, _read_plain),
    int: (_write_plain, _read_plain),
    str: (_write_plain, _read_plain),
    bytes: (_write_plain, _read_plain),
    datetime.datetime: (_write_instant, _read_instant),
    uuid.UUID: (
        lambda message, name, value: setattr(message, name, value.bytes),
        lambda message, name: uuid.UUID(bytes=getattr(message, name)),
    ),
    datetime.date: (
        lambda message, name, value: setattr(message, name, value.isoformat()),
        lambda message, name: datetime.date.fromisoformat(getattr(message, name)),
    ),
}
