"""Typed reading of row values: STRICT tables promise the type, these hold them to it."""

from __future__ import annotations

from edge_agent.store.sqlite_library import Value


def get_int(value: Value) -> int:
    """An INTEGER column."""
    assert isinstance(value, int), value
    return value


def get_text(value: Value) -> str:
    """A TEXT column."""
    assert isinstance(value, str), value
    return value


def get_bytes(value: Value) -> bytes:
    """A BLOB column."""
    assert isinstance(value, bytes), value
    return value
