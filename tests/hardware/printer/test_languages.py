"""The three languages: the same dots on paper, whatever the way, and what printers say."""

from __future__ import annotations

import contextlib
from typing import Protocol

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hardware.drawer.kick import make_kick
from hardware.driver import Health
from hardware.printer import escpos, tspl, zpl
from hardware.printer.bitmap import Bitmap
from hardware.printer.drivers import LANGUAGES, PRINTER_DRIVERS, encode_kick, encode_page
from hardware.printer.language import Garbage
from hardware.printer.page import UM, Page
from hardware.printer.render import render
from hardware.printer.status import Condition, Status, find_hindrances, read_port_status, to_health
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.label_printers import TsplPrinter, ZplPrinter
from hardware.sim.paper import Paper
from hardware.sim.printer_faults import PrinterFaults
from tests.hardware.printer.pages import RECEIPT, SHELF_LABEL, roll_of

OPTIONS = {
    driver.kind: {name: choices[0] for name, choices in driver.options.items()}
    for driver in PRINTER_DRIVERS
}
C = Condition


class Printer(Protocol):
    paper: Paper
    junk: int

    def feed(self, data: bytes) -> bytes: ...


def make_printer(kind: str) -> Printer:
    """A simulated printer of a language."""
    makers = {"escpos": EscposPrinter, "zpl": ZplPrinter, "tspl": TsplPrinter}
    printer: Printer = makers[kind](PrinterFaults())
    return printer


@pytest.mark.parametrize("page", [SHELF_LABEL, RECEIPT], ids=["label", "receipt"])
@pytest.mark.parametrize("kind", LANGUAGES)
def test_the_paper_has_the_dots_of_the_preview(kind: str, page: Page) -> None:
    printer = make_printer(kind)
    wanted = render(page, 8)

    printer.feed(encode_page(kind, OPTIONS[kind], page))

    (sheet,) = printer.paper.sheets
    assert printed_part(sheet, wanted) == wanted
    assert printer.junk == 0


def printed_part(sheet: Bitmap, wanted: Bitmap) -> Bitmap:
    """As much of a sheet as was to be printed; what lies beyond has to be white."""
    row_bytes, rows = wanted.row_bytes, [sheet.rows(i, 1).data for i in range(sheet.height_dots)]
    assert not any(any(row[row_bytes:]) for row in rows)
    assert not any(any(row) for row in rows[wanted.height_dots :])
    data = b"".join(row[:row_bytes] for row in rows[: wanted.height_dots])
    return Bitmap(wanted.width_dots, wanted.height_dots, data)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(sorted(LANGUAGES)),
    st.integers(1, 90),
    st.integers(1, 600),
    st.randoms(use_true_random=False),
    st.integers(1, 5_000),
)
def test_any_dots_arrive_however_the_bytes_are_cut(
    kind: str, width: int, height: int, chance: object, step: int
) -> None:
    random_bytes = getattr(chance, "randbytes")  # noqa: B009 - hypothesis gives no type.
    row_bytes = (width + 7) // 8
    last = 0xFF << (row_bytes * 8 - width) & 0xFF
    rows = [random_bytes(row_bytes) for _ in range(height)]
    bitmap = Bitmap(width, height, b"".join(r[:-1] + bytes([r[-1] & last]) for r in rows))
    printer = make_printer(kind)
    data = LANGUAGES[kind].encode(bitmap, OPTIONS[kind])
    assume(LANGUAGES[kind].clear not in data)  # A printer obeys it in the middle of a raster, too.

    for start in range(0, len(data), step):
        printer.feed(data[start : start + step])

    (sheet,) = printer.paper.sheets
    assert printed_part(sheet, bitmap) == bitmap
    assert printer.junk == 0


def test_a_receipt_is_laid_out_for_the_paper_of_its_printer() -> None:
    narrow, wide = (EscposPrinter(PrinterFaults(), paper_mm=paper) for paper in ("58", "80"))

    for printer, paper in ((narrow, "58"), (wide, "80")):
        page = roll_of("长名称" * 8, width_um=10 * UM)
        printer.feed(encode_page("escpos", OPTIONS["escpos"] | {"paper_mm": paper}, page))

    assert narrow.paper.sheets[0].width_dots == 384
    assert narrow.paper.sheets[0].height_dots > wide.paper.sheets[0].height_dots


@pytest.mark.parametrize(("cut", "sheets"), [("full", 1), ("partial", 1), ("none", 0)])
def test_a_receipt_is_cut_as_the_option_says(cut: str, sheets: int) -> None:
    printer = EscposPrinter(PrinterFaults())

    printer.feed(encode_page("escpos", OPTIONS["escpos"] | {"cut": cut}, roll_of("x")))

    assert len(printer.paper.sheets) == sheets


@pytest.mark.parametrize(("pin", "data"), [("2", "1b 70 00 32 32"), ("5", "1b 70 01 32 32")])
def test_the_drawer_on_a_pin_gets_its_pulse_and_no_other(pin: str, data: str) -> None:
    printer = EscposPrinter(PrinterFaults())

    printer.feed(encode_kick("escpos", OPTIONS["escpos"] | {"drawer_pin": pin}))

    assert make_kick(pin) == bytes.fromhex(data)
    assert printer.kicks == [int(pin)]


def test_label_printers_have_no_drawer() -> None:
    assert encode_kick("zpl", OPTIONS["zpl"]) == b""


@pytest.mark.parametrize(
    ("received", "status"),
    [
        ("12 12 12 12", set()),
        ("1a 16 12 12", {C.COVER_OPEN}),
        ("1a 32 12 72", {C.PAPER_OUT}),
        ("12 12 12 1e", {C.PAPER_LOW}),
        ("1a 12 12 12", {C.OFFLINE}),
        ("1a 52 1a 12", {C.FAULT, C.CUTTER_FAULT}),
        ("1a 52 52 12", {C.FAULT, C.OVERHEATED}),
        ("16 12 12 12", set()),
    ],
)
def test_escpos_answers_are_read(received: str, status: set[Condition]) -> None:
    answer = escpos.read_answer(bytes.fromhex(received))

    assert answer is not None
    assert answer.status == status


@pytest.mark.parametrize(
    ("received", "status"),
    [
        ("00", set()),
        ("01", {C.COVER_OPEN}),
        ("02", {C.JAM}),
        ("04", {C.PAPER_OUT}),
        ("08", {C.RIBBON_OUT}),
        ("10", {C.PAUSED}),
        ("20", {C.PRINTING}),
        ("44", {C.COVER_OPEN, C.PAPER_OUT}),
        ("80", {C.OVERHEATED}),
    ],
)
def test_tspl_answers_are_read(received: str, status: set[Condition]) -> None:
    answer = tspl.read_answer(bytes.fromhex(received))

    assert answer is not None
    assert answer.status == status


ZPL_ANSWER = (
    "\x02030,{out},{pause},0320,{waiting},{full},0,{partial},000,0,{cold},{hot}\x03\r\n"
    "\x02000,0,{head},{ribbon},0,2,4,{peel},{left},1,000\x03\r\n\x021234,0\x03\r\n"
)
ZPL_WELL = {
    "out": 0,
    "pause": 0,
    "waiting": "000",
    "full": 0,
    "partial": 0,
    "cold": 0,
    "hot": 0,
    "head": 0,
    "ribbon": 0,
    "peel": 0,
    "left": "00000000",
}


@pytest.mark.parametrize(
    ("field", "value", "status", "is_done"),
    [
        ("out", 0, set(), True),
        ("out", 1, {C.PAPER_OUT}, True),
        ("pause", 1, {C.PAUSED}, True),
        ("full", 1, {C.BUFFER_FULL}, True),
        ("hot", 1, {C.OVERHEATED}, True),
        ("cold", 1, set(), True),
        ("head", 1, {C.COVER_OPEN}, True),
        ("ribbon", 1, {C.RIBBON_OUT}, True),
        ("peel", 1, {C.LABEL_WAITS}, True),
        ("waiting", "003", {C.PRINTING}, False),
        ("left", "00000002", {C.PRINTING}, False),
        ("partial", 1, {C.PRINTING}, False),
    ],
)
def test_zpl_answers_are_read(
    field: str, value: object, status: set[Condition], is_done: bool
) -> None:
    received = ZPL_ANSWER.format(**(ZPL_WELL | {field: value})).encode()

    answer = zpl.read_answer(received)

    assert answer is not None
    assert answer.status == status
    assert answer.is_done is is_done


@pytest.mark.parametrize("kind", LANGUAGES)
def test_an_answer_may_come_in_pieces(kind: str) -> None:
    printer, language = make_printer(kind), LANGUAGES[kind]
    received = printer.feed(language.ask)

    read = [language.read(received[:end]) for end in range(len(received) + 1)]

    whole = read[-1]
    assert whole is not None
    assert whole.status == set()
    assert read[0] is None


@settings(max_examples=300)
@given(st.sampled_from(sorted(LANGUAGES)), st.binary(max_size=300))
def test_no_bytes_break_a_reader(kind: str, received: bytes) -> None:
    language = LANGUAGES[kind]

    with contextlib.suppress(Garbage):
        language.read(received)
    has_end, rest = language.split_end(received)

    assert len(rest) <= len(received)
    assert has_end == (len(rest) < len(received))


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, set()),
        (0x18, set()),
        (0x30, {C.PAPER_OUT}),
        (0x38, {C.PAPER_OUT}),
        (0x08, {C.OFFLINE}),
        (0x10, {C.FAULT}),
    ],
)
def test_the_status_byte_of_a_usb_port_is_read(value: int | None, status: set[Condition]) -> None:
    assert read_port_status(value) == status


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (frozenset(), ""),
        (frozenset({C.PRINTING}), ""),
        (frozenset({C.PAPER_LOW}), "paper_low"),
        (frozenset({C.PAPER_LOW, C.COVER_OPEN, C.PRINTING}), "cover_open"),
    ],
)
def test_the_most_urgent_condition_is_the_health(status: Status, code: str) -> None:
    assert to_health(status).code == code


def test_low_paper_and_printing_keep_no_job_from_beginning() -> None:
    assert find_hindrances({C.PAPER_LOW, C.PRINTING, C.JAM}) == [C.JAM]
    assert to_health(frozenset()) == Health()


def test_a_label_size_is_written_in_millimetres_without_rounding() -> None:
    bitmap = Bitmap(404, 2, bytes(51 * 2))

    data = tspl.encode(bitmap, OPTIONS["tspl"])

    assert data.startswith(b"SIZE 50.5 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\n")


def test_the_width_of_a_roll_in_the_page_is_only_a_proposal() -> None:
    page = roll_of("x", width_um=30 * UM)

    data = encode_page("escpos", OPTIONS["escpos"], page)

    assert b"\x1dv0\x00\x48\x00" in data


@pytest.mark.parametrize("kind", LANGUAGES)
def test_half_a_job_is_cleared_and_what_is_asked_behind_it_is_answered(kind: str) -> None:
    printer, language = make_printer(kind), LANGUAGES[kind]
    data = encode_page(kind, OPTIONS[kind], SHELF_LABEL)
    printer.feed(data[: len(data) // 2])

    answered = printer.feed(language.clear + language.ask)
    printer.feed(data)

    assert language.read(answered) is not None
    assert len(printer.paper.sheets) == 1
