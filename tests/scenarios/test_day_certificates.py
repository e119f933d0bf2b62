"""A store closed its day and fell silent: headquarters knows how many facts are still there."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from edge_agent.services import exchange
from edge_agent.services.exchange import DAY_CLOSE_BYTES_MAX, Speaker
from edge_agent.store import journal
from edge_agent.store.database import write_transaction
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from hq_hub.reports.doctor import examine
from hq_hub.services import batches
from hq_hub.store import day_certificates
from hq_hub.store.day_certificates import MissingDay
from hq_hub.store.engine import open_engine
from protos import chain, signing
from protos.liushui.v1 import fact_pb2, sync_pb2
from tests.edge_agent.shop_setup import COLA, open_box
from tests.hq_hub.wire_hub import CHAIN, EnrolledBox, enrol_box, make_hub, put_items, put_stores
from tests.retail_domain.builders import NOON, make_happening, make_receipt

IDENTITY = Identity(CHAIN, "S001", "B1", "一店", "Store 1", "Z1")


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[sa.Connection]:
    engine = open_engine(make_hub(tmp_path / "hub.sqlite"))
    with contextlib.closing(engine.connect()) as db:
        put_stores(db, "S001")
        put_items(db, COLA)
        yield db
    engine.dispose()


@dataclasses.dataclass
class Store:
    """A box with its key, and the hub that knows it."""

    hub: sa.Connection
    db: Connection
    box: EnrolledBox
    facts: int = 0

    @property
    def speaker(self) -> Speaker:
        return Speaker(IDENTITY, self.box.key, uuid.UUID(int=7), "0.1.0")

    def trade(self, facts: int) -> None:
        with write_transaction(self.db):
            for _ in range(facts):
                self.facts += 1
                happening = make_happening(make_receipt((COLA, 1_000)), self.facts)
                journal.append_fact(self.db, IDENTITY, happening)

    def close_day(self, business_date: str, *, padding: int = 0) -> None:
        """Write the fact as a later program writes it: here only its heading counts."""
        tail = journal.read_tail(self.db)
        self.facts += 1
        body = fact_pb2.Fact(
            store="S001",
            box_id="B1",
            epoch=1,
            seq=tail.seq + 1,
            fact_id=self.facts.to_bytes(16, "big"),
            kind=fact_pb2.FACT_KIND_DAY_CLOSED,
            schema_version=1,
            business_date=business_date,
            staff_no="x" * padding,
        ).SerializeToString()
        head = chain.next_head(tail.head, body)
        fact_id = self.facts.to_bytes(16, "big")
        with write_transaction(self.db):
            self.db.execute(
                "INSERT INTO journal VALUES (1, ?, ?, 'day_closed', 0, ?, ?)",
                (tail.seq + 1, fact_id, body, head),
            )
            self.db.execute(
                "UPDATE ack_cursor SET tail_seq = ?, tail_head = ?", (tail.seq + 1, head)
            )

    def send(self, after_seq: int, facts: int) -> None:
        batch, _last = exchange.make_batch(
            self.db, self.speaker, after_seq=after_seq, facts_max=facts, bytes_max=10**6
        )
        batches.accept_batch(self.hub, batch, self.box.topic, NOON)

    def greet(self) -> sync_pb2.Ack:
        hello = exchange.make_hello(self.db, self.speaker, NOON, "")
        return batches.accept_hello(self.hub, hello, self.box.topic, NOON)

    def missing(self) -> list[MissingDay]:
        found = day_certificates.read_missing_days(self.hub)
        self.hub.rollback()
        return found


@pytest.fixture
def store(hub: sa.Connection, tmp_path: pathlib.Path) -> Iterator[Store]:
    box = enrol_box(hub, "S001")
    with contextlib.closing(open_box(str(tmp_path / "box.sqlite"), IDENTITY)) as db:
        yield Store(hub, db, box)


def test_silent_store_is_known_to_have_facts_of_a_closed_day(store: Store) -> None:
    store.trade(9)
    store.close_day("2026-11-21")
    store.greet()
    store.send(0, 4)
    store.greet()

    missing = store.missing()
    findings, _faults = examine(store.hub)
    store.hub.rollback()
    store.send(4, 6)

    assert missing == [MissingDay("S001", "2026-11-21", 6)]
    assert ("closed, not here", "S001 2026-11-21: 6 facts") in findings
    assert store.missing() == []


def test_newest_close_of_a_day_is_kept_and_days_stand_apart(store: Store) -> None:
    for business_date in ("2026-11-21", "2026-11-21", "2026-11-22"):
        store.trade(2)
        store.close_day(business_date)
        store.greet()
        store.greet()

    assert store.missing() == [
        MissingDay("S001", "2026-11-21", 6),
        MissingDay("S001", "2026-11-22", 9),
    ]


def test_box_without_a_close_greets_as_before(store: Store) -> None:
    store.trade(2)

    assert store.greet().outcome == sync_pb2.OUTCOME_GREETED
    assert store.missing() == []


def test_close_that_would_not_pass_is_left_out_of_the_hello(store: Store) -> None:
    store.trade(1)
    store.close_day("2026-11-21", padding=DAY_CLOSE_BYTES_MAX)

    assert store.greet().outcome == sync_pb2.OUTCOME_GREETED
    assert store.missing() == []


@pytest.mark.parametrize("lie", ["signature", "store", "epoch", "place", "kind", "date", "noise"])
def test_close_that_its_box_may_not_say_is_not_kept_and_does_not_stop_the_hello(
    store: Store, lie: str
) -> None:
    store.trade(1)
    store.close_day("2026-11-21")
    hello = sync_pb2.Hello.FromString(
        exchange.make_hello(store.db, store.speaker, NOON, "").content
    )
    close = sync_pb2.DayClose.FromString(hello.last_day_close.content)
    fact = fact_pb2.Fact.FromString(close.body)
    if lie == "store":
        close.store = "S002"
    elif lie == "epoch":
        close.epoch = 7
    elif lie == "place":
        close.seq = 99
    elif lie == "kind":
        fact.kind = fact_pb2.FACT_KIND_DAY_OPENED
    elif lie == "date":
        fact.business_date = "yesterday"
    close.body = b"\xff" if lie == "noise" else fact.SerializeToString()
    content = close.SerializeToString()
    context = signing.HELLO_CONTEXT if lie == "signature" else signing.DAY_CLOSE_CONTEXT
    hello.last_day_close.content = content
    hello.last_day_close.signature = signing.sign(store.box.key, context, content)
    said = hello.SerializeToString()
    signature = signing.sign(store.box.key, signing.HELLO_CONTEXT, said)

    ack = batches.accept_hello(
        store.hub,
        sync_pb2.SignedHello(content=said, signature=signature),
        store.box.topic,
        NOON + datetime.timedelta(seconds=5),
    )

    assert ack.outcome == sync_pb2.OUTCOME_GREETED
    assert store.missing() == []
