"""Transfer orders: headquarters decides, the stores ship and receive."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from hq_hub.reports.paging import EVERY_STORE, Block
from hq_hub.reports.transfers import count_transfers, read_transfer, read_transfers
from hq_hub.services import documents, transfers
from hq_hub.services.requests import Asked
from hq_hub.services.transfers import NewTransfer
from hq_hub.store.stores import Store
from protos.documents import TransferOrder, decode_order
from retail_domain.errors import RetailError
from retail_domain.trade.fact import Payload
from retail_domain.transfers.transfer_order import OrderLine, TransferState
from tests.hq_hub.small_chain import BOSS, SmallChain
from tests.retail_domain.builders import make_arrival, make_shipment

LINE = OrderLine(1, 1_000)


def orders_feed(small: SmallChain) -> list[tuple[str, TransferState]]:
    """Scope and decision of every transfer document, oldest first."""
    rows = small.read(
        "SELECT scope, body FROM document WHERE feed = 'orders' ORDER BY version, scope"
    )
    orders = [(scope, decode_order(body)) for scope, body in rows]
    return [(scope, order.decision) for scope, order in orders if isinstance(order, TransferOrder)]


def state_of(small: SmallChain, transfer_no: str) -> TransferState:
    state = read_transfer(small.db, transfer_no).state
    small.db.rollback()
    return state


def test_draft_does_not_leave_headquarters(small: SmallChain) -> None:
    number = small.draft_transfer()

    assert orders_feed(small) == []
    assert state_of(small, number) is TransferState.DRAFTED


def test_approved_order_goes_to_both_stores(small: SmallChain) -> None:
    number = small.draft_transfer()

    transfers.approve_transfer(small.db, number, small.ask())

    approved = TransferState.APPROVED
    assert orders_feed(small) == [("S001", approved), ("S002", approved)]
    assert state_of(small, number) is approved


def test_approving_twice_changes_nothing(small: SmallChain) -> None:
    number = small.draft_transfer()
    transfers.approve_transfer(small.db, number, small.ask())
    before = orders_feed(small)

    transfers.approve_transfer(small.db, number, small.ask())

    assert orders_feed(small) == before


def test_cancelling_an_approved_order_tells_both_stores(small: SmallChain) -> None:
    number = small.draft_transfer()
    transfers.approve_transfer(small.db, number, small.ask())

    transfers.cancel_transfer(small.db, number, small.ask())

    cancelled = TransferState.CANCELLED
    assert orders_feed(small)[2:] == [("S001", cancelled), ("S002", cancelled)]
    assert state_of(small, number) is cancelled


def test_cancelling_a_draft_tells_nobody(small: SmallChain) -> None:
    number = small.draft_transfer()

    transfers.cancel_transfer(small.db, number, small.ask())

    assert orders_feed(small) == []
    assert state_of(small, number) is TransferState.CANCELLED


SHIP: tuple[str, Payload] = ("S001", make_shipment((1, 1_000)))
ARRIVE: tuple[str, Payload] = ("S002", make_arrival((1, 1_000)))
ARRIVE_PART: tuple[str, Payload] = ("S002", make_arrival((1, 400)))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ([SHIP], TransferState.IN_TRANSIT),
        ([ARRIVE], TransferState.IN_TRANSIT),
        ([SHIP, ARRIVE_PART], TransferState.IN_TRANSIT),
        ([SHIP, ARRIVE], TransferState.RECEIVED),
        ([ARRIVE, SHIP], TransferState.RECEIVED),
    ],
)
def test_state_follows_what_the_stores_did(
    small: SmallChain, facts: list[tuple[str, Payload]], state: TransferState
) -> None:
    number = small.draft_transfer()
    transfers.approve_transfer(small.db, number, small.ask())
    for store, payload in facts:
        small.receive(store, payload)

    small.apply()

    assert state_of(small, number) is state
    for asked in TransferState:
        listed = [
            row.transfer_no for row in read_transfers(small.db, asked, Block(0, 10), EVERY_STORE)
        ]
        assert listed == ([number] if asked is state else [])
        assert count_transfers(small.db, asked, EVERY_STORE) == len(listed)


@pytest.mark.parametrize("step", [transfers.approve_transfer, transfers.cancel_transfer])
def test_nothing_is_decided_once_goods_are_on_the_way(
    small: SmallChain, step: Callable[[sa.Connection, str, Asked], str]
) -> None:
    number = small.draft_transfer()
    transfers.approve_transfer(small.db, number, small.ask())
    small.receive(*SHIP)
    small.apply()

    with pytest.raises(RetailError) as refused:
        step(small.db, number, small.ask())

    assert refused.value.code == "transfer_state"


def test_shipment_that_happened_before_a_cancellation_was_known_counts(small: SmallChain) -> None:
    number = small.draft_transfer()
    transfers.approve_transfer(small.db, number, small.ask())
    transfers.cancel_transfer(small.db, number, small.ask())
    small.receive(*SHIP)

    small.apply()

    assert small.parked() == []
    assert state_of(small, number) is TransferState.IN_TRANSIT
    small.require_agreement()


def test_lines_show_what_was_ordered_shipped_received_and_is_on_the_way(small: SmallChain) -> None:
    number = small.draft_transfer()
    small.receive("S001", make_shipment((1, 1_000), (2, 3_000)))
    small.receive(*ARRIVE_PART)
    small.apply()

    row = read_transfer(small.db, number)

    assert (row.source_name, row.target_name) == ("S001店", "S002店")
    assert [
        (line.ordered_milli, line.shipped_milli, line.received_milli, line.in_transit_milli)
        for line in row.lines
    ] == [(1_000, 1_000, 400, 600), (1_000, 3_000, 0, 3_000), (1_000, 0, 0, 0)]


@pytest.mark.parametrize(
    ("source", "target", "lines", "code"),
    [
        ("S001", "S001", (LINE,), "transfer_same_store"),
        ("S001", "S009", (LINE,), "store_not_found"),
        ("S001", "S004", (LINE,), "transfer_entities"),
        ("S001", "S002", (), "no_lines"),
        ("S001", "S002", (LINE, LINE), "item_listed_twice"),
        ("S001", "S002", (OrderLine(99, 1_000),), "item_not_found"),
        ("S001", "S002", (OrderLine(1, 0),), "quantity_zero"),
    ],
)
def test_order_that_cannot_be_right_is_refused(
    small: SmallChain, source: str, target: str, lines: tuple[OrderLine, ...], code: str
) -> None:
    foreign = Store("S004", "加盟店", "Franchise", "北京", "Z1", "LE2")
    documents.put_store(small.db, foreign)

    with pytest.raises(RetailError) as refused:
        transfers.draft_transfer(small.db, NewTransfer(source, target, lines), small.ask())

    assert refused.value.code == code
    assert small.read("SELECT count(*) FROM transfer_order") == [(0,)]


def test_deciding_about_an_order_that_is_not_there_is_refused(small: SmallChain) -> None:
    with pytest.raises(RetailError) as refused:
        transfers.approve_transfer(small.db, "T-000009", small.ask())

    assert refused.value.code == "transfer_not_found"


def test_repeated_request_gets_the_first_answer_and_drafts_once(small: SmallChain) -> None:
    asked, new = small.ask(), NewTransfer("S001", "S002", (LINE,))
    first = transfers.draft_transfer(small.db, new, asked)

    again = transfers.draft_transfer(small.db, new, asked)

    assert again == first
    assert small.read("SELECT count(*) FROM transfer_order") == [(1,)]


def test_key_of_another_request_is_refused(small: SmallChain) -> None:
    asked = small.ask()
    transfers.draft_transfer(small.db, NewTransfer("S001", "S002", (LINE,)), asked)

    with pytest.raises(RetailError) as refused:
        transfers.draft_transfer(small.db, NewTransfer("S001", "S003", (LINE,)), asked)

    assert refused.value.code == "request_reused"


def test_refused_request_may_be_sent_again_when_the_reason_is_gone(small: SmallChain) -> None:
    asked = small.ask()
    new = NewTransfer("S001", "S004", (LINE,))
    with pytest.raises(RetailError):
        transfers.draft_transfer(small.db, new, asked)
    documents.put_store(small.db, Store("S004", "四号店", "Store 4", "北京", "Z1", "LE1"))

    number = transfers.draft_transfer(small.db, new, asked)

    assert number == "T-000001"


def test_two_people_may_use_one_key(small: SmallChain) -> None:
    asked, new = small.ask(), NewTransfer("S001", "S002", (LINE,))

    numbers = [
        transfers.draft_transfer(
            small.db,
            new,
            dataclasses.replace(asked, actor=dataclasses.replace(BOSS, person_no=name)),
        )
        for name in ("boss", "chief")
    ]

    assert numbers == ["T-000001", "T-000002"]
