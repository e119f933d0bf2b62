"""The transfer board: counts by state, and what does not come to its end by itself."""

from __future__ import annotations

import datetime

import pytest

from hq_hub.reports.checks import TransitCounts
from hq_hub.reports.paging import EVERY_STORE
from hq_hub.reports.transfer_board import OVERDUE, Discrepancy, TransferBoard, read_board
from hq_hub.reports.transfers import read_transfer
from hq_hub.services import transfers
from hq_hub.services.fact_index import index_next
from retail_domain.stock.goods import TransferReceived, TransferShipped
from retail_domain.transfers.transfer_order import TransferState
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import NOON, make_arrival, make_happening, make_shipment

LATER = NOON + datetime.timedelta(hours=5)
PIECE = 1_000


def move(
    small: SmallChain,
    store: str,
    payload: TransferShipped | TransferReceived,
    wall_at: datetime.datetime = NOON,
) -> None:
    box = small.boxes[store]
    happening = make_happening(payload, 100 * int(store[1:]) + box.seq, wall_at=wall_at)
    small.receive_bodies(store, [box.place(happening)])


def board(small: SmallChain, now: datetime.datetime = LATER) -> TransferBoard:
    small.apply()
    while index_next(small.db):
        pass
    found = read_board(small.db, now, EVERY_STORE)
    small.db.rollback()
    return found


def only(small: SmallChain, now: datetime.datetime = LATER) -> Discrepancy:
    found = board(small, now).discrepancies
    assert len(found) == 1
    return found[0]


@pytest.fixture
def small(small: SmallChain) -> SmallChain:
    """An order to send a piece of three items from S001 to S002."""
    small.draft_transfer()
    return small


def test_every_state_is_counted(small: SmallChain) -> None:
    approved, cancelled = small.draft_transfer(), small.draft_transfer()
    transfers.approve_transfer(small.db, approved, small.ask())
    transfers.cancel_transfer(small.db, cancelled, small.ask())
    small.draft_transfer()
    move(small, "S001", make_shipment((1, PIECE)))

    counts = {one.state: one.transfers for one in board(small).states}

    assert counts == {
        TransferState.DRAFTED: 1,
        TransferState.APPROVED: 1,
        TransferState.IN_TRANSIT: 1,
        TransferState.RECEIVED: 0,
        TransferState.CANCELLED: 1,
    }


def test_goods_on_their_way_are_no_discrepancy(small: SmallChain) -> None:
    move(small, "S001", make_shipment((1, PIECE)))

    found = board(small)

    assert found.discrepancies == []
    assert found.in_transit == TransitCounts(transfers=1, quantity_milli=PIECE, value_fen=0)


def test_transfer_that_came_whole_is_done(small: SmallChain) -> None:
    move(small, "S001", make_shipment((1, PIECE)))
    move(small, "S002", make_arrival((1, PIECE)))

    assert board(small).discrepancies == []


@pytest.mark.parametrize(
    ("shipped", "received", "kind", "missing_milli", "surplus_milli"),
    [
        ([(1, 2 * PIECE)], [(1, PIECE)], "received_less", PIECE, 0),
        ([(1, PIECE)], [(1, 3 * PIECE)], "received_more", 0, 2 * PIECE),
        ([], [(1, PIECE)], "shipment_unknown", 0, PIECE),
        ([(1, PIECE)], [(1, PIECE), (2, PIECE)], "shipment_unknown", 0, PIECE),
        ([(1, 2 * PIECE), (2, PIECE)], [(1, PIECE), (2, 2 * PIECE)], "received_more", PIECE, PIECE),
    ],
)
def test_each_discrepancy_is_named_with_its_quantities(
    small: SmallChain,
    shipped: list[tuple[int, int]],
    received: list[tuple[int, int]],
    kind: str,
    missing_milli: int,
    surplus_milli: int,
) -> None:
    if shipped:
        move(small, "S001", make_shipment(*shipped))
    move(small, "S002", make_arrival(*received), wall_at=LATER)

    found = only(small)

    assert (found.kind.value, found.missing_milli, found.surplus_milli) == (
        kind,
        missing_milli,
        surplus_milli,
    )
    assert (found.since, found.transfer.transfer_no) == (LATER, "T-000001")


@pytest.mark.parametrize(
    ("age", "is_overdue"), [(OVERDUE, False), (OVERDUE + datetime.timedelta(seconds=1), True)]
)
def test_shipment_that_nobody_receives_is_overdue(
    small: SmallChain, age: datetime.timedelta, is_overdue: bool
) -> None:
    move(small, "S001", make_shipment((1, PIECE)))

    found = board(small, NOON + age).discrepancies

    assert [one.kind.value for one in found] == (["overdue"] if is_overdue else [])


def test_transfer_tells_when_its_goods_left_and_came(small: SmallChain) -> None:
    move(small, "S001", make_shipment((1, PIECE)))
    move(small, "S001", make_shipment((2, PIECE)), wall_at=LATER)
    move(small, "S002", make_arrival((1, PIECE)), wall_at=LATER)
    board(small)

    row = read_transfer(small.db, "T-000001")

    assert (row.shipped_at, row.received_at) == (NOON, LATER)


def test_oldest_discrepancy_comes_first(small: SmallChain) -> None:
    second = small.draft_transfer()
    move(small, "S002", make_arrival((1, PIECE)), wall_at=LATER)
    move(small, "S002", make_arrival((1, PIECE), transfer_no=second))

    found = board(small).discrepancies

    assert [one.transfer.transfer_no for one in found] == [second, "T-000001"]
