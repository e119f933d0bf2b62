"""Whatever stores do, and in whatever order the hub hears of it, the books agree."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
import random
import tempfile
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies as st

from hq_hub.reports import checks
from hq_hub.services.apply import retry_parked
from hq_hub.services.rebuild import rebuild_projections, verify_projections
from retail_domain.trade.fact import Payload
from tests.hq_hub.databases import Databases
from tests.hq_hub.small_chain import ITEM_IDS, STORES, SmallChain, open_copy
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_receipt,
    make_shipment,
    make_ticket,
)

PIECES = st.integers(1, 20).map(lambda pieces: pieces * 1_000)
LINES = st.lists(
    st.tuples(st.sampled_from(ITEM_IDS), PIECES), min_size=1, max_size=3, unique_by=lambda x: x[0]
)


@dataclasses.dataclass(frozen=True)
class Step:
    """What happens somewhere in the chain."""

    kind: str
    source: str
    target: str
    lines: list[tuple[int, int]]
    received_first: bool
    """Of a transfer: whether the target's box reaches the hub before the source's."""


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["buy", "sell", "sell", "move"]),
        st.sampled_from(STORES),
        st.sampled_from(STORES),
        LINES,
        st.booleans(),
    ),
    max_size=25,
)


def facts_of(small: SmallChain, step: Step) -> Iterator[tuple[str, Payload]]:
    """Facts of a step, in the order in which the hub hears of them."""
    if step.kind == "buy":
        order_no = small.order(step.source)
        yield step.source, make_receipt(*step.lines, purchase_order_no=order_no)
    elif step.kind == "sell":
        yield step.source, make_ticket(*((item, milli, 565) for item, milli in step.lines))
    elif step.source != step.target:
        transfer_no = small.draft_transfer(step.source, step.target)
        shipment = make_shipment(*step.lines, transfer_no=transfer_no, target_store=step.target)
        arrival = make_arrival(*step.lines, transfer_no=transfer_no, source_store=step.source)
        both: list[tuple[str, Payload]] = [(step.source, shipment), (step.target, arrival)]
        yield from reversed(both) if step.received_first else both


def fold(steps: list[Step]) -> dict[tuple[str, int], int]:
    """Stock as a person would count it."""
    stock: collections.Counter[tuple[str, int]] = collections.Counter()
    for step in steps:
        for item_id, milli in step.lines:
            if step.kind == "buy":
                stock[step.source, item_id] += milli
            elif step.kind == "sell":
                stock[step.source, item_id] -= milli
            elif step.source != step.target:
                stock[step.source, item_id] -= milli
                stock[step.target, item_id] += milli
    return {key: milli for key, milli in stock.items() if milli}


@hypothesis.settings(max_examples=20)
@hypothesis.given(STEPS, st.integers(1, 7), st.randoms(use_true_random=False))
def test_any_history_leaves_books_that_agree_and_can_be_made_again(
    databases: Databases, steps: list[Step], facts_max: int, chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_copy(databases) as small:
        for step in steps:
            for store, payload in facts_of(small, step):
                small.receive(store, payload)
            if chance.random() < 0.3:
                small.apply(facts_max)
        small.apply(facts_max)

        assert small.parked() == []
        assert small.on_hand_milli() == fold(steps)
        small.require_agreement()
        transit = checks.read_transit(small.db)
        assert (transit.quantity_milli, transit.value_fen) == (0, 0)
        small.db.rollback()
        made_again = verify_projections(small.db, folder)
        assert all(check.is_equal for check in made_again), made_again


@hypothesis.settings(max_examples=10)
@hypothesis.given(STEPS)
def test_orders_that_come_after_their_facts_leave_books_that_agree(
    databases: Databases, steps: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_copy(databases) as small:
        bought = [step for step in steps if step.kind == "buy"]
        for number, step in enumerate(bought, start=1):
            order_no = f"PO-{number:06}"
            small.receive(step.source, make_receipt(*step.lines, purchase_order_no=order_no))
            small.receive(step.source, make_ticket((step.lines[0][0], 1_000, 565)))
        small.apply()
        assert len(small.parked()) == len(bought)

        for step in bought:
            small.order(step.source)
            retry_parked(small.db, NOON)

        assert small.parked() == []
        small.require_agreement()
        assert all(check.is_equal for check in verify_projections(small.db, folder))


def test_damaged_projection_is_found_by_a_rebuild(
    small: SmallChain, tmp_path: pathlib.Path
) -> None:
    small.receive("S001", make_ticket((1, 1_000, 565)))
    small.apply()
    with small.db.begin():
        small.db.exec_driver_sql("UPDATE on_hand SET quantity_milli = 5")

    checked = verify_projections(small.db, str(tmp_path))

    damaged = [check.table for check in checked if not check.is_equal]

    assert damaged == ["on_hand"]


@pytest.mark.parametrize("times", [1, 2])
def test_rebuild_puts_a_damaged_projection_right(
    small: SmallChain, tmp_path: pathlib.Path, times: int
) -> None:
    small.receive("S001", make_ticket((1, 1_000, 565)))
    small.apply()
    with small.db.begin():
        small.db.exec_driver_sql("UPDATE on_hand SET quantity_milli = 5")

    posted = [rebuild_projections(small.db) for _ in range(times)]

    assert posted == [1] * times
    assert all(check.is_equal for check in verify_projections(small.db, str(tmp_path)))


def test_comparing_leaves_no_file_behind(small: SmallChain, tmp_path: pathlib.Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())

    verify_projections(small.db, str(tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == before
