"""Verbs of machines in a store: certificates for its box as a server, and for tills' devices."""

from __future__ import annotations

import argparse
import datetime
import pathlib
import re
from collections.abc import Callable

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.config import Config
from hq_hub.services import certificates, store_settings
from hq_hub.services.certificates import TillName
from hq_hub.services.errors import CertificateFileError, StoreNumberError
from hq_hub.services.requests import Asked
from retail_domain.people.store_settings import TillCertificate

HELPS = {
    "issue-certificate": "key and certificate of a box as a server, or of a till's device process",
    "revoke-till": "let the device process of a till in no more, from the next word with its box",
}
NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


def add_options(commands: dict[str, argparse.ArgumentParser]) -> None:
    """Say what each verb takes."""
    command = commands["issue-certificate"]
    command.add_argument("--store", required=True, help="store number, such as S001")
    revoked = commands["revoke-till"]
    revoked.add_argument("--store", required=True, help="store number, such as S001")
    revoked.add_argument("--register", required=True, help="number of the till's register")
    revoked.add_argument(
        "--certificate",
        type=pathlib.Path,
        help="this one alone (till.crt); without it all that were made for the register",
    )
    command.add_argument("--to", type=pathlib.Path, required=True, help="a folder for the files")
    whose = command.add_mutually_exclusive_group(required=True)
    whose.add_argument("--register", help="a till's: number of its register, such as 2")
    whose.add_argument("--host-name", action="append", help="the box's: name or address in the LAN")


def issue_certificate(
    db: sa.Connection, config: Config, parsed: argparse.Namespace, asked: Asked
) -> str:
    """Write key, certificate and the chain's CA into a folder; a till's is noted, too.

    Raises:
        StoreNumberError: a number that no store or register has.
        StoreNotFoundError: a till of a store that is not there.
    """
    for name in (parsed.store, parsed.register or "1"):
        if NAME.fullmatch(name) is None:
            raise StoreNumberError(store=name)
    authority = certificates.load_authority(config.path(config.pki))
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    if parsed.register:
        till = TillName(config.chain, parsed.store, parsed.register)
        stem = "till"
        certificate = certificates.issue_till(authority, key.public_key(), till, now)
        noted = TillCertificate(parsed.register, certificates.fingerprint(certificate))
        store_settings.note_till_certificate(db, parsed.store, noted, asked)
    else:
        stem = "server"
        certificate = certificates.issue_box_server(
            authority, key.public_key(), parsed.store, parsed.host_name, now
        )
    certificates.save_papers(parsed.to, stem, authority, (key, certificate))
    return f"{parsed.to} holds {stem}.key, {stem}.crt and ca.crt"


def revoke_till(
    db: sa.Connection, _config: Config, parsed: argparse.Namespace, asked: Asked
) -> str:
    """Take a till's certificates back, or one of them.

    Raises:
        StoreNotFoundError, TillCertificateNotFoundError
        CertificateFileError: what is named is no certificate.
    """
    fingerprint = None
    if parsed.certificate is not None:
        try:
            pem = parsed.certificate.read_bytes()
            fingerprint = certificates.fingerprint(x509.load_pem_x509_certificate(pem))
        except (OSError, ValueError) as error:
            path, reason = str(parsed.certificate), str(error)
            raise CertificateFileError(path=path, reason=reason) from error
    store_settings.revoke_till(db, parsed.store, parsed.register, fingerprint, asked)
    return f"register {parsed.register} of store {parsed.store} is let in no more"


VERBS: dict[str, Callable[[sa.Connection, Config, argparse.Namespace, Asked], str]] = {
    "issue-certificate": issue_certificate,
    "revoke-till": revoke_till,
}
assert VERBS.keys() == HELPS.keys()
