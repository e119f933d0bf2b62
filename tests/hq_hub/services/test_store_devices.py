"""What a store says of its devices reaches the store's page, and is written when it changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hq_hub.reports.store_detail import read_store_detail
from hq_hub.services import batches
from hq_hub.store.schema_ingest import store_devices
from protos import signing
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.databases import Databases
from tests.hq_hub.wire_hub import EnrolledBox, enrol_box, make_hello, open_empty_hub, put_stores
from tests.retail_domain.builders import NOON

PRINTER = sync_pb2.StoreDevice(
    device_id="printer-1",
    driver="escpos",
    role=wire.DEVICE_ROLE_PRINTER,
    state=wire.DEVICE_STATE_DEGRADED,
    health_code="paper_out",
    register_no="1",
    since_ms=int(NOON.timestamp() * 1000),
)


@pytest.fixture
def db(databases: Databases) -> Iterator[sa.Connection]:
    with open_empty_hub(databases) as connection:
        put_stores(connection, "S001")
        yield connection


@pytest.fixture
def box(db: sa.Connection) -> EnrolledBox:
    return enrol_box(db, "S001")


def tell(db: sa.Connection, box: EnrolledBox, *devices: sync_pb2.StoreDevice) -> None:
    hello = sync_pb2.Hello.FromString(make_hello(box).content)
    hello.devices.devices.extend(devices)
    content = hello.SerializeToString()
    signature = signing.sign(box.key, signing.HELLO_CONTEXT, content)
    signed = sync_pb2.SignedHello(content=content, signature=signature)
    ack = batches.accept_hello(db, signed, box.topic, NOON)
    assert ack.outcome == sync_pb2.OUTCOME_GREETED


def shown(db: sa.Connection) -> list[tuple[str, str, str, str, str]]:
    with db.begin():
        detail = read_store_detail(db, "S001", NOON)
    assert detail is not None
    return [
        (row.device_id, row.role, row.state, row.health_code, row.register_no)
        for row in detail.devices
    ]


def test_device_that_needs_somebody_is_on_the_stores_page(
    db: sa.Connection, box: EnrolledBox
) -> None:
    tell(db, box, PRINTER)

    assert shown(db) == [("printer-1", "printer", "degraded", "paper_out", "1")]


def test_store_that_says_nothing_of_devices_has_none(db: sa.Connection, box: EnrolledBox) -> None:
    tell(db, box)

    assert shown(db) == []


def test_device_that_is_gone_is_shown_no_more(db: sa.Connection, box: EnrolledBox) -> None:
    tell(db, box, PRINTER)
    tell(db, box)

    assert shown(db) == []


def test_same_words_again_are_not_written(db: sa.Connection, box: EnrolledBox) -> None:
    tell(db, box, PRINTER)
    with db.begin():
        db.execute(sa.update(store_devices).values(changed_at_ms=1))

    tell(db, box, PRINTER)

    with db.begin():
        assert db.execute(sa.select(store_devices.c.changed_at_ms)).scalar_one() == 1


def test_words_of_a_newer_box_are_empty_and_no_instant_is_too_large(
    db: sa.Connection, box: EnrolledBox
) -> None:
    newer = sync_pb2.StoreDevice(device_id="robot", driver="arm", since_ms=2**62)
    newer.role = 99  # type: ignore[assignment]  # A later version may know it.
    newer.state = 99  # type: ignore[assignment]  # As above.

    tell(db, box, newer)

    assert shown(db) == [("robot", "", "", "", "")]
