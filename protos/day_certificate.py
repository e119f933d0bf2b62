"""Bytes of a day's certificate: made once by the box, signed and checked as they stand."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from protos.liushui.v1 import store_fact_pb2
from protos.mapping import read_fields, write_fields
from retail_domain.trade.trading_day import DayCertificate


def encode_certificate(certificate: DayCertificate) -> bytes:
    """Make the bytes that the box signs."""
    wire = store_fact_pb2.DayCertificate()
    write_fields(certificate, wire)
    return wire.SerializeToString(deterministic=True)


def decode_certificate(content: bytes) -> DayCertificate:
    """Read a certificate.

    Raises:
        ValueError: no certificate.
    """
    try:
        wire = store_fact_pb2.DayCertificate.FromString(content)
        certificate: DayCertificate = read_fields(DayCertificate, wire)
    except (DecodeError, AssertionError, OverflowError) as error:
        raise ValueError(f"no day certificate: {error!r}") from error
    return certificate
