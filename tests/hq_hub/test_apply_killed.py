"""A hub that dies in the middle of applying: whole blocks or none."""

from __future__ import annotations

import multiprocessing
import os
import signal
import uuid
from typing import NoReturn

import pytest
import sqlalchemy as sa

from hq_hub.services.apply import apply_next
from hq_hub.store.engine import open_engine
from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.voucher import PeriodClosed
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_receipt,
    make_shipment,
    make_ticket,
)
from tests.retail_domain.fact_builders import (
    make_day_close,
    make_invoice,
    make_return,
    make_shift_close,
)

STATEMENTS_OF_A_BLOCK = 39
"""Of the block below, BEGIN among them; the last test holds it to that."""
STEPS_OF_A_BLOCK = STATEMENTS_OF_A_BLOCK + 1
"""COMMIT is the last."""
JOIN_TIMEOUT_S = 60
TABLES = (
    "apply_log",
    "parked",
    "on_hand",
    "cost",
    "in_transit",
    "transfer_progress",
    "stock_movement",
    "entry_line",
    "ticket",
    "sale_line",
    "returned_line",
    "shift_close",
    "day_close",
    "supplier_invoice",
    "closed_period",
    "store_day",
    "own_fact",
    "purchase_progress",
    "open_item_sale",
)


def count_and_die(engine: sa.Engine, steps_max: int) -> None:
    """Let an engine take so many steps; before the next, the process dies."""
    done = 0

    def before_step(*_details: object) -> None:
        nonlocal done
        if done == steps_max:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1

    sa.event.listen(engine, "before_cursor_execute", before_step)
    sa.event.listen(engine, "commit", before_step)


def apply_and_die(url: str, steps_max: int) -> NoReturn:
    engine = open_engine(url)
    count_and_die(engine, steps_max)
    apply_next(engine.connect(), NOON)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def receive_one_of_each(small: SmallChain) -> None:
    """A block that writes every table."""
    order_no = small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    sale, sale_id = make_ticket((1, 1_000, 565)), small.boxes["S001"].next_fact_id
    small.receive("S001", sale, make_shipment((1, 1_000)), make_return(sale, sale_id, 1_000))
    small.receive("S001", make_shift_close(10, 9), make_day_close())
    small.receive("S002", make_arrival((1, 1_000)))
    invoice = make_invoice((order_no, "S001", 1, 3_000, 1_100))
    known = Reclassified("S001", OPEN_ITEM_ID_MIN, 1, 1_000, uuid.UUID(int=1))
    small.receive(HQ_STORE, invoice, known, PeriodClosed("2026-11"))
    small.receive_noise("S002", b"noise")


def rows_of(small: SmallChain) -> dict[str, int]:
    return {table: len(small.read(f"SELECT 1 FROM {table}")) for table in TABLES}


def run_until_death(url: str, steps_max: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=apply_and_die, args=(url, steps_max))
    process.start()
    process.join(JOIN_TIMEOUT_S)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("steps_max", range(STEPS_OF_A_BLOCK))
def test_hub_killed_before_any_step_leaves_no_part_of_a_block(
    small: SmallChain, steps_max: int
) -> None:
    receive_one_of_each(small)

    run_until_death(small.url, steps_max)

    assert rows_of(small) == dict.fromkeys(TABLES, 0)
    assert small.apply().posted == 10
    small.require_agreement()


def test_hub_killed_after_the_commit_leaves_the_whole_block(small: SmallChain) -> None:
    receive_one_of_each(small)

    run_until_death(small.url, STEPS_OF_A_BLOCK)

    assert all(rows_of(small).values())
    assert small.apply().posted == 0
    small.require_agreement()


def test_block_takes_as_many_statements_however_many_facts_it_has(small: SmallChain) -> None:
    statements: list[str] = []
    sa.event.listen(
        small.db.engine, "before_cursor_execute", lambda *details: statements.append(details[2])
    )
    receive_one_of_each(small)
    statements.clear()
    apply_next(small.db, NOON)
    of_few = len(statements)
    for _ in range(20):
        small.receive("S001", make_ticket((1, 1_000, 565), (2, 1_000, 80)))
    statements.clear()

    apply_next(small.db, NOON)

    assert of_few == STATEMENTS_OF_A_BLOCK
    assert len(statements) <= STATEMENTS_OF_A_BLOCK
