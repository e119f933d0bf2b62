"""Prices on their way to label scales: by file, by TCP, and what no scale can be told."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from hardware.errors import DeviceUnavailableError
from hardware.host.openers import open_tcp
from hardware.scale.plu import (
    FilePluSink,
    PluGoods,
    TcpPluSink,
    encode_csv,
    encode_lines,
    sort_out,
)
from hardware.sim.label_scale import SimulatedLabelScale
from hardware.sim.printer_line import TcpPrinterLine

PORK = PluGoods(12, "五花肉", 2_990, is_weighed=True, shelf_life_days=3)
WATER = PluGoods(2, "Mineral water", 500, is_weighed=False)
MANY = [PluGoods(plu, f"商品 {plu}", 1_000 + plu, is_weighed=True) for plu in range(1, 2_001)]


@pytest.fixture
def scale() -> SimulatedLabelScale:
    return SimulatedLabelScale()


@pytest.fixture
def line(scale: SimulatedLabelScale) -> Iterator[TcpPrinterLine]:
    line = TcpPrinterLine(scale)
    yield line
    line.close()


def make_sink(line: TcpPrinterLine) -> TcpPluSink:
    return TcpPluSink(lambda: open_tcp(line.address, ""), "gb18030")


def test_line_of_the_download_is_the_makers_own_example() -> None:
    apple = PluGoods(1, "Apple", 1_500, is_weighed=True, shelf_life_days=10)

    head, line, foot = encode_lines([apple])

    # PLU.txt of ВТНЕ-Принт 15Н2, but for the item code, which is the number here.
    fields = (
        "PLU,1,1,,1,1500;2,0;0,0;0,0,0,0,0,0,0,9,Apple,,,,,,,,0,0,0,0,1,0,0,0,0,10,0,0,0;0,0;0,"
        "0,127,0;0,0;0,0;0,0,127,0;0,0;0,0;0,0,127,0;0,0;0,0;0,0,127,0;0,0;0,0;0,0,0,0,0,0,0,0,"
    )
    assert line == fields.replace(",", "\t").replace(";", ",") + "\r\n"
    assert (head, foot) == ("DWL\tPLU\t\r\n", "END\tPLU\t\r\n")


def test_list_arrives_over_tcp_as_it_is(scale: SimulatedLabelScale, line: TcpPrinterLine) -> None:
    make_sink(line).deliver([WATER, PORK])
    line.close()

    assert dict(scale.goods) == {2: WATER, 12: PORK}
    assert scale.bad_lines == 0


def test_repeat_takes_the_place_of_the_list_before(
    scale: SimulatedLabelScale, line: TcpPrinterLine
) -> None:
    make_sink(line).deliver([WATER, PORK])
    make_sink(line).deliver([PORK])
    line.close()

    assert dict(scale.goods) == {12: PORK}


def test_list_that_broke_off_leaves_the_old_one_and_is_told(
    scale: SimulatedLabelScale, line: TcpPrinterLine
) -> None:
    make_sink(line).deliver([PORK])
    scale.faults.leaves_after_bytes = 10_000

    with pytest.raises(DeviceUnavailableError):
        make_sink(line).deliver(MANY)

    assert dict(scale.goods) == {12: PORK}


def test_scale_that_is_off_is_told(line: TcpPrinterLine) -> None:
    line.close()

    with pytest.raises(DeviceUnavailableError):
        make_sink(line).deliver([PORK])


def test_file_is_whole_and_in_the_makers_encoding(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "plu.csv"
    FilePluSink(path).deliver([WATER])

    FilePluSink(path).deliver([WATER, PORK])

    assert path.read_bytes().decode("gb18030") == (
        "plu,name,unit,unit_price_yuan,shelf_life_days\r\n"
        "2,Mineral water,pcs,5.00,0\r\n"
        "12,五花肉,kg,29.90,3\r\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["plu.csv"]


def test_file_that_cannot_be_written_leaves_the_old_one(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "plu.csv"
    FilePluSink(path).deliver([WATER])
    (tmp_path / "plu.csv.part").mkdir()

    with pytest.raises(DeviceUnavailableError):
        FilePluSink(path).deliver([PORK])

    assert "Mineral water" in path.read_text("gb18030")


@pytest.mark.parametrize(
    ("goods", "reason"),
    [
        (PluGoods(0, "a", 1, is_weighed=True), "number 0"),
        (PluGoods(100_000, "a", 1, is_weighed=True), "number 100000"),
        (PluGoods(12, "a", 1, is_weighed=True), "given twice"),
        (PluGoods(3, "a", 0, is_weighed=True), "price of 0"),
        (PluGoods(3, "a", 1_000_000, is_weighed=True), "price of 1000000"),
        (PluGoods(3, "", 1, is_weighed=True), "name is empty"),
        (PluGoods(3, "a" * 41, 1, is_weighed=True), "longer than 40"),
        (PluGoods(3, "a\tb", 1, is_weighed=True), "characters"),
        (PluGoods(3, "a\r\nEND\tPLU", 1, is_weighed=True), "characters"),
        (PluGoods(3, "a", 1, is_weighed=True, shelf_life_days=1_000), "shelf life"),
    ],
)
def test_goods_that_no_scale_can_be_told_are_named(goods: PluGoods, reason: str) -> None:
    fitting, refused = sort_out([PORK, goods])

    assert fitting == [PORK]
    assert [one.goods for one in refused] == [goods]
    assert reason in refused[0].reason


def test_csv_quotes_what_would_break_it() -> None:
    text = encode_csv([PluGoods(1, 'a,"b"', 1, is_weighed=True)])

    assert text.splitlines()[1] == '1,"a,""b""",kg,0.01,0'
