"""Which device belongs to which register and for what, now and before."""

from __future__ import annotations

import dataclasses

from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection

CHANGES_SHOWN = 200
"""Of the history, newest first: years of a store."""


@dataclasses.dataclass(frozen=True, slots=True)
class Binding:
    """A device's place."""

    device_id: str
    role: str
    """What it is for there: `scanner`, `printer`, ..."""
    register_no: str


@dataclasses.dataclass(frozen=True, slots=True)
class BindingChange:
    """Somebody bound a device, or took it away."""

    changed_at_ms: int
    device_id: str
    role: str
    register_no: str | None
    """None: it belongs to no register any more."""
    changed_by: str


def read_bindings(db: Connection) -> dict[str, Binding]:
    """Place of every bound device, by its name, ascending."""
    rows = db.execute(
        "SELECT device_id, role, register_no FROM device_binding ORDER BY device_id"
    ).fetchall()
    bindings = (Binding(get_text(row[0]), get_text(row[1]), get_text(row[2])) for row in rows)
    return {binding.device_id: binding for binding in bindings}


def find_bound(db: Connection, register_no: str, role: str) -> str | None:
    """A register's device for something: the first by name, None when there is none."""
    row = db.execute(
        """
        SELECT min(device_id) FROM device_binding WHERE register_no = ? AND role = ?
        """,
        (register_no, role),
    ).fetchone()
    assert row is not None
    return None if row[0] is None else get_text(row[0])


def read_outputs(db: Connection, register_no: str) -> dict[str, str]:
    """A register's devices by what they are for; the first by name where there are several."""
    rows = db.execute(
        """
        SELECT role, min(device_id) FROM device_binding WHERE register_no = ? GROUP BY role
        """,
        (register_no,),
    ).fetchall()
    return {get_text(role): get_text(device_id) for role, device_id in rows}


def bind(db: Connection, binding: Binding, *, changed_by: str, changed_at_ms: int) -> None:
    """Put a device at a register, from wherever it was. A repeat changes nothing."""
    if read_bindings(db).get(binding.device_id) == binding:
        return
    db.execute(
        """
        INSERT INTO device_binding (device_id, role, register_no) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET role = excluded.role, register_no = excluded.register_no
        """,
        (binding.device_id, binding.role, binding.register_no),
    )
    change = BindingChange(
        changed_at_ms, binding.device_id, binding.role, binding.register_no, changed_by
    )
    _note_change(db, change)


def unbind(db: Connection, device_id: str, *, changed_by: str, changed_at_ms: int) -> bool:
    """Take a device away from its register; False when it had none."""
    rows = db.execute(
        "DELETE FROM device_binding WHERE device_id = ? RETURNING role", (device_id,)
    ).fetchall()
    for (role,) in rows:
        change = BindingChange(changed_at_ms, device_id, get_text(role), None, changed_by)
        _note_change(db, change)
    return bool(rows)


def read_changes(db: Connection) -> list[BindingChange]:
    """The newest CHANGES_SHOWN changes, newest first."""
    rows = db.execute(
        """
        SELECT changed_at_ms, device_id, role, register_no, changed_by
        FROM device_binding_change ORDER BY change_no DESC LIMIT ?
        """,
        (CHANGES_SHOWN,),
    ).fetchall()
    return [
        BindingChange(
            changed_at_ms=get_int(row[0]),
            device_id=get_text(row[1]),
            role=get_text(row[2]),
            register_no=None if row[3] is None else get_text(row[3]),
            changed_by=get_text(row[4]),
        )
        for row in rows
    ]


def _note_change(db: Connection, change: BindingChange) -> None:
    db.execute(
        """
        INSERT INTO device_binding_change
            (changed_at_ms, device_id, role, register_no, changed_by)
        VALUES (?, ?, ?, ?, ?)
        """,
        (
            change.changed_at_ms,
            change.device_id,
            change.role,
            change.register_no,
            change.changed_by,
        ),
    )
