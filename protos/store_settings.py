"""The document of a store's settings; proto <-> domain, both ways."""

from __future__ import annotations

from protos.liushui.v1 import document_pb2
from protos.people import RIGHTS
from retail_domain.people.store_settings import StoreSettings, TillCertificate

SETTINGS_KEY = b"store"
"""Of the only document of the feed."""


def encode_settings(settings: StoreSettings) -> bytes:
    """Make the body of the document."""
    return document_pb2.StoreSettingsDocument(
        rights_off=sorted(right.value for right in settings.rights_off),
        till_certificates=[
            document_pb2.TillCertificate(
                register_no=one.register_no,
                fingerprint=one.fingerprint,
                is_revoked=one.is_revoked,
            )
            for one in settings.till_certificates
        ],
        remaining_life_percent=settings.remaining_life_percent,
    ).SerializeToString(deterministic=True)


def decode_settings(body: bytes) -> StoreSettings:
    """Read the body; features of a later version are left on."""
    wire = document_pb2.StoreSettingsDocument.FromString(body)
    return StoreSettings(
        rights_off=frozenset(RIGHTS[name] for name in wire.rights_off if name in RIGHTS),
        till_certificates=tuple(
            TillCertificate(one.register_no, one.fingerprint, one.is_revoked)
            for one in wire.till_certificates
        ),
        remaining_life_percent=wire.remaining_life_percent,
    )
