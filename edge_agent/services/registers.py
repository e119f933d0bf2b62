"""Registers and their tokens: which screen may speak for which register."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from edge_agent.services.errors import UnknownRoleError, WrongTokenError
from edge_agent.store import devices, registers
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from hardware.driver import Role

TOKEN_BYTES = 16
"""128 random bits: not to be guessed, so a plain hash is enough to keep it."""


def enrol_register(
    db: Connection,
    register_no: str,
    token: str,
    devices_bound: Mapping[str, Role],
    *,
    wall_ms: int = 0,
) -> None:
    """Bind a screen's token and its devices to a register. A repeat replaces the token.

    Args:
        db: the box's database.
        register_no: the register.
        token: of its screen.
        devices_bound: what each device is for there.
        wall_ms: now, for the history of bindings.
    """
    with write_transaction(db):
        registers.save_register(db, register_no, hash_token(token))
        for device_id, role in devices_bound.items():
            binding = devices.Binding(device_id, role.value, register_no)
            devices.bind(db, binding, changed_by="enrol-register", changed_at_ms=wall_ms)


def bind_devices(
    db: Connection, register_no: str | None, places: Mapping[str, Role], *, by: str, wall_ms: int
) -> None:
    """Move devices to a register, from wherever they were; None takes them away from all.

    Raises:
        WrongTokenError: no such register.
    """
    with write_transaction(db):
        if register_no is not None and register_no not in registers.read_register_nos(db):
            raise WrongTokenError(register_no=register_no)
        for device_id, role in places.items():
            if register_no is None:
                devices.unbind(db, device_id, changed_by=by, changed_at_ms=wall_ms)
                continue
            binding = devices.Binding(device_id, role.value, register_no)
            devices.bind(db, binding, changed_by=by, changed_at_ms=wall_ms)


def read_place(text: str) -> tuple[str, Role]:
    """Device and role of `scale-1:scale`; without a role it is a scanner.

    Raises:
        UnknownRoleError: there is no such role.
    """
    device_id, _, role = text.partition(":")
    try:
        return device_id, Role(role or Role.SCANNER.value)
    except ValueError as error:
        roles = ", ".join(known.value for known in Role)
        raise UnknownRoleError(device_id=device_id, role=role, choices=roles) from error


def hash_token(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"register-token").digest()


def require_token(db: Connection, register_no: str, token: str) -> None:
    """Check that a screen speaks for this register.

    Raises:
        WrongTokenError: another token, or no such register.
    """
    kept = registers.read_token_hash(db, register_no)
    if kept is None or not hmac.compare_digest(kept, hash_token(token)):
        raise WrongTokenError(register_no=register_no)


def require_any_token(db: Connection, token: str) -> str:
    """Check that a request comes from one of the store's registers.

    Returns:
        The register that the token belongs to.

    Raises:
        WrongTokenError: of none.
    """
    for register_no in registers.read_register_nos(db):
        kept = registers.read_token_hash(db, register_no)
        if kept is not None and hmac.compare_digest(kept, hash_token(token)):
            return register_no
    raise WrongTokenError(register_no="?")
