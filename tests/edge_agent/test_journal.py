"""The journal: whole or not at all, never edited, and honest about what the hub holds."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterable, Sequence
from typing import NoReturn

import pytest

from edge_agent.services.box import Box
from edge_agent.services.register import Command, CommandName, execute_command
from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import NewerDatabaseError, NotEnrolledError
from edge_agent.store.identity import read_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.projections import read_on_hand
from edge_agent.store.registers import read_open_ticket
from edge_agent.store.sqlite_library import (
    Connection,
    IntegrityError,
    Rows,
    Value,
    connect,
    is_safe,
)
from protos import chain
from protos.chain import GENESIS
from retail_domain.trade.tender import TenderKind
from tests.edge_agent.shop_setup import (
    ANYBODY,
    COLA,
    COLA_CODE,
    IDENTITY,
    make_box,
    make_clock,
    open_box,
)
from tests.retail_domain.builders import make_happening, make_receipt, make_ticket


def append(db: Connection, number: int, quantity_milli: int = 1_000) -> bytes:
    """A receipt of cola; returns the head after it."""
    with write_transaction(db):
        happening = make_happening(make_receipt((COLA, quantity_milli)), number)
        journal.append_fact(db, IDENTITY, happening)
    return journal.read_tail(db).head


def test_fact_moves_stock_and_tail_in_one_transaction(db: Connection) -> None:
    append(db, 1, 5_000)
    with write_transaction(db):
        journal.append_fact(db, IDENTITY, make_happening(make_ticket((COLA, 2_000, 300)), 2))

    tail = journal.read_tail(db)
    assert read_on_hand(db, COLA) == 3_000
    assert (tail.seq, tail.durable_seq) == (2, 0)


def test_same_fact_is_not_written_twice(db: Connection) -> None:
    head = append(db, 1)

    with pytest.raises(IntegrityError), write_transaction(db):
        journal.append_fact(db, IDENTITY, make_happening(make_receipt((COLA, 1_000)), 1))

    assert journal.read_tail(db).head == head
    assert read_on_hand(db, COLA) == 1_000


@pytest.mark.parametrize("statement", ["UPDATE journal SET body = x'00'", "DELETE FROM journal"])
def test_journal_is_append_only(db: Connection, statement: str) -> None:
    append(db, 1)

    with pytest.raises(IntegrityError, match="append-only"):
        db.execute(statement)


def test_batch_is_a_slice_with_the_chain_at_both_ends(db: Connection) -> None:
    heads = [append(db, number) for number in range(1, 6)]

    batch = journal.read_batch(db, 1, facts_max=3, bytes_max=10**6)

    assert batch is not None
    assert (batch.first_seq, batch.last_seq) == (2, 4)
    assert (batch.head_before, batch.head) == (heads[0], heads[3])
    assert chain.fold_heads(batch.head_before, batch.bodies) == batch.head
    assert journal.read_batch(db, 5, facts_max=3, bytes_max=10**6) is None


def test_batch_stops_at_its_bytes_but_never_at_nothing(db: Connection) -> None:
    for number in range(1, 4):
        append(db, number)

    batch = journal.read_batch(db, 0, facts_max=500, bytes_max=1)

    assert batch is not None
    assert (batch.first_seq, batch.last_seq) == (1, 1)


def acknowledge(db: Connection, seq: int, head: bytes, generation: int = 1) -> bool:
    with write_transaction(db):
        return journal.accept_ack(
            db, epoch=1, durable_seq=seq, durable_head=head, hub_generation=generation
        )


def test_ack_moves_the_cursor_up_and_a_late_one_not_down(db: Connection) -> None:
    heads = [append(db, number) for number in range(1, 4)]

    assert acknowledge(db, 3, heads[2])
    assert acknowledge(db, 1, heads[0])

    assert journal.read_tail(db).durable_seq == 3
    assert journal.read_tail(db).oldest_unacknowledged_at_ms is None


def test_ack_of_another_history_moves_nothing(db: Connection) -> None:
    append(db, 1)

    assert not acknowledge(db, 1, b"\1" * 32)
    assert not acknowledge(db, 2, b"\1" * 32)
    assert journal.read_tail(db).durable_seq == 0


def test_restored_hub_takes_cursor_and_generation_back_together(db: Connection) -> None:
    heads = [append(db, number) for number in range(1, 4)]
    acknowledge(db, 3, heads[2], generation=1)

    assert acknowledge(db, 1, heads[0], generation=2)
    assert acknowledge(db, 3, heads[2], generation=1)  # Late, from the life before.

    tail = journal.read_tail(db)
    assert (tail.durable_seq, tail.hub_generation) == (1, 2)


def test_empty_hub_acknowledges_the_start_of_the_chain(db: Connection) -> None:
    append(db, 1)

    assert acknowledge(db, 0, GENESIS)
    assert journal.read_tail(db).hub_generation == 1


def test_newer_database_is_refused(database: str) -> None:
    migrate(database)
    with contextlib.closing(connect(database)) as db:
        db.execute("PRAGMA user_version = 99")

    with pytest.raises(NewerDatabaseError) as refused:
        migrate(database)

    assert (refused.value.code, refused.value.values["found"]) == ("newer_database", 99)


def test_migrating_twice_changes_nothing(database: str) -> None:
    migrate(database)
    migrate(database)

    with contextlib.closing(open_database(database)) as db, pytest.raises(NotEnrolledError):
        read_identity(db, database)


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 6), True), ((3, 51, 2), False), ((3, 51, 3), True)],
)
def test_sqlite_with_the_wal_reset_race_is_not_used(
    version: tuple[int, int, int], safe: bool
) -> None:
    assert is_safe(version) == safe


class DyingConnection:
    """Counts statements and kills its process before the one after the last."""

    def __init__(self, db: Connection, statements: int) -> None:
        self._db, self._left = db, statements

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def _count(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> Rows:
        self._count()
        return self._db.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> Rows:
        self._count()
        return self._db.executemany(sql, rows)

    def interrupt(self) -> None:
        self._db.interrupt()

    def close(self) -> None:
        self._db.close()


def run_command(db: Connection, box: Box, number: int, name: CommandName) -> None:
    clock_id = make_clock().boot_id
    command = Command(
        command_id=type(clock_id)(int=number),
        name=name,
        code=COLA_CODE,
        tenders=((TenderKind.CASH, 1_000),) if name is CommandName.PAY else (),
    )
    execute_command(db, box, "1", ANYBODY, command)


def sell_and_die(path: str, statements: int) -> NoReturn:
    db = open_database(path)
    box = make_box()
    run_command(db, box, 1, CommandName.SCAN)
    run_command(DyingConnection(db, statements), box, 2, CommandName.PAY)
    os._exit(0)


def count_statements_of_a_payment(path: str) -> int:
    """By trying: the process lives once it may run them all."""
    statements = 0
    context = multiprocessing.get_context("fork")
    while True:
        copy = f"{path}.{statements}"
        open_box(copy).close()
        process = context.Process(target=sell_and_die, args=(copy, statements))
        process.start()
        process.join(timeout=30)
        check_whole_ticket_or_none(copy, committed=process.exitcode == 0)
        if process.exitcode == 0:
            return statements
        assert process.exitcode == -signal.SIGKILL
        statements += 1


def check_whole_ticket_or_none(path: str, *, committed: bool) -> None:
    with contextlib.closing(open_database(path)) as db:
        tail = journal.read_tail(db)
        lines = read_open_ticket(db, "1").lines
        found = (tail.seq, read_on_hand(db, COLA), len(lines))
        assert found == ((1, -1_000, 0) if committed else (0, 0, 1))
        bodies = [body for _fact, body, _head in journal.iterate_facts(db)]
        assert chain.fold_heads(GENESIS, bodies) == tail.head


def test_payment_killed_before_any_statement_leaves_a_whole_ticket_or_none(database: str) -> None:
    assert count_statements_of_a_payment(database) > 8
