"""Who this box is. Written once, by enrolment."""

from __future__ import annotations

import dataclasses

from edge_agent.store.errors import NotEnrolledError
from edge_agent.store.rows import get_text
from edge_agent.store.sqlite_library import Connection
from protos.chain import HEAD_BYTES
from protos.documents import (
    CHAIN_SCOPE,
    ITEMS_FEED,
    ORDERS_FEED,
    PEOPLE_FEED,
    PRICES_FEED,
    RETURNS_FEED,
    ROLES_FEED,
    SETTINGS_FEED,
    TEMPLATES_FEED,
)
from protos.feed_hash import hash_scope


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """The store that this box keeps."""

    chain: str
    store: str
    """Store number, chain-wide; CN of the box's certificate."""
    box_id: str
    store_name: str
    store_name_en: str
    price_zone: str


def read_identity(db: Connection, path: str) -> Identity:
    """Who this box is.

    Raises:
        NotEnrolledError: nobody yet.
    """
    row = db.execute(
        "SELECT chain, store, box_id, store_name, store_name_en, price_zone FROM identity"
    ).fetchone()
    if row is None:
        raise NotEnrolledError(path=path)
    return Identity(*(get_text(value) for value in row))


def write_identity(
    db: Connection, identity: Identity, *, epoch: int, epoch_start_head: bytes
) -> None:
    """Take on an identity, and subscribe to its feeds. A box has one for its whole life.

    Args:
        db: inside write_transaction(), never enrolled before.
        identity: from the hub's enrolment.
        epoch: the box's life, from the hub.
        epoch_start_head: last accepted head of the epoch before; zeros for the first.
    """
    assert db.in_transaction, "call inside write_transaction()"
    assert len(epoch_start_head) == HEAD_BYTES
    db.execute(
        "INSERT INTO identity VALUES (1, ?, ?, ?, ?, ?, ?)",
        (
            identity.chain,
            identity.store,
            identity.box_id,
            identity.store_name,
            identity.store_name_en,
            identity.price_zone,
        ),
    )
    db.execute(
        "UPDATE ack_cursor SET epoch = ?1, epoch_start_head = ?2, tail_head = ?2",
        (epoch, epoch_start_head),
    )
    scopes = {
        ITEMS_FEED: CHAIN_SCOPE,
        PRICES_FEED: identity.price_zone,
        ORDERS_FEED: identity.store,
        ROLES_FEED: CHAIN_SCOPE,
        PEOPLE_FEED: identity.store,
        TEMPLATES_FEED: CHAIN_SCOPE,
        SETTINGS_FEED: identity.store,
        RETURNS_FEED: identity.store,
    }
    db.executemany(
        "INSERT INTO feed_scope VALUES (?, ?, 0, 0, ?)",
        [(feed, scope, hash_scope(())) for feed, scope in scopes.items()],
    )
