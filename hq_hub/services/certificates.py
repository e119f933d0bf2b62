"""The chain's own certification authority: its files, and the certificates it issues."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import ipaddress
import os
import pathlib
import re
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hq_hub.store.backup import move

CA_VALID = datetime.timedelta(days=3650)
"""Ten years: every box would have to be enrolled anew after it."""
LEAF_VALID = datetime.timedelta(days=730)
"""Two years: boxes do not renew over the line yet, and the registry can revoke at once."""
CLOCK_SLACK = datetime.timedelta(days=1)
"""Certificates count from yesterday: a box without a battery for its clock starts in the past."""
HUB_NAME = "hub"
"""CN of the hub: the broker lets it read and write all topics."""
LOCAL_NAMES = ("localhost", "127.0.0.1")

# Headquarters gives store numbers of this kind only: they stand in URIs, topics and client ids.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CHAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_BOX_URI = re.compile(r"spiffe://([^/]+)/box/([^/]+)/([^/]+)")
_PEM = serialization.Encoding.PEM


@dataclasses.dataclass(frozen=True, slots=True)
class Authority:
    """The key that makes boxes and hub believe each other."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def certificate_pem(self) -> str:
        """What every box trusts."""
        return self.certificate.public_bytes(_PEM).decode()


@dataclasses.dataclass(frozen=True, slots=True)
class BoxName:
    """Who a box certificate speaks for."""

    chain: str
    store: str
    box_id: str

    def __post_init__(self) -> None:
        assert _CHAIN.fullmatch(self.chain), self.chain
        assert _NAME.fullmatch(self.store), self.store
        assert _NAME.fullmatch(self.box_id), self.box_id

    @property
    def uri(self) -> str:
        """Subject alternative name of the certificate."""
        return f"spiffe://{self.chain}/box/{self.store}/{self.box_id}"


@dataclasses.dataclass(frozen=True, slots=True)
class TillName:
    """Whose devices a till's certificate speaks for."""

    chain: str
    store: str
    register_no: str

    def __post_init__(self) -> None:
        assert _CHAIN.fullmatch(self.chain), self.chain
        assert _NAME.fullmatch(self.store), self.store
        assert _NAME.fullmatch(self.register_no), self.register_no

    @property
    def uri(self) -> str:
        """Subject alternative name of the certificate."""
        return f"spiffe://{self.chain}/till/{self.store}/{self.register_no}"


def parse_box_uri(uri: str, chain: str) -> tuple[str, str] | None:
    """Store and box id of a certificate's name; None for another kind, or another chain."""
    match = _BOX_URI.fullmatch(uri)
    return (match[2], match[3]) if match and match[1] == chain else None


def fingerprint(certificate: x509.Certificate) -> bytes:
    """SHA-256 of the certificate in DER: what the registry knows it by."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return hashlib.sha256(der).digest()


def make_authority(chain: str, now: datetime.datetime) -> Authority:
    """Make a new CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{chain} CA")
    builder = (
        _builder(name, name, key.public_key(), now, CA_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_ca=True), critical=True)
    )
    return Authority(key, builder.sign(key, hashes.SHA256()))


def issue_hub(
    authority: Authority,
    key: ec.EllipticCurvePrivateKey,
    host_names: Sequence[str],
    now: datetime.datetime,
) -> x509.Certificate:
    """Certify the hub, for its server and as a client of the broker.

    Args:
        authority: the chain's.
        key: the hub's.
        host_names: DNS names and addresses by which boxes reach it, beside the local ones.
        now: UTC.
    """
    names = [_general_name(name) for name in dict.fromkeys((*LOCAL_NAMES, *host_names))]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return _issue(authority, key.public_key(), HUB_NAME, names, usages, now)


def issue_box(
    authority: Authority,
    public_key: ec.EllipticCurvePublicKey,
    name: BoxName,
    now: datetime.datetime,
) -> x509.Certificate:
    """Certify a box: CN is the store, which the broker takes as its user."""
    names = [x509.UniformResourceIdentifier(name.uri)]
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
    return _issue(authority, public_key, name.store, names, usages, now)


def issue_box_server(
    authority: Authority,
    public_key: ec.EllipticCurvePublicKey,
    store: str,
    host_names: Sequence[str],
    now: datetime.datetime,
) -> x509.Certificate:
    """Certify a box as a server in its store: screens and tills reach it by these names."""
    names = [_general_name(name) for name in dict.fromkeys((*LOCAL_NAMES, *host_names))]
    return _issue(authority, public_key, store, names, [ExtendedKeyUsageOID.SERVER_AUTH], now)


def issue_till(
    authority: Authority,
    public_key: ec.EllipticCurvePublicKey,
    name: TillName,
    now: datetime.datetime,
) -> x509.Certificate:
    """Certify the device process of a till, as a client of its store's box."""
    names = [x509.UniformResourceIdentifier(name.uri)]
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
    return _issue(authority, public_key, f"{name.store}-{name.register_no}", names, usages, now)


def save_papers(
    folder: pathlib.Path,
    stem: str,
    authority: Authority,
    papers: tuple[ec.EllipticCurvePrivateKey, x509.Certificate],
) -> None:
    """Write `stem`.key, `stem`.crt and the ca.crt that goes with them into a folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder, stem, *papers)
    (folder / "ca.crt").write_text(authority.certificate_pem, encoding="ascii")


def init_pki(
    folder: pathlib.Path, chain: str, host_names: Sequence[str], now: datetime.datetime
) -> Authority:
    """Make ca.key, ca.crt, hub.key and hub.crt in a folder; what is there stays as it is."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "ca.crt").exists():
        authority = make_authority(chain, now)
        _write(folder, "ca", authority.key, authority.certificate)
    authority = load_authority(folder)
    if not (folder / "hub.crt").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder, "hub", key, issue_hub(authority, key, host_names, now))
    return authority


def load_authority(folder: pathlib.Path) -> Authority:
    """Read ca.key and ca.crt."""
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(key, x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes()))


def _write(
    folder: pathlib.Path,
    stem: str,
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
) -> None:
    """Key first: a certificate that is there tells that its key is, after a power cut too."""
    pem = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with open(os.open(folder / f"{stem}.key", flags, 0o600), "wb") as file:  # noqa: PTH123 - with a mode from the first byte on
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    new = folder / f"{stem}.crt.new"
    new.write_bytes(certificate.public_bytes(_PEM))
    move(new, folder / f"{stem}.crt")


def _issue(
    authority: Authority,
    public_key: ec.EllipticCurvePublicKey,
    common_name: str,
    names: Sequence[x509.GeneralName],
    usages: Sequence[x509.ObjectIdentifier],
    now: datetime.datetime,
) -> x509.Certificate:
    issuer = authority.certificate.subject
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        _builder(_name(common_name), issuer, public_key, now, LEAF_VALID)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(is_ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(identifier, critical=False)
    )
    return builder.sign(authority.key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime.datetime,
    valid: datetime.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, public_key, x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
