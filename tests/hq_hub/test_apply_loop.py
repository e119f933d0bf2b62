"""The thread that keeps apply going."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

from hq_hub.services.apply_loop import ApplyLoop
from hq_hub.store.engine import write_transaction
from hq_hub.store.writer import Writer
from tests.hq_hub.full_disk import fill_disk, make_room
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import NOON, make_receipt, make_ticket

DEADLINE_S = 20.0


def wait_until(is_so: Callable[[], bool]) -> None:
    """Poll with a bounded deadline."""
    deadline_s = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline_s, "it did not come to pass"
        time.sleep(0.01)


@contextlib.contextmanager
def running(small: SmallChain) -> Iterator[ApplyLoop]:
    writer = Writer(small.url)
    loop = ApplyLoop(writer, lambda: NOON)
    loop.start()
    yield loop
    loop.close()
    loop.close()
    writer.close()


def test_loop_posts_what_comes_with_and_without_a_nudge(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 300)))
    with running(small) as loop:
        wait_until(lambda: small.on_hand_milli() == {("S001", 1): -1_000})

        small.receive("S001", make_ticket((1, 1_000, 300)))
        wait_until(lambda: small.on_hand_milli() == {("S001", 1): -2_000})
        small.receive("S001", make_ticket((1, 1_000, 300)))
        loop.nudge()
        wait_until(lambda: small.on_hand_milli() == {("S001", 1): -3_000})


def test_loop_posts_a_parked_fact_when_its_document_comes(small: SmallChain) -> None:
    small.receive("S001", make_receipt((1, 3_000)))
    with running(small):
        wait_until(lambda: small.parked() != [])

        small.order()

        wait_until(lambda: small.parked() == [])
    assert small.on_hand_milli() == {("S001", 1): 3_000}


def test_loop_waits_while_the_disk_is_full(
    small: SmallChain, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(30):
        small.receive("S001", *[make_ticket((1, 1_000, 300), (2, 1_000, 300)) for _ in range(10)])
    writer = Writer(small.url)
    loop = ApplyLoop(writer, lambda: NOON)
    writer.submit(fill_disk).result()
    loop.start()
    wait_until(lambda: "disk of headquarters' server is full" in caplog.text)
    nothing_posted = small.on_hand_milli() == {}

    writer.submit(make_room).result()

    wait_until(lambda: small.on_hand_milli() == {("S001", 1): -300_000, ("S001", 2): -300_000})
    loop.close()
    writer.close()
    assert nothing_posted


def test_loop_comes_back_after_a_failure(
    small: SmallChain, caplog: pytest.LogCaptureFixture
) -> None:
    with write_transaction(small.db):
        small.db.exec_driver_sql("ALTER TABLE ticket RENAME TO hidden")
    small.receive("S001", make_ticket((1, 1_000, 300)))
    with running(small):
        wait_until(lambda: "apply failed" in caplog.text)

        with write_transaction(small.db):
            small.db.exec_driver_sql("ALTER TABLE hidden RENAME TO ticket")

        wait_until(lambda: small.on_hand_milli() == {("S001", 1): -1_000})


def test_loop_indexes_what_it_posted_and_what_it_parked(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 300)), make_receipt((1, 3_000)))
    with running(small):
        wait_until(lambda: small.read("SELECT count(*) FROM fact_index") == [(2,)])

    assert len(small.parked()) == 1
