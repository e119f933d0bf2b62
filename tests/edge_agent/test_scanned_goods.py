"""From a scanned GS1 code or scale label to the line, the lot in stock, and the refusals."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest

from edge_agent.devices.scale_list import deliver_list
from edge_agent.services.box import Box
from edge_agent.services.receipt_page import lay_out_receipt
from edge_agent.services.receipts import make_receipt
from edge_agent.services.register import Command, CommandName, Done, execute_command
from edge_agent.services.scale_goods import list_scale_goods
from edge_agent.store.database import write_transaction
from edge_agent.store.registers import read_open_ticket
from edge_agent.store.rows import get_int
from edge_agent.store.sqlite_library import Connection
from hardware.printer.page import Row
from hardware.sim.label_scale import SimulatedLabelScale
from hardware.sim.printer_line import TcpPrinterLine
from protos import documents
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.catalog.item import Item, Price, UnitOfMeasure
from retail_domain.catalog.scale_label import LabelCheck, ScaleLabel
from retail_domain.labels.built_in_templates import RECEIPT_80
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import (
    ANYBODY,
    COLA,
    COLA_CODE,
    PRICES_FEN,
    make_clock,
    make_items,
    put_documents,
)
from tests.retail_domain.builders import NOON, VAT9

PORK, TWELVE, WHOLE = 21, 22, 23
AMOUNT_13 = ScaleLabel("FFPPPPPAAAAAC", ("22",))
BOTH_18 = ScaleLabel("FFPPPPPAAAAAKKKKKC", ("26",), LabelCheck.LEFT)
LABELLED = AMOUNT_13.write("22", 7, amount_fen=999)
"""A label of no scale item; headquarters gave its very digits to an item."""


@pytest.fixture
def box(box: Box) -> Box:
    return dataclasses.replace(box, scale_labels=(AMOUNT_13, BOTH_18))


@pytest.fixture(autouse=True)
def goods(db: Connection) -> None:
    kilogram, piece = UnitOfMeasure.KILOGRAM, UnitOfMeasure.PIECE
    # Under the digits of a label that says 0, as some shops list their weighed goods.
    gtins = tuple(
        sorted((to_gtin_14(make_gtin_13("952", PORK)), to_gtin_14(AMOUNT_13.write("22", 12))))
    )
    items = [
        *make_items(),
        Item(PORK, "12", "五花肉", "Pork belly", kilogram, VAT9, gtins),
        Item(TWELVE, "00044", "四十四", "Forty-four", kilogram, VAT9),
        Item(WHOLE, "44", "礼盒", "Gift box", piece, VAT9, (to_gtin_14(LABELLED),)),
    ]
    prices_fen = {**PRICES_FEN, PORK: 2_990, TWELVE: 1_000, WHOLE: 999}
    with write_transaction(db):
        rows = [(documents.item_key(i.item_id), documents.encode_item(i)) for i in items]
        put_documents(db, documents.ITEMS_FEED, rows)
        prices = [
            (documents.item_key(item_id), documents.encode_price(Price(item_id, fen)))
            for item_id, fen in prices_fen.items()
        ]
        put_documents(db, documents.PRICES_FEED, prices)


def scan(db: Connection, box: Box, code: str, symbology: str = "", quantity: int = 1_000) -> Done:
    command = Command(
        command_id=uuid.uuid4(),
        name=CommandName.SCAN,
        code=code,
        symbology=symbology,
        quantity_milli=quantity,
    )
    return execute_command(db, box, "1", ANYBODY, command)


def refusal_code(done: Done) -> str:
    assert done.answer.refusal is not None
    assert done.after == done.before
    return done.answer.refusal.code


def gs1(code_13: str, rest: str) -> str:
    return f"01{to_gtin_14(code_13)}{rest}"


def test_lot_of_a_gs1_code_is_on_the_line_and_leaves_the_stock(db: Connection, box: Box) -> None:
    code = gs1(COLA_CODE, "1727013110L-9")
    scan(db, box, code, "]C1")
    scan(db, box, code, "]C1")
    scan(db, box, COLA_CODE)
    command = Command(
        command_id=uuid.uuid4(), name=CommandName.PAY, tenders=((TenderKind.CASH, 900),)
    )
    fact = execute_command(db, box, "1", ANYBODY, command).fact

    assert fact is not None
    payload = fact.happening.payload
    assert isinstance(payload, Ticket)
    assert [(line.lot, line.quantity_milli) for line in payload.lines] == [
        ("L-9|2027-01-31", 2_000),
        ("", 1_000),
    ]
    assert payload.lines[0].scanned_code == f"(01){to_gtin_14(COLA_CODE)}(17)270131(10)L-9"
    page = lay_out_receipt(make_receipt(db, box, fact), RECEIPT_80, box.time_zone)
    printed = [cell.text for row in page.blocks if isinstance(row, Row) for cell in row.cells]
    assert printed.count("批次 L-9  到期 2027-01-31") == 1
    rows = db.execute(
        "SELECT lot, quantity_milli FROM on_hand WHERE item_id = ? ORDER BY lot", (COLA,)
    ).fetchall()
    assert [(lot, get_int(milli)) for lot, milli in rows] == [
        ("", -1_000),
        ("L-9|2027-01-31", -2_000),
    ]


def test_weighed_gs1_code_takes_its_weight(db: Connection, box: Box) -> None:
    scan(db, box, gs1(make_gtin_13("952", PORK), "3103000762"), "]e0")

    (line,) = read_open_ticket(db, "1").lines
    assert (line.item_id, line.quantity_milli, line.amount_fen) == (PORK, 762, 2_278)


def test_scale_labels_take_amount_and_weight_and_stay_apart(db: Connection, box: Box) -> None:
    scan(db, box, AMOUNT_13.write("22", 12, amount_fen=1_495))
    scan(db, box, BOTH_18.write("26", 12, amount_fen=1_500, weight_mg=500_000))
    scan(db, box, BOTH_18.write("26", 12, amount_fen=1_500, weight_mg=500_000))

    lines = read_open_ticket(db, "1").lines
    assert [(line.quantity_milli, line.amount_fen, line.unit_price_fen) for line in lines] == [
        (500, 1_495, 2_990),
        (500, 1_500, 3_000),
        (500, 1_500, 3_000),
    ]


@pytest.mark.parametrize(
    ("code", "symbology", "refusal"),
    [
        (gs1(COLA_CODE, "1726112110L-9"), "]C1", "expired_lot"),
        (gs1(COLA_CODE, "15261121"), "]d2", "expired_lot"),
        (gs1(COLA_CODE, "1726"), "]C1", "bad_gs1_code"),
        ("00106141412345678908", "]C1", "code_without_item"),
        (f"01{make_gtin_13('952', 999).zfill(14)}10X", "]C1", "unknown_barcode"),
        (AMOUNT_13.write("22", 12), "", "empty_label"),
        (AMOUNT_13.write("22", 500, amount_fen=100), "", "unknown_barcode"),
        (AMOUNT_13.write("22", 44, amount_fen=100), "", "ambiguous_barcode"),
        ("2200012014951", "", "label_check_digit"),
    ],
)
def test_code_that_is_not_sure_makes_no_line(
    db: Connection, box: Box, code: str, symbology: str, refusal: str
) -> None:
    assert refusal_code(scan(db, box, code, symbology)) == refusal


def test_price_goes_to_the_scale_and_comes_back_on_its_label(db: Connection, box: Box) -> None:
    scale = SimulatedLabelScale()
    line = TcpPrinterLine(scale)
    goods = list_scale_goods(box.lists(db))

    delivered, refused = deliver_list(goods, line.address, "gb18030")
    line.close()
    amount_fen = scale.weigh(12, 762_000)
    scan(db, box, BOTH_18.write("26", 12, amount_fen=amount_fen, weight_mg=762_000))

    assert (delivered, refused) == (2, [])
    (sold,) = read_open_ticket(db, "1").lines
    assert (sold.item_id, sold.quantity_milli, sold.amount_fen) == (PORK, 762, 2_278)
    assert (sold.unit_price_fen, sold.discount_fen) == (2_990, 0)


def test_label_is_not_multiplied(db: Connection, box: Box) -> None:
    code = AMOUNT_13.write("22", 12, amount_fen=1_495)

    assert refusal_code(scan(db, box, code, quantity=2_000)) == "labelled_quantity"


def test_digits_that_headquarters_gave_to_an_item_are_that_item(db: Connection, box: Box) -> None:
    scan(db, box, LABELLED)

    (line,) = read_open_ticket(db, "1").lines
    assert (line.item_id, line.quantity_milli) == (WHOLE, 1_000)


def test_goods_expire_by_the_calendar_not_by_the_business_date(db: Connection, box: Box) -> None:
    code = gs1(COLA_CODE, "17261122")
    after_midnight = NOON + datetime.timedelta(hours=13)
    night = dataclasses.replace(box, clock=make_clock(after_midnight))

    scan(db, box, code, "]C1")

    assert refusal_code(scan(db, night, code, "]C1")) == "expired_lot"
