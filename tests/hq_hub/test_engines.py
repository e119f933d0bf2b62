"""SQLite and PostgreSQL hold the same hub: the same rows, the same books to the byte."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import random
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from hq_hub.services import batches
from hq_hub.services.apply import retry_parked
from hq_hub.services.rebuild import verify_projections
from hq_hub.store import rows, schema_books, scratch
from hq_hub.store.engine import write_transaction
from hq_hub.store.rows import COPY_ROWS_MIN
from hq_hub.store.schema import Bytes, Int, Text
from hq_hub.store.schema_ingest import quarantine
from retail_domain.trade.fact import Payload
from tests.hq_hub.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.hq_hub.small_chain import ITEM_IDS, STORES, SmallChain, open_copy
from tests.hq_hub.wire_hub import (
    enrol_box,
    make_batch,
    make_bodies,
    open_empty_hub,
    put_stores,
    sign_batch,
)
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
    make_ticket,
)

EVERY_KIND = sa.Table(
    "every_kind",
    sa.MetaData(),
    sa.Column("word", Text, primary_key=True),
    sa.Column("number", Int, primary_key=True, autoincrement=False),
    sa.Column("body", Bytes),
    sa.Column("note", Text),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
INT64 = st.integers(-(2**63), 2**63 - 1)
ROWS = st.dictionaries(
    st.tuples(WORDS, INT64),
    st.tuples(st.none() | st.binary(max_size=4), st.none() | WORDS),
    max_size=2 * COPY_ROWS_MIN,
)
AWKWARD = [
    "",
    " ",
    "NULL",
    "null",
    '"',
    "\\",
    "\\.",
    "{",
    "}",
    ",",
    "\t",
    "\n",
    "\r",
    "\\x00",
    "流水",
]
LEDGER = (schema_books.apply_log, schema_books.parked, schema_books.apply_progress)


@contextlib.contextmanager
def make_every_kind(db: sa.Connection) -> Any:  # noqa: ANN401 - a generator of nothing
    """A table that is there for one example."""
    with write_transaction(db):
        EVERY_KIND.create(db)
    try:
        yield
    finally:
        with write_transaction(db):
            EVERY_KIND.drop(db)


def read_all(db: sa.Connection) -> dict[tuple[str, int], tuple[bytes | None, str | None]]:
    found = {(row[0], row[1]): (row[2], row[3]) for row in db.execute(sa.select(EVERY_KIND))}
    db.rollback()
    return found


@hypothesis.settings(max_examples=30)
@hypothesis.given(ROWS, ROWS)
@hypothesis.example(
    {(w, 0): (w.encode(), w) for w in AWKWARD}, {(w, 0): (b"", None) for w in AWKWARD}
)
def test_what_is_written_is_read_again_whatever_it_is(
    databases: Databases, first: dict[Any, Any], second: dict[Any, Any]
) -> None:
    with open_copy(databases) as small, make_every_kind(small.db):
        with write_transaction(small.db):
            rows.insert_rows(small.db, EVERY_KIND, [(*key, *rest) for key, rest in first.items()])
            rows.replace_rows(small.db, EVERY_KIND, [(*key, *rest) for key, rest in second.items()])
            found = rows.read_rows(small.db, EVERY_KIND, [*first, *second])

        assert read_all(small.db) == first | second
        assert {(row[0], row[1]) for row in found} == first.keys() | second.keys()
        assert {type(value) for row in found for value in row} <= {int, str, bytes, type(None)}


def test_text_is_ordered_by_its_bytes_on_every_engine(small: SmallChain) -> None:
    words = ["a", "B", "Z", "é", "z", "一", "上", "😀", "~", "a b", "a-b", "ab"]
    with make_every_kind(small.db):
        with write_transaction(small.db):
            rows.insert_rows(small.db, EVERY_KIND, [(word, 1, None, None) for word in words])

        found = [row[0] for row in small.db.execute(sa.select(EVERY_KIND).order_by("word"))]
        small.db.rollback()

    assert found == sorted(words, key=str.encode)


@pytest.mark.parametrize(
    ("payload", "register_no"),
    [
        (make_receipt((1, 1_000), purchase_order_no="PO\0"), "1"),
        (make_shipment((1, 1_000), transfer_no="T\0"), "1"),
        (make_shipment((1, 1_000), target_store="S\0"), "1"),
        (make_arrival((1, 1_000), source_store="S\0"), "1"),
        (make_ticket((1, 1_000, 300)), "R\0"),
    ],
)
def test_text_that_postgresql_cannot_hold_stops_nobody(
    small: SmallChain, payload: Payload, register_no: str
) -> None:
    small.draft_transfer()
    odd = small.boxes["S001"].place(make_happening(payload, 1, register_no=register_no))
    small.receive_bodies("S001", [odd])
    small.receive("S001", make_ticket((1, 1_000, 300)))

    applied = small.apply()

    assert (applied.posted, applied.parked) == (1, 1)
    assert small.parked() == [("S001", 1, "out_of_range")]


def test_box_that_names_itself_oddly_is_refused_and_kept(databases: Databases) -> None:
    with open_empty_hub(databases) as db:
        put_stores(db, "S001")
        box = enrol_box(db, "S001")
        odd = dataclasses.replace(box, box_id="B\0")
        batch = sign_batch(box, make_batch(odd, make_bodies(box, 1)))

        ack = batches.accept_batch(db, batch, box.topic, NOON)
        kept = db.execute(sa.select(quarantine.c.box_id)).scalar_one()
        db.rollback()

    assert (ack.reason_code, kept) == ("box_unknown", "B")


NOT_TRADED = {
    *("returned_line", "shift_close", "day_close"),
    *("supplier_invoice", "closed_period", "own_fact", "open_item_sale"),
}
"""Tables of facts that `trade` leaves out; the month plays those on both engines."""


def trade(small: SmallChain, chance: random.Random) -> None:
    """A history with everything that the books know, posted in odd blocks; some of it waits."""
    for number in range(1, 60):
        store, other = chance.sample(STORES, 2)
        lines = [(item_id, chance.randrange(1, 9) * 500) for item_id in ITEM_IDS]
        order_no = f"PO-{number:06}"
        small.receive(store, make_receipt(*lines, purchase_order_no=order_no))
        if chance.random() < 0.7:
            small.receive(store, *[make_ticket((item, 1_000, 565)) for item in ITEM_IDS])
        transfer_no = small.draft_transfer(store, other)
        arrival = make_arrival(*lines, transfer_no=transfer_no, source_store=store)
        shipment = make_shipment(*lines, transfer_no=transfer_no, target_store=other)
        if chance.random() < 0.5:
            small.receive(store, shipment)
        small.receive(other, arrival)
        small.receive_noise(other, chance.randbytes(9))
        small.apply(chance.randrange(1, 40))
        if chance.random() < 0.6:
            small.order(store)
        retry_parked(small.db, NOON, chance.randrange(1, 40))


def digest(small: SmallChain) -> dict[str, tuple[int, str]]:
    """Count and hash of every table that follows from facts, and of where apply stands."""
    tables = (*schema_books.PROJECTIONS, *LEDGER)
    found = {table.name: scratch.digest_table(small.db, table) for table in tables}
    small.db.rollback()
    return found


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(2))
def test_same_journals_give_the_same_bytes_on_both_engines(
    postgresql_databases: PostgresqlDatabases, tmp_path: pathlib.Path, seed: int
) -> None:
    engines: tuple[Databases, Databases] = (SqliteDatabases(tmp_path), postgresql_databases)
    digests = []

    for databases in engines:
        with open_copy(databases) as small:
            trade(small, random.Random(seed))
            made_again = verify_projections(small.db, str(tmp_path))
            digests.append(digest(small))
            assert all(check.is_equal for check in made_again), made_again

    assert digests[0] == digests[1]
    empty = {table for table, (count, _hash) in digests[0].items() if not count}
    assert empty == NOT_TRADED
