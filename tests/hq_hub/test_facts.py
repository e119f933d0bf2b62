"""The journal as people search it: what is found, in which order, and what one fact shows."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hq_hub.reports.fact_detail import BODY_HEAD_BYTES, Posting, read_fact
from hq_hub.reports.facts import (
    FactFilter,
    FactRow,
    FactState,
    PageKey,
    count_not_indexed,
    iterate_facts,
    read_facts,
    read_query,
)
from hq_hub.reports.paging import EVERY_STORE
from hq_hub.services import fact_index, rebuild
from hq_hub.services.fact_index import index_next
from hq_hub.store.engine import write_transaction
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact import Payload
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.trade.fact_kind import FactKind
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import (
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
    make_ticket,
)

DAY = datetime.date(2026, 11, 22)


def receive(
    small: SmallChain,
    store: str,
    payload: Payload,
    number: int,
    *,
    date: datetime.date = DAY,
    staff_no: str = "1001",
    register_no: str = "1",
    causes: tuple[uuid.UUID, ...] = (),
) -> uuid.UUID:
    """Receive one fact with an envelope of its own; returns its id."""
    happening = dataclasses.replace(
        make_happening(payload, number, register_no=register_no),
        business_date=date,
        staff_no=staff_no,
        causes=causes,
    )
    small.receive_bodies(store, [small.boxes[store].place(happening)])
    return happening.fact_id


def index(small: SmallChain) -> None:
    while index_next(small.db):
        pass


@pytest.fixture
def trading(small: SmallChain) -> SmallChain:
    """Two stores: a purchase, tickets on two days, a transfer there and back, and noise."""
    small.order()
    small.draft_transfer()
    receive(small, "S001", make_receipt((1, 3_000)), 1)
    receive(small, "S001", make_ticket((1, 1_000, 565), receipt_no=7), 2, staff_no="1002")
    shipped = receive(small, "S001", make_shipment((1, 1_000)), 3)
    receive(small, "S002", make_ticket((3, 1_000, 339), receipt_no=7), 4, register_no="2")
    receive(small, "S002", make_arrival((1, 1_000)), 5, causes=(shipped,))
    late = DAY - datetime.timedelta(days=1)
    receive(small, "S001", make_ticket((2, 1_000, 100), receipt_no=8), 6, date=late)
    small.receive_noise("S002", b"noise")
    small.apply()
    index(small)
    return small


def find(small: SmallChain, wanted: FactFilter, limit: int = 50) -> list[FactRow]:
    rows = read_facts(small.db, wanted, None, limit).rows
    small.db.rollback()
    return rows


def places(rows: list[FactRow]) -> list[str]:
    return [f"{row.store}/{row.seq}" for row in rows]


def test_newest_business_date_comes_first_then_the_newest_received(trading: SmallChain) -> None:
    found = find(trading, FactFilter())

    assert places(found) == ["S002/2", "S002/1", "S001/3", "S001/2", "S001/1", "S001/4", "S002/3"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (FactFilter(store="S001"), ["S001/3", "S001/2", "S001/1", "S001/4"]),
        (FactFilter(kind=FactKind.TICKET), ["S002/1", "S001/2", "S001/4"]),
        (FactFilter(kind=FactKind.PAID), []),
        (FactFilter(first_date=DAY), ["S002/2", "S002/1", "S001/3", "S001/2", "S001/1"]),
        (FactFilter(last_date=DAY - datetime.timedelta(days=1)), ["S001/4", "S002/3"]),
        (FactFilter(staff_no="1002"), ["S001/2"]),
        (FactFilter(register_no="2"), ["S002/1"]),
        (FactFilter(receipt_no=7), ["S002/1", "S001/2"]),
        (FactFilter(receipt_no=7, store="S001"), ["S001/2"]),
        (FactFilter(document_no="T-000001"), ["S002/2", "S001/3"]),
        (FactFilter(fact_id=uuid.UUID(int=5)), []),
        (FactFilter(place=("S001", 1, 4)), ["S001/4"]),
        (FactFilter(place=("S001", 2, 4)), []),
    ],
)
def test_each_filter_finds_its_facts(
    trading: SmallChain, wanted: FactFilter, expected: list[str]
) -> None:
    assert places(find(trading, wanted)) == expected


def test_fact_is_found_by_its_id_in_whichever_store(trading: SmallChain) -> None:
    row = find(trading, FactFilter(receipt_no=7, store="S002"))[0]
    assert row.fact_id is not None

    assert find(trading, FactFilter(fact_id=row.fact_id)) == [row]


def test_row_says_what_became_of_the_fact(trading: SmallChain) -> None:
    trading.receive("S003", make_ticket((1, 1_000, 300)))
    index(trading)

    states = {f"{row.store}/{row.seq}": row.state for row in find(trading, FactFilter())}

    assert states["S001/2"] is FactState.POSTED
    assert states["S002/3"] is FactState.PARKED
    assert states["S003/1"] is FactState.WAITING


def test_ticket_shows_its_amount_and_others_none(trading: SmallChain) -> None:
    amounts = {row.kind: row.amount_fen for row in find(trading, FactFilter(store="S002"))}

    assert amounts == {"transfer_received": None, "ticket": 339, "kind_0": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", FactFilter(store="S009")),
        ("  ", FactFilter(store="S009")),
        ("12", FactFilter(store="S009", receipt_no=12)),
        ("S001-2-12", FactFilter(store="S001", register_no="2", receipt_no=12)),
        ("a-b-2-12", FactFilter(store="a-b", register_no="2", receipt_no=12)),
        ("S001/1/12", FactFilter(store="S009", place=("S001", 1, 12))),
        ("T-000001", FactFilter(store="S009", document_no="T-000001")),
        (str(uuid.UUID(int=5)), FactFilter(store="S009", fact_id=uuid.UUID(int=5))),
        (uuid.UUID(int=5).hex, FactFilter(store="S009", fact_id=uuid.UUID(int=5))),
        ("9" * 19, FactFilter(store="S009", document_no="9" * 19)),
    ],
)
def test_what_a_person_types_is_understood(text: str, expected: FactFilter) -> None:
    assert read_query(FactFilter(store="S009"), text) == expected


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_follow_each_other_without_gap_or_repeat(trading: SmallChain, limit: int) -> None:
    def pages() -> Iterator[list[FactRow]]:
        before: PageKey | None = None
        while True:
            page = read_facts(trading.db, FactFilter(), before, limit)
            yield page.rows
            if page.next_page is None:
                return
            before = page.next_page

    found = list(pages())

    assert [row for page in found for row in page] == find(trading, FactFilter())
    assert all(len(page) == limit for page in found[:-1])


def test_file_of_all_facts_has_the_rows_of_the_pages(trading: SmallChain) -> None:
    assert list(iterate_facts(trading.db, FactFilter())) == find(trading, FactFilter())


def test_every_filter_is_one_search_of_an_index(trading: SmallChain) -> None:
    if trading.db.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by its statistics: a small table is scanned whole")
    filters = {
        "fact_index_by_date": FactFilter(),
        "fact_index": FactFilter(store="S001", first_date=DAY),
        "fact_index_by_kind": FactFilter(kind=FactKind.TICKET, last_date=DAY),
        "fact_index_by_staff": FactFilter(staff_no="1002"),
        "fact_index_by_receipt": FactFilter(receipt_no=7),
        "fact_index_by_document": FactFilter(document_no="T-000001"),
    }
    plans: dict[str, list[str]] = {}

    def explain(connection: sa.Connection, *statement: object) -> None:
        _cursor, sql, parameters, *_rest = statement
        if "FROM fact_index" in str(sql):
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)  # type: ignore[arg-type]  # As sent.
            plans[name] = [str(row[3]) for row in cursor.fetchall()]

    sa.event.listen(trading.db.engine, "before_cursor_execute", explain)
    for name, wanted in filters.items():  # noqa: B007 - the listener reads the name
        read_facts(trading.db, wanted, PageKey("2026-11-22", 5), 50)

    assert plans.keys() == filters.keys()
    for name, plan in plans.items():
        index_of = "PRIMARY KEY" if name == "fact_index" else f"INDEX {name} "
        assert len(plan) == 1, plan  # No sort: a page costs what it shows.
        assert plan[0].startswith("SEARCH fact_index"), plan
        assert index_of in plan[0], plan


def test_fact_shows_its_stock_its_entry_and_its_place_in_the_log(trading: SmallChain) -> None:
    detail = read_fact(trading.db, ("S001", 1, 2), EVERY_STORE)

    assert detail is not None
    assert (detail.kind, detail.state, detail.receive_no) == ("ticket", FactState.POSTED, 2)
    assert [(m.item_id, m.sku, m.quantity_milli, m.cost_fen) for m in detail.movements] == [
        (1, "SKU1", -1_000, -333)
    ]
    assert [(e.account_code, e.debit_fen, e.credit_fen) for e in detail.entry] == [
        ("1001", 565, 0),
        ("140501", 0, 333),
        ("22210105", 0, 65),
        ("5001", 0, 500),
        ("540101", 333, 0),
    ]
    assert detail.posting == Posting(apply_no=2, period="2026-11", document_version=7)
    assert detail.items[1].name == "可乐"
    assert detail.payload["lines"][0]["amount_fen"] == 565


def test_ticket_is_laid_out_as_its_receipt(trading: SmallChain) -> None:
    detail = read_fact(trading.db, ("S001", 1, 2), EVERY_STORE)

    assert detail is not None
    receipt = detail.receipt
    assert receipt is not None
    assert (receipt.store_name, receipt.receipt_no, receipt.staff_no) == ("S001店", 7, "1002")
    assert [(line.name, line.amount_fen) for line in receipt.lines] == [("可乐", 565)]
    assert (receipt.totals.gross_fen, receipt.totals.tax_fen) == (565, 65)
    assert [(tender.kind, tender.given_fen) for tender in receipt.tenders] == [("cash", 565)]
    assert receipt.change_fen == 0


def test_causes_and_effects_lead_to_each_other(trading: SmallChain) -> None:
    shipped = read_fact(trading.db, ("S001", 1, 3), EVERY_STORE)
    received = read_fact(trading.db, ("S002", 1, 2), EVERY_STORE)

    assert shipped is not None
    assert received is not None
    assert places(shipped.effects) == ["S002/2"]
    assert places(received.causes) == ["S001/3"]


def test_cause_that_is_not_here_is_named(trading: SmallChain) -> None:
    missing = uuid.UUID(int=99)
    receive(trading, "S003", make_ticket((1, 1_000, 300)), 1, causes=(missing,))

    detail = read_fact(trading.db, ("S003", 1, 1), EVERY_STORE)

    assert detail is not None
    assert (detail.causes, detail.missing_causes) == ([], [missing])


def test_bytes_that_are_no_fact_are_shown_as_bytes(trading: SmallChain) -> None:
    detail = read_fact(trading.db, ("S002", 1, 3), EVERY_STORE)

    assert detail is not None
    assert detail.parking is not None
    assert (detail.state, detail.parking.reason_code) == (FactState.PARKED, "malformed_fact")
    assert (detail.body_bytes, detail.body_head) == (5, b"noise".hex())
    assert (detail.payload, detail.movements, detail.entry) == ({}, [], [])


def test_head_of_a_long_body_is_cut(small: SmallChain) -> None:
    small.receive_noise("S001", b"x" * 1_000)

    detail = read_fact(small.db, ("S001", 1, 1), EVERY_STORE)

    assert detail is not None
    assert (detail.body_bytes, len(detail.body_head)) == (1_000, 2 * BODY_HEAD_BYTES)


def test_place_without_a_fact_is_nothing(small: SmallChain) -> None:
    assert read_fact(small.db, ("S001", 1, 1), EVERY_STORE) is None


def test_search_says_what_it_does_not_find_yet(trading: SmallChain) -> None:
    trading.receive("S003", make_ticket((1, 1_000, 300)))
    before = count_not_indexed(trading.db)
    trading.db.rollback()

    index(trading)

    assert (before, count_not_indexed(trading.db)) == (1, 0)


def test_index_grows_block_by_block(trading: SmallChain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_index, "INDEX_FACTS_MAX", 2)
    trading.receive("S003", *(make_ticket((1, 1_000, 300)) for _ in range(5)))

    assert [index_next(trading.db) for _ in range(4)] == [2, 2, 1, 0]


def test_values_that_no_column_holds_are_not_indexed(small: SmallChain) -> None:
    wire = fact_pb2.Fact(store="S001", epoch=1, seq=1, kind=99, staff_no="x\0" * 100)  # type: ignore[arg-type]  # A later kind.
    wire.ticket.receipt_no = 2**64 - 1
    small.receive_noise("S001", wire.SerializeToString())

    index(small)

    rows = small.read("SELECT business_date, kind, staff_no, receipt_no FROM fact_index")
    assert rows == [("", 99, "x" * 64, None)]


def test_index_is_the_same_when_it_is_made_again(
    trading: SmallChain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trading.receive("S003", make_ticket((1, 1_000, 300)))  # Not indexed, so not compared.
    verified = {c.table: c for c in _verify(trading, str(tmp_path_factory.mktemp("scratch")))}
    with write_transaction(trading.db):
        trading.db.exec_driver_sql("UPDATE fact_index SET staff_no = 'x' WHERE receive_no = 1")
    damaged = {c.table: c for c in _verify(trading, str(tmp_path_factory.mktemp("scratch")))}
    trading.db.rollback()

    rebuild.rebuild_projections(trading.db)

    assert verified["fact_index"] == rebuild.TableCheck("fact_index", 7, 7, is_equal=True)
    assert verified["fact_cause"] == rebuild.TableCheck("fact_cause", 1, 1, is_equal=True)
    assert not damaged["fact_index"].is_equal
    mended = {c.table: c for c in _verify(trading, str(tmp_path_factory.mktemp("scratch")))}
    assert all(check.is_equal for check in mended.values())


def _verify(small: SmallChain, folder: str) -> list[rebuild.TableCheck]:
    return rebuild.verify_projections(small.db, folder)


def test_index_that_fails_half_way_leaves_nothing(small: SmallChain) -> None:
    cause = make_fact_id(1, 1)
    receive(small, "S001", make_ticket((1, 1_000, 300)), 2, causes=(cause,))
    steps = 0

    def fail_before(wanted: int) -> None:
        def before_step(*_details: object) -> None:
            nonlocal steps
            steps += 1
            if steps == wanted:
                raise ZeroDivisionError

        sa.event.listen(small.db.engine, "before_cursor_execute", before_step)
        with pytest.raises(ZeroDivisionError):
            index_next(small.db)
        sa.event.remove(small.db.engine, "before_cursor_execute", before_step)

    for wanted in range(1, 7):
        steps = 0
        fail_before(wanted)
        assert small.read("SELECT count(*) FROM fact_index") == [(0,)]

    assert index_next(small.db) == 1
    assert small.read("SELECT count(*) FROM fact_cause") == [(1,)]
