"""Tables of what comes in: who may speak, what was said, and what was refused."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

IS_ACTIVE = sa.text("state = 'active'")

box_registry = (
    make_table(  # Every box that was ever enrolled; a new one of a store has a new epoch.
        "box_registry",
        key("store"),
        key("box_id"),
        column("epoch", Int),
        column("public_key", Bytes),  # SubjectPublicKeyInfo, DER.
        column("fingerprint", Bytes),  # SHA-256 of the certificate, DER.
        column("state", Text, sa.CheckConstraint("state IN ('active', 'replaced', 'revoked')")),
        column("enrolled_at_ms", Int),
        sa.UniqueConstraint("store", "epoch", name="box_registry_epoch_is_one_box"),
        sa.Index(
            "box_registry_one_active_box",
            "store",
            unique=True,
            sqlite_where=IS_ACTIVE,
            postgresql_where=IS_ACTIVE,
        ),
    )
)

claim_code = make_table(  # One-time right to become the box of a store.
    "claim_code",
    key("claim_no", Int),
    column("store", Text, sa.ForeignKey("store.store")),
    column("box_id", Text),
    column("secret_hash", Bytes),  # SHA-256: the code itself is only on paper.
    column("is_replacement", Int),
    column("expires_at_ms", Int),
    column("wrong_tries", Int),
    sa.Column("public_key", Bytes),  # Of the box that used it; the same box may ask again.
)

hub_journal = make_table(  # The boxes' journals, byte for byte. Append-only.
    "hub_journal",
    key("receive_no", Int),  # Hub-wide, from 1, without gaps: the order of applying.
    column("store", Text),
    column("epoch", Int),
    column("seq", Int),
    sa.Column("fact_id", Bytes),  # 16 bytes; NULL when the body has none that can be read.
    column("kind", Int),  # Number of FactKind in fact.proto, also of kinds of a later version.
    column("body", Bytes),
    column("head", Bytes),  # Chain after this fact.
    column("received_at_ms", Int),
    sa.UniqueConstraint("store", "epoch", "seq", name="hub_journal_keeps_a_place_once"),
    sa.UniqueConstraint("store", "fact_id", name="hub_journal_keeps_a_fact_once"),
    is_wide=True,
)

durable_cursor = make_table(  # How far an epoch of a store is kept; what acks say.
    "durable_cursor",
    key("store"),
    key("epoch", Int),
    column("durable_seq", Int),
    column("durable_head", Bytes),
    column("epoch_start_head", Bytes),  # Last accepted head of the epoch before.
)

quarantine = make_table(  # Batches that were refused, for a person to look at.
    "quarantine",
    key("store"),  # Of the caller, by certificate or topic: the content may lie.
    key("content_hash", Bytes),  # BLAKE2b-256; the same content again is counted.
    column("box_id", Text),
    column("reason_code", Text),
    column("size_bytes", Int),
    sa.Column("content", Bytes),  # NULL beyond the store's limit.
    sa.Column("signature", Bytes),
    column("times", Int),
    column("first_at_ms", Int),
    column("last_at_ms", Int),
    is_wide=True,
)

heard_from = make_table(  # The last hello of a store's box.
    "heard_from",
    key("store"),
    column("box_id", Text),
    column("epoch", Int),
    column("tail_seq", Int),  # What its journal holds.
    column("tail_head", Bytes),
    column("believed_durable_seq", Int),  # What it thinks that we hold.
    column("wall_at_ms", Int),  # By its clock at heard_at_ms, which is by ours.
    column("software_version", Text),
    column("boot_id", Bytes),
    column("heard_at_ms", Int),
)

store_devices = make_table(  # What the last hello said of a store's scanners, scales, printers.
    "store_devices",
    key("store"),
    column("devices", Bytes),  # A StoreDevices as it came.
    column("changed_at_ms", Int),
)

box_alarm = make_table(  # What a person has to look at; the newest of a kind and store.
    "box_alarm",
    key("store"),
    key("kind"),
    column("box_id", Text),
    column("epoch", Int),
    column("kept_seq", Int),  # Held by the hub in this epoch.
    column("box_seq", Int),  # Last fact of the box, as it said.
    column("kept_facts", Int),  # That the hub holds and the box may not know.
    column("box_facts", Int),  # That the box holds, or held, and the hub may never get.
    sa.Column("first_received_at_ms", Int),  # When the hub got the kept facts in question.
    sa.Column("last_received_at_ms", Int),
    column("times", Int),
    column("first_at_ms", Int),
    column("last_at_ms", Int),
    sa.Column("closed_at_ms", Int),  # NULL while somebody has to act.
)

box_boot = make_table(  # Starts of the machines that spoke in an epoch: two in turn are a clone.
    "box_boot",
    key("store"),
    key("epoch", Int),
    key("boot_id", Bytes),
    column("tail_seq", Int),
    column("first_at_ms", Int),
    column("last_at_ms", Int),
    sa.Column("superseded_at_ms", Int),  # NULL for the newest.
)

epoch_approval = make_table(  # A person let a box begin another epoch.
    "epoch_approval",
    key("store"),
    key("epoch", Int),
    sa.Column("boot_id", Bytes),  # Only the machine that was started thus; NULL for any.
    column("approved_at_ms", Int),
    sa.Column("taken_at_ms", Int),  # When the box first spoke in it: nobody else may then.
)

day_certificate = make_table(  # Closes of trading days as the boxes signed them, arrived or not.
    "day_certificate",
    key("store"),
    key("business_date"),
    column("epoch", Int),
    column("seq", Int),  # Of the fact day_closed: facts up to here exist.
    column("head", Bytes),
    column("content", Bytes),  # DayClose, signed as it stands.
    column("signature", Bytes),
    column("received_at_ms", Int),
)
