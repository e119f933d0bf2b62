"""Facts as plain values: of this version, of a later one, and bytes that are no fact."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protos import codec
from protos.fact_view import KIND_NUMBERS, FactView, name_kind, number_kind, to_plain, view_fact
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact import Fact, Payload, Position
from retail_domain.trade.fact_kind import FactKind
from tests.protos.golden import TICKET
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
)

CAUSE = uuid.UUID(int=42)


def view(payload: Payload) -> FactView:
    happening = dataclasses.replace(make_happening(payload), causes=(CAUSE,))
    return view_fact(codec.encode_fact(Fact(Position("S001", "B1", 1, 7), happening)))


def test_envelope_of_a_fact_is_read() -> None:
    seen = view(TICKET)

    assert (seen.kind, seen.kind_no, seen.schema_version) == ("ticket", 1, 1)
    assert (seen.box_id, seen.staff_no, seen.register_no) == ("B1", "1001", "1")
    assert (seen.wall_at, seen.business_date) == (NOON, datetime.date(2026, 11, 22))
    assert seen.causes == (CAUSE,)
    assert seen.unknown_fields == ()


@pytest.mark.parametrize(
    ("payload", "receipt_no", "document_no"),
    [
        (TICKET, 1042, ""),
        (make_receipt((1, 1_000)), None, "PO-000001"),
        (make_shipment((1, 1_000)), None, "T-000001"),
        (make_arrival((1, 1_000)), None, "T-000001"),
    ],
)
def test_fact_is_found_by_its_receipt_or_its_order(
    payload: Payload, receipt_no: int | None, document_no: str
) -> None:
    seen = view(payload)

    assert (seen.receipt_no, seen.document_no) == (receipt_no, document_no)


def test_payload_is_laid_out_by_the_names_of_the_wire() -> None:
    payload = view(TICKET).payload
    assert payload is not None

    plain = to_plain(payload)

    assert plain["receipt_no"] == 1042
    assert plain["lines"][1] == {  # type: ignore[index]  # A list of lines.
        "item_id": 3,
        "state": "display",
        "lot": "L7|2027-01-31",
        "scanned_code": "2100030012342",
        "quantity_milli": 1234,
        "list_price_fen": 1198,
        "unit_price_fen": 1198,
        "discount_fen": 0,
        "amount_fen": 1478,
        "tax_rate_id": "VAT9",
        "tax_rate_bp": 900,
        "tax_fen": 122,
    }


def test_number_that_a_json_reader_would_round_becomes_text() -> None:
    plain = to_plain(fact_pb2.Ticket(receipt_no=2**53 + 1, price_version=2**53))

    assert (plain["receipt_no"], plain["price_version"]) == (str(2**53 + 1), 2**53)


def test_enum_value_of_a_later_version_stays_a_number() -> None:
    line = fact_pb2.GoodsLine(item_id=1)
    line.state = 77  # type: ignore[assignment]  # Open enums take any number.

    assert to_plain(line)["state"] == "77"


def test_fact_of_a_later_version_shows_what_this_program_knows_of_it() -> None:
    wire = fact_pb2.Fact(store="S001", epoch=1, seq=1, kind=99, staff_no="7")  # type: ignore[arg-type]  # A later kind.
    body = wire.SerializeToString() + bytes([0xCA, 0x0C, 1, 0])  # Field 201, one byte long.

    seen = view_fact(body)

    assert (seen.kind, seen.staff_no, seen.payload) == ("kind_99", "7", None)
    assert seen.unknown_fields == (201,)


def test_values_that_make_no_sense_are_nothing() -> None:
    wire = fact_pb2.Fact(fact_id=b"short", business_date="tomorrow", wall_at_ms=2**62)
    wire.causes.append(b"?")

    seen = view_fact(wire.SerializeToString())

    assert (seen.fact_id, seen.business_date, seen.wall_at, seen.causes) == (None, None, None, ())


@given(st.binary(max_size=200))
def test_no_bytes_break_the_view(body: bytes) -> None:
    seen = view_fact(body)

    assert seen.payload is None or to_plain(seen.payload) is not None


def test_every_kind_has_a_number_and_its_name_back() -> None:
    assert set(KIND_NUMBERS) == set(FactKind)
    assert all(name_kind(number_kind(kind)) == kind.value for kind in FactKind)
