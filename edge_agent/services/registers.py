"""Registers and their tokens: which screen may speak for which register."""

from __future__ import annotations

import hashlib
import hmac

from edge_agent.services.errors import WrongTokenError
from edge_agent.store import registers
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection

TOKEN_BYTES = 16
"""128 random bits: not to be guessed, so a plain hash is enough to keep it."""


def enrol_register(db: Connection, register_no: str, token: str, device_ids: list[str]) -> None:
    """Bind a screen's token and its devices to a register. A repeat replaces the token."""
    with write_transaction(db):
        registers.save_register(db, register_no, hash_token(token))
        for device_id in device_ids:
            registers.bind_device(db, device_id, register_no)


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
