"""The writer thread, and a disk that is full."""

from __future__ import annotations

import contextlib
import threading

import pytest

from edge_agent.services.box import Box
from edge_agent.services.register import Command, CommandName, execute_command
from edge_agent.store import writer as writer_module
from edge_agent.store.database import write_transaction
from edge_agent.store.errors import BoxBusyError, DiskFullError
from edge_agent.store.journal import read_tail
from edge_agent.store.registers import read_open_ticket
from edge_agent.store.rows import get_int
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from retail_domain.trade.tender import TenderKind
from tests.edge_agent.shop_setup import ANYBODY, COLA_CODE, open_box


def fill_disk(db: Connection) -> None:
    """Let the file grow no further, as on a full disk, and use up what is free in it."""
    row = db.execute("PRAGMA page_count").fetchone()
    assert row is not None
    db.execute(f"PRAGMA max_page_count = {get_int(row[0])}")
    with pytest.raises(DiskFullError), write_transaction(db):
        for number in range(10_000):
            db.execute("INSERT INTO item_code VALUES (?, 1)", ("x" * 500 + str(number),))


def test_full_disk_refuses_the_sale_and_keeps_the_ticket(db: Connection, box: Box) -> None:
    counter = iter(range(1, 10_000))

    def do(name: CommandName, **fields: object) -> None:
        command_id = box.clock.boot_id.__class__(int=next(counter))
        command = Command(command_id=command_id, name=name, **fields)  # type: ignore[arg-type]  # By name.
        execute_command(db, box, "1", ANYBODY, command)

    for _ in range(3):
        do(CommandName.SCAN, code=COLA_CODE)
    fill_disk(db)
    with pytest.raises(DiskFullError) as refused:
        for _ in range(2_000):  # What room is left in the pages is used up in the end.
            do(CommandName.SCAN, code=COLA_CODE)
            do(CommandName.PAY, tenders=((TenderKind.CASH, 100_000),))

    assert refused.value.code == "disk_full"
    before = (read_tail(db), read_open_ticket(db, "1"))
    with pytest.raises(DiskFullError):
        do(CommandName.PAY, tenders=((TenderKind.CASH, 100_000),))
    assert (read_tail(db), read_open_ticket(db, "1")) == before

    db.execute("PRAGMA max_page_count = 1000000")
    do(CommandName.SCAN, code=COLA_CODE)
    do(CommandName.PAY, tenders=((TenderKind.CASH, 100_000),))
    assert read_tail(db).seq == before[0].seq + 1


def test_work_is_done_one_after_the_other_in_order(database: str) -> None:
    open_box(database).close()
    done: list[int] = []
    with contextlib.closing(Writer(database)) as writer:
        futures = [writer.submit(lambda _db, n: done.append(n), number) for number in range(50)]
        for future in futures:
            future.result(timeout=10)

    assert done == list(range(50))


def test_error_of_a_use_case_reaches_its_caller_and_nobody_else(database: str) -> None:
    def fail(_db: Connection) -> None:
        raise BoxBusyError(limit=1)

    open_box(database).close()
    with contextlib.closing(Writer(database)) as writer:
        failed = writer.submit(fail)

        with pytest.raises(BoxBusyError):
            failed.result(timeout=10)
        assert writer.submit(read_tail).result(timeout=10).seq == 0


def test_more_work_than_the_queue_holds_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "WAITING_MAX", 2)
    open_box(database).close()
    gate = threading.Event()
    with contextlib.closing(Writer(database)) as writer:
        waiting = [writer.submit(lambda _db: gate.wait(10)) for _ in range(2)]

        with pytest.raises(BoxBusyError):
            writer.submit(read_tail)
        gate.set()
        assert all(future.result(timeout=10) for future in waiting)
        assert writer.submit(read_tail).result(timeout=10).seq == 0
