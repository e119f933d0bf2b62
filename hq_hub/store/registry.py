"""Which boxes may speak for which store, the codes that make one, and when each was last heard."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.store.rows import insert_rows, read_rows, replace_rows
from hq_hub.store.schema import hub_state, store
from hq_hub.store.schema_ingest import (
    box_registry,
    claim_code,
    durable_cursor,
    heard_from,
    store_devices,
)
from protos.chain import GENESIS

TOUCH_HEARD = (
    sa.update(heard_from)
    .where(heard_from.c.store == sa.bindparam("of_store"))
    .values(
        # Between two hellos the box's clock is taken to go like ours: its offset stays as said.
        wall_at_ms=heard_from.c.wall_at_ms + sa.bindparam("heard_at_ms") - heard_from.c.heard_at_ms,
        heard_at_ms=sa.bindparam("heard_at_ms"),
    )
)


class BoxState(enum.StrEnum):
    """Whether a box may speak."""

    ACTIVE = "active"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclasses.dataclass(frozen=True, slots=True)
class RegisteredBox:
    """A box as headquarters enrolled it."""

    store: str
    box_id: str
    epoch: int
    public_key: bytes
    """SubjectPublicKeyInfo, DER."""
    fingerprint: bytes
    """SHA-256 of the certificate, DER."""
    state: BoxState


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A code that makes a box the box of a store, once."""

    claim_no: int
    store: str
    box_id: str
    secret_hash: bytes
    is_replacement: bool
    expires_at_ms: int
    wrong_tries: int
    public_key: bytes | None
    """Of the box that used it."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoreNames:
    """What a box is told about its store."""

    chain: str
    name: str
    name_en: str
    price_zone: str


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """What a box said of itself in its last hello."""

    tail_seq: int
    tail_head: bytes
    believed_durable_seq: int
    wall_at_ms: int
    software_version: str
    boot_id: bytes


def find_box(db: sa.Connection, store_no: str, box_id: str) -> RegisteredBox | None:
    """The box with this name, whatever its state."""
    found = read_rows(db, box_registry, [(store_no, box_id)])
    return _read_box(found[0]) if found else None


def find_active_box(db: sa.Connection, store_no: str) -> RegisteredBox | None:
    """The box that speaks for a store now."""
    row = db.execute(
        sa.select(box_registry).where(
            box_registry.c.store == store_no, box_registry.c.state == BoxState.ACTIVE.value
        )
    ).first()
    return None if row is None else _read_box(row)


def is_enrolled_store(db: sa.Connection, store_no: str) -> bool:
    """Whether the store ever had a box."""
    question = sa.select(box_registry.c.box_id).where(box_registry.c.store == store_no).limit(1)
    return db.execute(question).first() is not None


def insert_box(db: sa.Connection, box: RegisteredBox, enrolled_at_ms: int) -> None:
    """Enrol a box; the store's active one must have stepped down."""
    row = (
        box.store,
        box.box_id,
        box.epoch,
        box.public_key,
        box.fingerprint,
        box.state.value,
        enrolled_at_ms,
    )
    insert_rows(db, box_registry, [row])


def set_box_state(db: sa.Connection, store_no: str, box_id: str, state: BoxState) -> None:
    """Take a box's right to speak, or give it back."""
    db.execute(
        sa.update(box_registry)
        .where(box_registry.c.store == store_no, box_registry.c.box_id == box_id)
        .values(state=state.value)
    )


def renew_certificate(db: sa.Connection, box: RegisteredBox, fingerprint: bytes) -> None:
    """Another certificate for the same key."""
    db.execute(
        sa.update(box_registry)
        .where(box_registry.c.store == box.store, box_registry.c.box_id == box.box_id)
        .values(fingerprint=fingerprint)
    )


def set_epoch(db: sa.Connection, box: RegisteredBox, epoch: int) -> None:
    """Let a box speak in another epoch from now on."""
    db.execute(
        sa.update(box_registry)
        .where(box_registry.c.store == box.store, box_registry.c.box_id == box.box_id)
        .values(epoch=epoch)
    )


def read_heard(db: sa.Connection, store_no: str) -> tuple[str, int, Heard, int] | None:
    """Box, epoch and content of a store's last hello, and when it came; None before the first."""
    found = read_rows(db, heard_from, [(store_no,)])
    if not found:
        return None
    _store, box_id, epoch, *said, heard_at_ms = found[0]
    return box_id, epoch, Heard(*said), heard_at_ms


def read_last_epoch(db: sa.Connection, store_no: str) -> tuple[int, bytes]:
    """Number and last accepted head of the store's newest epoch; 0 and GENESIS before the first."""
    row = db.execute(
        sa.select(durable_cursor.c.epoch, durable_cursor.c.durable_head)
        .where(durable_cursor.c.store == store_no)
        .order_by(durable_cursor.c.epoch.desc())
        .limit(1)
    ).first()
    return (0, GENESIS) if row is None else (row.epoch, row.durable_head)


def read_store_names(db: sa.Connection, store_no: str) -> StoreNames | None:
    """What headquarters calls a store; None for one that it does not have."""
    chain = sa.select(hub_state.c.chain).scalar_subquery()
    row = db.execute(
        sa.select(chain, store.c.name, store.c.name_en, store.c.price_zone).where(
            store.c.store == store_no
        )
    ).first()
    return None if row is None else StoreNames(*row)


def insert_claim(db: sa.Connection, claim: Claim) -> None:
    """Keep a new code."""
    row = (
        claim.claim_no,
        claim.store,
        claim.box_id,
        claim.secret_hash,
        int(claim.is_replacement),
        claim.expires_at_ms,
        claim.wrong_tries,
        claim.public_key,
    )
    insert_rows(db, claim_code, [row])


def next_claim_no(db: sa.Connection) -> int:
    """Number of the next code, from 1."""
    last: int = db.execute(sa.select(sa.func.max(claim_code.c.claim_no))).scalar() or 0
    return last + 1


def count_claims(db: sa.Connection, store_no: str) -> int:
    """How many codes a store was given."""
    question = sa.select(sa.func.count()).where(claim_code.c.store == store_no)
    count: int = db.execute(question).scalar_one()
    return count


def find_claim(db: sa.Connection, claim_no: int) -> Claim | None:
    """The code with this number."""
    found = read_rows(db, claim_code, [(claim_no,)])
    if not found:
        return None
    number, store_no, box_id, secret_hash, is_replacement, *rest = found[0]
    return Claim(number, store_no, box_id, secret_hash, bool(is_replacement), *rest)


def count_wrong_try(db: sa.Connection, claim_no: int) -> None:
    """Somebody had the number but not the secret."""
    db.execute(
        sa.update(claim_code)
        .where(claim_code.c.claim_no == claim_no)
        .values(wrong_tries=claim_code.c.wrong_tries + 1)
    )


def use_claim(db: sa.Connection, claim_no: int, public_key: bytes) -> None:
    """Spend a code on a box."""
    db.execute(
        sa.update(claim_code).where(claim_code.c.claim_no == claim_no).values(public_key=public_key)
    )


def write_heard(db: sa.Connection, box: RegisteredBox, heard: Heard, heard_at_ms: int) -> None:
    """Keep what a store's box said last."""
    row = (
        box.store,
        box.box_id,
        box.epoch,
        heard.tail_seq,
        heard.tail_head,
        heard.believed_durable_seq,
        heard.wall_at_ms,
        heard.software_version,
        heard.boot_id,
        heard_at_ms,
    )
    replace_rows(db, heard_from, [row])


def write_devices(db: sa.Connection, store_no: str, devices: bytes, changed_at_ms: int) -> None:
    """Keep what a store said of its devices; nothing is written when it says the same again."""
    known = db.execute(
        sa.select(store_devices.c.devices).where(store_devices.c.store == store_no)
    ).scalar_one_or_none()
    if known != devices:
        replace_rows(db, store_devices, [(store_no, devices, changed_at_ms)])


def touch_heard(db: sa.Connection, box: RegisteredBox, heard_at_ms: int) -> None:
    """A batch is a sign of life too."""
    db.execute(TOUCH_HEARD, {"of_store": box.store, "heard_at_ms": heard_at_ms})


def _read_box(row: Sequence[Any]) -> RegisteredBox:
    store_no, box_id, epoch, public_key, fingerprint, state, _enrolled_at_ms = row
    return RegisteredBox(store_no, box_id, epoch, public_key, fingerprint, BoxState(state))
