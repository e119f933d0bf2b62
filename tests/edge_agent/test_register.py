"""The register's commands: what they do, what they refuse, and that a repeat changes nothing."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from edge_agent.services.box import Box
from edge_agent.services.goods import receive_goods
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.services.receipts import read_last_receipt
from edge_agent.services.register import (
    BasketLine,
    Command,
    CommandName,
    Done,
    execute_command,
    sell_basket,
)
from edge_agent.services.seat import Seat
from edge_agent.store import journal
from edge_agent.store.projections import read_on_hand
from edge_agent.store.registers import read_open_ticket
from edge_agent.store.sqlite_library import Connection
from retail_domain.errors import PriceMissingError, RetailError
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import (
    ANYBODY,
    APPLES,
    COLA,
    COLA_CODE,
    NOODLES,
    TWIN_CODE,
    UNPRICED,
)

CASH = TenderKind.CASH


class Till:
    """Register 1 of a box; every call is a new command."""

    def __init__(self, db: Connection, box: Box) -> None:
        self._db, self._box, self._number = db, box, 0

    def do(self, name: CommandName, **fields: Any) -> Done:  # noqa: ANN401 - Each has its own.
        self._number += 1
        command = Command(command_id=uuid.UUID(int=self._number), name=name, **fields)
        return self.repeat(command)

    def repeat(self, command: Command) -> Done:
        return execute_command(self._db, self._box, "1", ANYBODY, command)

    @property
    def ticket(self) -> OpenTicket:
        return read_open_ticket(self._db, "1")


@pytest.fixture
def till(db: Connection, box: Box) -> Till:
    return Till(db, box)


def refusal_code(done: Done) -> str:
    assert done.answer.refusal is not None
    assert done.after == done.before
    return done.answer.refusal.code


def test_scanned_codes_become_lines_at_the_list_price(till: Till) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    till.do(CommandName.SCAN, code=COLA_CODE)
    done = till.do(CommandName.SCAN, code="NOODLES")

    assert done.hot_line_id == 2
    assert [(line.item_id, line.quantity_milli, line.amount_fen) for line in till.ticket.lines] == [
        (COLA, 2_000, 600),
        (NOODLES, 1_000, 450),
    ]


def test_paid_ticket_is_a_fact_and_the_next_one_is_empty(
    till: Till, db: Connection, box: Box
) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    done = till.do(CommandName.PAY, tenders=((CASH, 1_000),))

    assert done.fact is not None
    assert isinstance(done.fact.happening.payload, Ticket)
    assert done.fact.happening.payload.change_fen == 700
    assert till.ticket.lines == ()
    assert read_on_hand(db, COLA) == -1_000
    receipt = read_last_receipt(db, box, "1")
    assert receipt is not None
    assert (receipt.receipt_no, receipt.totals.amount_fen, receipt.change_fen) == (1, 300, 700)


def test_receipt_numbers_of_a_register_have_no_gap(till: Till, db: Connection, box: Box) -> None:
    for _ in range(3):
        till.do(CommandName.SCAN, code=COLA_CODE)
        till.do(CommandName.PAY, tenders=((CASH, 1_000),))

    receipt = read_last_receipt(db, box, "1")
    assert receipt is not None
    assert receipt.receipt_no == 3


def test_repeated_payment_sells_once_and_gets_the_first_answer(till: Till, db: Connection) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    command = Command(command_id=uuid.UUID(int=99), name=CommandName.PAY, tenders=((CASH, 1_000),))

    first, second = till.repeat(command), till.repeat(command)

    assert first.answer == second.answer
    assert second.fact is None
    assert journal.read_tail(db).seq == 1


def test_repeated_scan_adds_one_line(till: Till) -> None:
    command = Command(command_id=uuid.UUID(int=99), name=CommandName.SCAN, code=COLA_CODE)

    till.repeat(command)
    till.repeat(command)

    assert [line.quantity_milli for line in till.ticket.lines] == [1_000]


@pytest.mark.parametrize(
    ("name", "fields", "code"),
    [
        (CommandName.SCAN, {"code": "6901234567892"}, "unknown_barcode"),
        (CommandName.SCAN, {"code": ""}, "unknown_barcode"),
        (CommandName.SCAN, {"code": "x" * 10_000}, "unknown_barcode"),
        (CommandName.SCAN, {"code": TWIN_CODE}, "ambiguous_barcode"),
        (CommandName.SCAN, {"code": "NEW"}, "price_missing"),
        (CommandName.SCAN, {"code": "COLA", "quantity_milli": 0}, "quantity_zero"),
        (CommandName.ADD_ITEM, {"item_id": 999}, "unknown_item"),
        (CommandName.ADD_ITEM, {"item_id": -5}, "unknown_item"),
        (CommandName.ADD_ITEM, {"item_id": 1 << 63}, "unknown_item"),
        (CommandName.ADD_ITEM, {"item_id": UNPRICED}, "price_missing"),
        (CommandName.ADD_ITEM, {"item_id": COLA, "quantity_milli": 1_500}, "quantity_not_whole"),
        (CommandName.ADD_ITEM, {"item_id": COLA, "quantity_milli": -1_000}, "quantity_negative"),
        (CommandName.SET_QUANTITY, {"line_id": 1, "quantity_milli": 0}, "quantity_zero"),
        (CommandName.SET_QUANTITY, {"line_id": 1, "quantity_milli": 10**15}, "quantity_too_large"),
        (CommandName.SET_QUANTITY, {"line_id": 7, "quantity_milli": 1_000}, "line_not_found"),
        (CommandName.REMOVE_LINE, {"line_id": 7}, "line_not_found"),
        (CommandName.PAY, {"tenders": ((CASH, 299),)}, "tender_too_small"),
        (CommandName.PAY, {"tenders": ((TenderKind.CARD, 301),)}, "tender_too_large"),
    ],
)
def test_refused_command_has_a_code_and_changes_nothing(
    till: Till, name: CommandName, fields: dict[str, Any], code: str
) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    before = till.ticket

    done = till.do(name, **fields)

    assert refusal_code(done) == code
    assert till.ticket == before


def test_empty_ticket_is_not_paid(till: Till) -> None:
    assert refusal_code(till.do(CommandName.PAY, tenders=())) == "ticket_empty"


def test_cleared_ticket_leaves_a_trace_and_no_sale(till: Till, db: Connection) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    till.do(CommandName.CLEAR_TICKET)

    assert till.ticket.lines == ()
    facts = [fact.happening.kind.value for fact, _body, _head in journal.iterate_facts(db)]
    assert facts == ["ticket_voided"]


def test_refusal_speaks_both_languages(till: Till) -> None:
    refusal = till.do(CommandName.SCAN, code="4711").answer.refusal

    assert refusal is not None
    assert "4711" in refusal.detail
    assert "4711" in refusal.detail_zh


def test_basket_is_sold_whole_at_its_own_prices(db: Connection, box: Box) -> None:
    lines = [
        BasketLine(COLA, COLA_CODE, 2_000, 280, 10),
        BasketLine(APPLES, "APPLES", 762, 1_198),
    ]
    seat = Seat("1", "1001", OpenTicket())
    fact_id = uuid.UUID(int=1)

    first = sell_basket(db, box, seat, lines, fact_id=fact_id, tender=CASH)
    again = sell_basket(db, box, seat, lines, fact_id=fact_id, tender=CASH)

    assert first == again
    assert isinstance(first.happening.payload, Ticket)
    assert [line.amount_fen for line in first.happening.payload.lines] == [550, 913]
    assert first.happening.payload.lines[0].list_price_fen == 300


def test_basket_with_an_unpriced_item_sells_nothing(db: Connection, box: Box) -> None:
    lines = [BasketLine(COLA, "", 1_000, 300), BasketLine(UNPRICED, "", 1_000, 300)]

    with pytest.raises(PriceMissingError):
        sell_basket(
            db, box, Seat("1", "1001", OpenTicket()), lines, fact_id=uuid.UUID(int=1), tender=CASH
        )

    assert journal.read_tail(db).seq == 0


def test_folding_the_journal_again_gives_the_same_tables(
    till: Till, db: Connection, box: Box
) -> None:
    receive_goods(
        db, box, "PO-000001", [OrderLine(COLA, 9_000)], fact_id=uuid.UUID(int=1), staff_no="1001"
    )
    till.do(CommandName.SCAN, code=COLA_CODE)
    till.do(CommandName.PAY, tenders=((CASH, 300),))

    assert check_chain(db) == 2
    rows = {c.table: (c.rows, c.differing_rows) for c in verify_projections(db)}
    assert (rows["on_hand"], rows["register_receipt"]) == ((1, 0), (1, 0))
    assert not any(differing for _rows, differing in rows.values())


def test_stock_changed_behind_the_journal_is_found(till: Till, db: Connection) -> None:
    till.do(CommandName.SCAN, code=COLA_CODE)
    till.do(CommandName.PAY, tenders=((CASH, 300),))
    db.execute("UPDATE on_hand SET quantity_milli = 5")

    differing = {c.table: c.differing_rows for c in verify_projections(db) if c.differing_rows}
    assert differing == {"on_hand": 2}


def test_every_error_is_a_full_sentence_in_both_languages(till: Till) -> None:
    errors: list[type[RetailError]] = RetailError.__subclasses__()

    assert len({error.code for error in errors}) == len(errors)
    assert all(error.en.endswith(".") and error.zh.endswith("。") for error in errors)
