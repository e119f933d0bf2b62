"""Verbs of stores and their boxes: set up, enrol, deny, let begin again."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services import enrolment, recovery, store_settings
from hq_hub.services.documents import put_store
from hq_hub.services.requests import Asked
from hq_hub.store.stores import Store
from protos.claim import SECRET_BYTES
from protos.people import RIGHTS
from retail_domain.people.errors import FeatureFixedError
from retail_domain.people.right import Right
from retail_domain.people.store_settings import SWITCHABLE

HELPS = {
    "add-store": "set up a store, or change its names",
    "claim-code": "make the code by which a box becomes a store's box; printed once",
    "revoke-box": "deny a box from now on",
    "switch-features": "leave features out at a store, or take them up again",
    "remaining-life": "how much of their shelf life goods must have left when they arrive",
    "new-epoch": "let a store's box begin again after a restore or beside a clone",
}


def add_options(commands: dict[str, argparse.ArgumentParser]) -> None:
    """Say what each verb takes."""
    for verb in HELPS:
        commands[verb].add_argument("--store", required=True, help="store number, such as S001")
    store = commands["add-store"]
    store.add_argument("--name", required=True)
    store.add_argument("--name-en", required=True)
    store.add_argument("--city", default="")
    store.add_argument("--price-zone", default="Z1", help="never changed")
    store.add_argument("--legal-entity", default="LE1", help="owner of the goods; never changed")
    store.add_argument("--region", default="", help="whose manager looks after it")
    switched = commands["switch-features"]
    names = ", ".join(sorted(right.value for right in SWITCHABLE))
    switched.add_argument("--off", action="append", default=[], help=f"one of {names}")
    switched.add_argument("--on", action="append", default=[], help="the same")
    commands["remaining-life"].add_argument(
        "--percent", type=int, required=True, help="such as 67; 0 ends the rule"
    )
    commands["claim-code"].add_argument(
        "--replace", action="store_true", help="the store's box is gone"
    )
    commands["revoke-box"].add_argument("--box", required=True, help="box id, such as B1")
    commands["new-epoch"].add_argument(
        "--boot", default="", help="the machine that goes on, when there are two"
    )


def add_store(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Set up a store."""
    store = Store(
        parsed.store,
        parsed.name,
        parsed.name_en,
        parsed.city,
        parsed.price_zone,
        parsed.legal_entity,
        parsed.region,
    )
    put_store(db, store, asked.by)
    return f"store {store.store} is set up"


def make_claim_code(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Make a claim code; it is kept nowhere."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return enrolment.make_claim_code(
        db,
        parsed.store,
        secret,
        asked.at,
        is_replacement=parsed.replace,
        by=asked.user_name,
    )


def revoke_box(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Deny a box."""
    enrolment.revoke_box(db, parsed.store, parsed.box, asked.by)
    return f"box {parsed.box} of store {parsed.store} is revoked"


def switch_features(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Switch features of a store."""
    on, off = (frozenset(map(_read_right, names)) for names in (parsed.on, parsed.off))
    store_settings.switch_features(db, parsed.store, on, off, asked)
    off_now = store_settings.read_settings(db, parsed.store).rights_off
    words = ", ".join(sorted(right.value for right in off_now)) or "nothing"
    return f"switched off at store {parsed.store}: {words}"


def set_remaining_life(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Say how fresh goods must arrive."""
    store_settings.set_remaining_life(db, parsed.store, parsed.percent, asked)
    return f"goods arrive at store {parsed.store} with {parsed.percent} % of their life or more"


def _read_right(name: str) -> Right:
    if name not in RIGHTS:
        raise FeatureFixedError(rights=name[:40])
    return RIGHTS[name]


def approve_epoch(db: sa.Connection, parsed: argparse.Namespace, asked: Asked) -> str:
    """Let a box begin again."""
    approved = recovery.approve_epoch(db, parsed.store, parsed.boot, asked.at)
    return (
        f"box {approved.box_id} of store {parsed.store} may begin epoch {approved.epoch}:"
        f" it gets {approved.kept_facts} facts from here and hands over up to"
        f" {approved.box_facts} of its own as soon as it is heard"
    )


VERBS: dict[str, Callable[[sa.Connection, argparse.Namespace, Asked], str]] = {
    "add-store": add_store,
    "claim-code": make_claim_code,
    "revoke-box": revoke_box,
    "new-epoch": approve_epoch,
    "switch-features": switch_features,
    "remaining-life": set_remaining_life,
}
assert VERBS.keys() == HELPS.keys()
