"""Use cases of a store's settings: features on and off, certificates of its tills."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services.errors import (
    PercentError,
    StoreNotFoundError,
    TillCertificateNotFoundError,
)
from hq_hub.services.requests import Asked, answer_once
from hq_hub.store import documents, registry
from hq_hub.store.audit import write_audit
from protos.documents import SETTINGS_FEED
from protos.store_settings import SETTINGS_KEY, decode_settings, encode_settings
from retail_domain.people.right import Right
from retail_domain.people.store_settings import (
    PERCENT_MAX,
    StoreSettings,
    TillCertificate,
    require_switchable,
)


def read_settings(db: sa.Connection, store: str) -> StoreSettings:
    """What is decided for a store."""
    wanted: dict[bytes, object] = {SETTINGS_KEY: None}
    body = documents.read_bodies(db, SETTINGS_FEED, store, wanted).get(SETTINGS_KEY)
    return StoreSettings() if body is None else decode_settings(body)


def switch_features(
    db: sa.Connection, store: str, on: frozenset[Right], off: frozenset[Right], asked: Asked
) -> str:
    """Switch features of a store on and off; those that are not named stay as they are.

    Raises:
        StoreNotFoundError
        FeatureFixedError: no store can do without one of them.
    """
    require_switchable(off)

    def switch(settings: StoreSettings) -> StoreSettings:
        return dataclasses.replace(settings, rights_off=(settings.rights_off - on) | off)

    words = {"on": _join(on), "off": _join(off)}
    return _change(db, store, asked, ("switch_features", words), switch)


def set_remaining_life(db: sa.Connection, store: str, percent: int, asked: Asked) -> str:
    """Say how much of their shelf life goods must have left on arrival; 0 ends the rule.

    Raises:
        StoreNotFoundError
        PercentError: not from 0 to 100.
    """
    if not 0 <= percent <= PERCENT_MAX:
        raise PercentError(percent=percent)

    def put(settings: StoreSettings) -> StoreSettings:
        return dataclasses.replace(settings, remaining_life_percent=percent)

    words = {"percent": str(percent)}
    return _change(db, store, asked, ("set_remaining_life", words), put)


def note_till_certificate(
    db: sa.Connection, store: str, certificate: TillCertificate, asked: Asked
) -> str:
    """Keep that a till's certificate was made, so that it can be taken back without its file.

    Raises:
        StoreNotFoundError
    """

    def add(settings: StoreSettings) -> StoreSettings:
        known = settings.till_certificates
        return dataclasses.replace(settings, till_certificates=(*known, certificate))

    words = {"register_no": certificate.register_no, "fingerprint": certificate.fingerprint.hex()}
    return _change(db, store, asked, ("issue_certificate", words), add)


def revoke_till(
    db: sa.Connection, store: str, register_no: str, fingerprint: bytes | None, asked: Asked
) -> str:
    """Let a till's device process in no more. A repeat changes nothing.

    Args:
        db: not in a transaction.
        store: of the till.
        register_no: all certificates that were made for it.
        fingerprint: this one alone, also one from before the list was kept.
        asked: by whom.

    Raises:
        StoreNotFoundError
        TillCertificateNotFoundError: none was made for the register.
    """

    def revoke(settings: StoreSettings) -> StoreSettings:
        known = settings.till_certificates
        if fingerprint is not None and fingerprint not in {one.fingerprint for one in known}:
            known = (*known, TillCertificate(register_no, fingerprint))
        wanted = [
            fingerprint in (None, one.fingerprint) and one.register_no == register_no
            for one in known
        ]
        if not any(wanted):
            raise TillCertificateNotFoundError(store=store, register_no=register_no)
        changed = tuple(
            dataclasses.replace(one, is_revoked=one.is_revoked or is_wanted)
            for one, is_wanted in zip(known, wanted, strict=True)
        )
        return dataclasses.replace(settings, till_certificates=changed)

    which = "all" if fingerprint is None else fingerprint.hex()
    words = {"register_no": register_no, "fingerprint": which}
    return _change(db, store, asked, ("revoke_till", words), revoke)


def _change(
    db: sa.Connection,
    store: str,
    asked: Asked,
    question: tuple[str, dict[str, str]],
    change: Callable[[StoreSettings], StoreSettings],
) -> str:
    """Write a store's settings and who changed them, once; what stays the same is not sent."""
    what, words = question

    def write() -> str:
        if registry.read_store_names(db, store) is None:
            raise StoreNotFoundError(store=store)
        before = read_settings(db, store)
        after = change(before)
        if after != before:
            version = documents.next_version(db)
            changes: dict[bytes, bytes | None] = {SETTINGS_KEY: encode_settings(after)}
            documents.write_documents(db, SETTINGS_FEED, store, changes, version)
            write_audit(db, asked.by, what, store, **words)
        return store

    return answer_once(db, asked, (what, store, words), write)


def _join(rights: frozenset[Right]) -> str:
    return " ".join(sorted(right.value for right in rights))
