"""Goods come with a signed slip: taken in without any line, and never by a false one."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import pathlib
import uuid

import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edge_agent.services import goods, transfer_slips
from edge_agent.services.transfer_slips import SlipPapers
from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from hardware.printer.render import render
from hq_hub.services.certificates import BoxName, issue_box, make_authority
from protos.documents import ORDERS_FEED
from protos.transfer_slip import SlipPartsMissingError, SlipUnreadableError, read_slip, write_slip
from retail_domain.stock.goods import TransferReceived
from retail_domain.transfers.transfer_order import OrderLine
from retail_domain.transfers.transfer_slip import TransferSlip
from tests.edge_agent.shop_setup import (
    APPLES,
    COLA,
    IDENTITY,
    KEY,
    make_box,
    open_box,
    put_documents,
)
from tests.edge_agent.staffed_store import MANAGER
from tests.edge_agent.till import Open, Till
from tests.retail_domain.builders import NOON

AUTHORITY = make_authority("test-chain", NOON)
OTHER = dataclasses.replace(IDENTITY, store="S002", box_id="B2")
SLIP = TransferSlip("T-000002", "S002", "S001", (OrderLine(COLA, 3_000), OrderLine(APPLES, 1_250)))


def make_papers(store: str, key: ec.EllipticCurvePrivateKey = KEY) -> SlipPapers:
    name = BoxName("test-chain", store, "B2")
    certificate = issue_box(AUTHORITY, key.public_key(), name, NOON)
    return SlipPapers(key, certificate, AUTHORITY.certificate)


PAPERS = make_papers("S002")
PARTS = write_slip(SLIP, PAPERS.key, PAPERS.certificate)


@pytest.fixture
def till(open_till: Open, database: str) -> Till:
    """A store that headquarters' orders did not reach."""
    with contextlib.closing(open_database(database)) as db, write_transaction(db):
        put_documents(db, ORDERS_FEED, [])
    till = open_till("1")
    till.shop.slip_papers = make_papers("S001")
    till.sign_in(MANAGER)
    return till


def test_printed_slip_is_read_back_and_its_goods_are_received(
    till: Till, database: str, tmp_path: pathlib.Path
) -> None:
    source = make_box(identity=OTHER)
    with contextlib.closing(open_box(str(tmp_path / "other.sqlite"), OTHER)) as db:
        sent = [OrderLine(COLA, 3_000), OrderLine(APPLES, 1_250)]
        goods.ship_transfer(db, source, "T-000002", sent, fact_id=uuid.UUID(int=1), staff_no="1001")
        roll = transfer_slips.lay_out_slip(db, source, PAPERS, "T-000002")
    picture = Image.open(io.BytesIO(render(roll, 8).to_png())).convert("L")
    scanned = [code.text for code in zxingcpp.read_barcodes(picture)]

    taken = till.send("/api/transfer-slips", parts=scanned[::-1])

    assert taken == {"transfer_no": "T-000002"}
    (order,) = till.get("/api/orders")["transfer_orders"]
    assert {line["item_id"]: line["quantity_milli"] for line in order["lines"]} == {
        COLA: 3_000,
        APPLES: 1_250,
    }
    lines = [{"item_id": COLA, "quantity_milli": 3_000}]
    till.send("/api/transfer-orders/T-000002/receive", lines=lines)
    with contextlib.closing(open_database(database)) as db:
        *_, (fact, _body, _head) = journal.iterate_facts(db)
    received = fact.happening.payload
    assert isinstance(received, TransferReceived)
    assert (received.transfer_no, received.source_store) == ("T-000002", "S002")


def test_slip_that_is_scanned_twice_is_taken_once_and_known_when_all_is_here(till: Till) -> None:
    first, second = (till.send("/api/transfer-slips", parts=PARTS) for _ in range(2))
    waiting = till.get("/api/orders")["transfer_orders"]
    lines = [
        {"item_id": line.item_id, "quantity_milli": line.quantity_milli} for line in SLIP.lines
    ]
    till.send("/api/transfer-orders/T-000002/receive", lines=lines)
    third = till.send("/api/transfer-slips", parts=PARTS)

    assert first == second == {"transfer_no": "T-000002"}
    assert len(waiting) == 1
    assert third["code"] == "slip_done"
    assert till.get("/api/orders")["transfer_orders"] == []


def test_slip_of_the_first_part_does_not_take_the_place_of_a_later_one(till: Till) -> None:
    more = dataclasses.replace(SLIP, lines=(OrderLine(COLA, 9_000), OrderLine(APPLES, 1_250)))

    for slip in (SLIP, more, SLIP):
        parts = write_slip(slip, PAPERS.key, PAPERS.certificate)
        assert till.send("/api/transfer-slips", parts=parts) == {"transfer_no": "T-000002"}

    (order,) = till.get("/api/orders")["transfer_orders"]
    assert [line["quantity_milli"] for line in order["lines"]] == [9_000, 1_250]


def test_slip_without_all_its_codes_says_how_many_are_missing(till: Till) -> None:
    refused = till.send("/api/transfer-slips", parts=[PARTS[0], PARTS[0]])

    assert refused["code"] == "slip_parts_missing"
    assert refused["values"] == {"have": 1, "count": len(PARTS)}


def test_slip_for_another_store_is_refused_with_its_name(till: Till) -> None:
    slip = dataclasses.replace(SLIP, target_store="S003")

    refused = till.send(
        "/api/transfer-slips", parts=write_slip(slip, PAPERS.key, PAPERS.certificate)
    )

    assert (refused["code"], refused["values"]["store"]) == ("slip_for_other_store", "S003")


def forge() -> dict[str, tuple[str, ...]]:
    """Slips that nobody of the chain signed so."""
    stranger = make_authority("test-chain", NOON)
    foreign = issue_box(stranger, KEY.public_key(), BoxName("test-chain", "S002", "B2"), NOON)
    third = make_papers("S003")
    other_key = ec.generate_private_key(ec.SECP256R1())
    more = dataclasses.replace(SLIP, lines=(OrderLine(COLA, 30_000),))
    others = write_slip(more, PAPERS.key, PAPERS.certificate)
    return {
        "another CA": write_slip(SLIP, KEY, foreign),
        "another store": write_slip(SLIP, third.key, third.certificate),
        "another key": write_slip(SLIP, other_key, PAPERS.certificate),
        "two slips mixed": (PARTS[0], *others[1:]),
        "no slip": ("6901234567892",),
        "nothing": ("LST1.0123456789abcdef.1.1.AAAA",),
    }


@pytest.mark.parametrize("forged", forge().values(), ids=forge())
def test_false_slip_is_refused(till: Till, forged: tuple[str, ...]) -> None:
    assert till.send("/api/transfer-slips", parts=forged)["code"] == "slip_altered"
    assert till.get("/api/orders")["transfer_orders"] == []


@given(st.data())
def test_no_slip_with_a_changed_letter_is_ever_read(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(PARTS) - 1))
    place = data.draw(st.integers(0, len(PARTS[number]) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_."))
    part = PARTS[number][:place] + letter + PARTS[number][place + 1 :]
    if part == PARTS[number]:
        return
    parts = [*PARTS[:number], part, *PARTS[number + 1 :]]

    with pytest.raises((SlipUnreadableError, SlipPartsMissingError)):
        read_slip(parts, AUTHORITY.certificate)


def test_whole_slip_is_read_as_it_was_written() -> None:
    assert read_slip(reversed(PARTS), AUTHORITY.certificate) == SLIP
    with pytest.raises(SlipUnreadableError):
        read_slip([], AUTHORITY.certificate)


def test_slip_of_a_transfer_that_did_not_leave_is_refused(open_till: Open) -> None:
    till = open_till("1")
    till.shop.slip_papers = PAPERS
    till.sign_in(MANAGER)

    assert till.send("/api/transfer-orders/T-000001/slip/preview")["code"] == "nothing_shipped"
    assert till.send("/api/registers/1/transfer-orders/T-000002/slip")["code"] == "nothing_shipped"
