"""Transfer slips as bytes and as the text of several codes; proto <-> domain, both ways.

A code that a hand scanner reads off a receipt holds some 300 characters, so a slip is cut into
parts: `LST1.HASH.NUMBER.COUNT.TEXT`, where HASH names the whole, so that parts of two slips never
mix. They are scanned in any order.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from google.protobuf.message import DecodeError

from protos.liushui.v1 import transfer_slip_pb2
from protos.signing import is_signed_by, sign
from retail_domain.transfers.transfer_order import OrderLine
from retail_domain.transfers.transfer_slip import TransferSlip

CONTEXT = b"liushui-transfer-slip-1"
PART = re.compile(
    r"LST1\.(?P<whole>[0-9a-f]{16})\.(?P<number>\d{1,2})\.(?P<count>\d{1,2})\.(?P<text>[\w-]{1,300})",
    re.ASCII,
)
PART_CHARACTERS = 300
"""Of text: a QR code of version 14 (69 to 73 modules), 40 mm wide on a receipt."""
PARTS_MAX = 99


class SlipUnreadableError(ValueError):
    """The parts are no slip, or were altered."""


class SlipPartsMissingError(ValueError):
    """Some parts were not scanned yet."""

    def __init__(self, have: int, count: int) -> None:
        super().__init__(f"{have} of {count}")
        self.have, self.count = have, count


def write_slip(
    slip: TransferSlip, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> tuple[str, ...]:
    """Sign a slip and cut it into the texts of its codes.

    Args:
        slip: what left.
        key: of the source's box.
        certificate: of that key.
    """
    content = encode_slip(slip)
    body = transfer_slip_pb2.SignedTransferSlip(
        content=content,
        signature=sign(key, CONTEXT, content),
        certificate=certificate.public_bytes(Encoding.DER),
    ).SerializeToString(deterministic=True)
    text = base64.urlsafe_b64encode(body).rstrip(b"=").decode()
    whole = _name(text)
    starts = range(0, len(text), PART_CHARACTERS)
    assert len(starts) <= PARTS_MAX
    return tuple(
        f"LST1.{whole}.{number}.{len(starts)}.{text[start : start + PART_CHARACTERS]}"
        for number, start in enumerate(starts, start=1)
    )


def read_slip(parts: Iterable[str], authority: x509.Certificate) -> TransferSlip:
    """Put scanned parts together and check them. A part that was scanned twice counts once.

    Args:
        parts: in any order.
        authority: CA of the chain.

    Raises:
        SlipPartsMissingError
        SlipUnreadableError: no slip, parts of several, altered, or not signed by its store.
    """
    body = _join(parts)
    try:
        signed = transfer_slip_pb2.SignedTransferSlip.FromString(body)
        slip = decode_slip(signed.content)
        certificate = x509.load_der_x509_certificate(signed.certificate)
        certificate.verify_directly_issued_by(authority)
    except (DecodeError, ValueError, TypeError, InvalidSignature) as error:
        raise SlipUnreadableError(str(error)) from error
    key, names = certificate.public_key(), certificate.subject
    stores = [name.value for name in names.get_attributes_for_oid(NameOID.COMMON_NAME)]
    is_signed = isinstance(key, ec.EllipticCurvePublicKey) and is_signed_by(
        key, CONTEXT, signed.content, signed.signature
    )
    if not is_signed or stores != [slip.source_store]:
        raise SlipUnreadableError("it is not signed by its store")
    return slip


def encode_slip(slip: TransferSlip) -> bytes:
    """What is signed; a box keeps it so when it was checked."""
    return transfer_slip_pb2.TransferSlip(
        transfer_no=slip.transfer_no,
        source_store=slip.source_store,
        target_store=slip.target_store,
        lines=[
            transfer_slip_pb2.TransferSlipLine(
                item_id=line.item_id, quantity_milli=line.quantity_milli
            )
            for line in slip.lines
        ],
    ).SerializeToString(deterministic=True)


def decode_slip(content: bytes) -> TransferSlip:
    """Read what was signed.

    Raises:
        DecodeError
        SlipUnreadableError: it says nothing that could be received.
    """
    wire = transfer_slip_pb2.TransferSlip.FromString(content)
    lines = tuple(OrderLine(line.item_id, line.quantity_milli) for line in wire.lines)
    if not lines or any(line.item_id <= 0 or line.quantity_milli <= 0 for line in lines):
        raise SlipUnreadableError("a line without goods")
    return TransferSlip(wire.transfer_no, wire.source_store, wire.target_store, lines)


def _join(parts: Iterable[str]) -> bytes:
    found = [PART.fullmatch(part.strip()) for part in parts]
    named = {(one["whole"], one["count"]) for one in found if one is not None}
    if None in found or len(named) != 1:
        raise SlipUnreadableError("these are not the parts of one slip")
    ((whole, count),) = named
    texts = {int(one["number"]): one["text"] for one in found if one is not None}
    if set(texts) != set(range(1, int(count) + 1)):
        raise SlipPartsMissingError(len(texts), int(count))
    text = "".join(texts[number] for number in sorted(texts))
    if _name(text) != whole:
        raise SlipUnreadableError("a part was altered")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise SlipUnreadableError(str(error)) from error


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
