"""Verbs of machines in a store: certificates for its box as a server, and for tills' devices."""

from __future__ import annotations

import argparse
import datetime
import pathlib
import re
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.config import Config
from hq_hub.services import certificates
from hq_hub.services.certificates import TillName
from hq_hub.services.errors import StoreNumberError

HELPS = {
    "issue-certificate": "key and certificate of a box as a server, or of a till's device process",
}
NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


def add_options(commands: dict[str, argparse.ArgumentParser]) -> None:
    """Say what each verb takes."""
    command = commands["issue-certificate"]
    command.add_argument("--store", required=True, help="store number, such as S001")
    command.add_argument("--to", type=pathlib.Path, required=True, help="a folder for the files")
    whose = command.add_mutually_exclusive_group(required=True)
    whose.add_argument("--register", help="a till's: number of its register, such as 2")
    whose.add_argument("--host-name", action="append", help="the box's: name or address in the LAN")


def issue_certificate(config: Config, parsed: argparse.Namespace) -> str:
    """Write key, certificate and the chain's CA into a folder.

    Raises:
        StoreNumberError: a number that no store or register has.
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
    else:
        stem = "server"
        certificate = certificates.issue_box_server(
            authority, key.public_key(), parsed.store, parsed.host_name, now
        )
    certificates.save_papers(parsed.to, stem, authority, (key, certificate))
    return f"{parsed.to} holds {stem}.key, {stem}.crt and ca.crt"


VERBS: dict[str, Callable[[Config, argparse.Namespace], str]] = {
    "issue-certificate": issue_certificate,
}
