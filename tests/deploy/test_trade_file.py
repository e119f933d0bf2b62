"""Trade files: every broken row is refused with a reason, and the rest plays to the fen."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Sequence

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.errors import (
    TradeColumnMissingError,
    TradeColumnUnknownError,
    TradeFileDamagedError,
    TradeFileEncodingError,
    TradeFileNotFoundError,
)
from deploy.demo.trade_file import PARQUET_MAGIC, ROW_CHARS_MAX, read_trade
from deploy.demo.trade_line import REQUIRED_COLUMNS, Reason, RejectedRow, TradeLine
from retail_domain.trade.tender import TenderKind

HEADER = (
    "store_id,basket_id,line_no,sku,gtin,name,quantity_milli,unit_price_fen,discount_fen,sold_at"
)
GOOD = {
    "store_id": "S1",
    "basket_id": "B1",
    "line_no": "1",
    "sku": "K-1",
    "gtin": "9521234567899",
    "name": "酱油 500 毫升",
    "quantity_milli": "2000",
    "unit_price_fen": "350",
    "discount_fen": "50",
    "sold_at": "2026-11-22T10:05:33+08:00",
}


def write_csv(
    folder: pathlib.Path, rows: Sequence[str], *, header: str = HEADER, encoding: str = "utf-8"
) -> pathlib.Path:
    path = folder / "trade.csv"
    path.write_bytes("\n".join((header, *rows, "")).encode(encoding))
    return path


def row_of(**changes: str) -> str:
    return ",".join((GOOD | changes).values())


def test_good_row_becomes_a_line(tmp_path: pathlib.Path) -> None:
    (line,) = read_trade(write_csv(tmp_path, [row_of()]))

    assert isinstance(line, TradeLine)
    assert (line.row, line.store, line.basket_id, line.line_no) == (2, "S1", "B1", 1)
    assert (line.sku, line.gtin, line.name) == ("K-1", "09521234567899", "酱油 500 毫升")
    assert (line.quantity_milli, line.unit_price_fen, line.discount_fen) == (2000, 350, 50)
    assert line.amount_fen == 650
    assert line.sold_at == datetime.datetime(2026, 11, 22, 2, 5, 33, tzinfo=datetime.UTC)
    assert (line.tax_rate.tax_rate_id, line.tax_rate.rate_bp) == ("VAT13", 1300)
    assert (line.unit_cost_fen, line.tender, line.member_id) == (None, None, "")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("quantity_milli", "0", Reason.QUANTITY_ZERO),
        ("quantity_milli", "-1000", Reason.QUANTITY_NEGATIVE),
        ("quantity_milli", "1000000001", Reason.QUANTITY_TOO_LARGE),
        ("quantity_milli", "1000.5", Reason.QUANTITY_TOO_PRECISE),
        ("quantity_milli", "1000.0", Reason.NOT_AN_INTEGER),
        ("quantity_milli", "", Reason.MISSING),
        ("quantity_milli", "1_000", Reason.NOT_A_NUMBER),
        ("quantity_milli", "１０００", Reason.NOT_A_NUMBER),
        ("quantity_milli", "1e3", Reason.NOT_A_NUMBER),
        ("unit_price_fen", "", Reason.PRICE_MISSING),
        ("unit_price_fen", "-1", Reason.AMOUNT_NEGATIVE),
        ("unit_price_fen", "3.0", Reason.NOT_AN_INTEGER),
        ("unit_price_fen", "three", Reason.NOT_A_NUMBER),
        ("unit_price_fen", "nan", Reason.NOT_A_NUMBER),
        ("unit_price_fen", "1000000000001", Reason.AMOUNT_TOO_LARGE),
        ("discount_fen", "701", Reason.DISCOUNT_TOO_LARGE),
        ("discount_fen", "-1", Reason.AMOUNT_NEGATIVE),
        ("discount_fen", "", Reason.MISSING),
        ("line_no", "-1", Reason.LINE_NO_OUT_OF_RANGE),
        ("gtin", "9521234567890", Reason.BAD_GTIN),
        ("gtin", "12", Reason.BAD_GTIN),
        ("store_id", "", Reason.MISSING),
        ("store_id", "../etc", Reason.BAD_STORE),
        ("store_id", "a/+", Reason.BAD_STORE),
        ("store_id", "HQ", Reason.BAD_STORE),
        ("store_id", "hub", Reason.BAD_STORE),
        ("basket_id", " ", Reason.MISSING),
        ("sku", "", Reason.MISSING),
        ("name", "长" * 201, Reason.TEXT_TOO_LONG),
        ("name", "a\x00b", Reason.UNREADABLE_ROW),
        ("sold_at", "", Reason.MISSING),
        ("sold_at", "yesterday", Reason.BAD_SOLD_AT),
        ("sold_at", "2026-11-22", Reason.BAD_SOLD_AT),
        ("sold_at", "2026-02-30T10:00:00", Reason.BAD_SOLD_AT),
        ("sold_at", "0001-01-01T00:00:00+14:00", Reason.BAD_SOLD_AT),
        ("sold_at", "3026-11-22T10:00:00", Reason.BAD_SOLD_AT),
    ],
)
def test_broken_value_is_refused_with_its_reason_and_the_rest_plays(
    tmp_path: pathlib.Path, column: str, value: str, reason: Reason
) -> None:
    rows = [row_of(), row_of(**{column: value}), row_of(line_no="3")]

    first, refused, last = read_trade(write_csv(tmp_path, rows))

    assert isinstance(first, TradeLine)
    assert refused == RejectedRow(3, column, value.strip()[:100], reason)
    assert isinstance(last, TradeLine)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ('S1,"B1,1', Reason.UNREADABLE_ROW),
        (row_of() + ",more", Reason.TOO_MANY_COLUMNS),
        ("S1,B1,1,K-1", Reason.MISSING),
        ("x" * (ROW_CHARS_MAX * 2), Reason.UNREADABLE_ROW),
    ],
)
def test_broken_row_costs_only_itself(tmp_path: pathlib.Path, raw: str, reason: Reason) -> None:
    refused, good = read_trade(write_csv(tmp_path, [raw, row_of()]))

    assert isinstance(refused, RejectedRow)
    assert (refused.row, refused.reason) == (2, reason)
    assert isinstance(good, TradeLine)
    assert good.row == 3


def test_blank_lines_are_skipped_and_still_counted(tmp_path: pathlib.Path) -> None:
    (line,) = read_trade(write_csv(tmp_path, ["", "   ", row_of()]))

    assert line.row == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_chinese_spreadsheets_are_read(tmp_path: pathlib.Path, encoding: str) -> None:
    (line,) = read_trade(write_csv(tmp_path, [row_of(name="龘€")], encoding=encoding))

    assert isinstance(line, TradeLine)
    assert line.name == "龘€"


@pytest.mark.parametrize(
    ("text", "rate_bp"),
    [("", 1300), ("13", 1300), ("0.13", 1300), ("9%", 900), ("900", 900), ("0", 0), ("0.06", 600)],
)
def test_tax_rate_is_read_as_people_write_it(
    tmp_path: pathlib.Path, text: str, rate_bp: int
) -> None:
    path = write_csv(tmp_path, [row_of() + f",{text}"], header=HEADER + ",tax_rate")

    (line,) = read_trade(path)

    assert isinstance(line, TradeLine)
    assert line.tax_rate.rate_bp == rate_bp


def test_optional_columns_are_read(tmp_path: pathlib.Path) -> None:
    header = HEADER + ",unit_cost_fen,member_id,tender"

    (line,) = read_trade(write_csv(tmp_path, [row_of() + ",210,M7,cash"], header=header))

    assert isinstance(line, TradeLine)
    assert (line.unit_cost_fen, line.member_id, line.tender) == (210, "M7", TenderKind.CASH)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("tax_rate", "12", Reason.UNKNOWN_TAX_RATE),
        ("tender", "shells", Reason.UNKNOWN_TENDER),
        ("unit_cost_fen", "-5", Reason.AMOUNT_NEGATIVE),
    ],
)
def test_broken_optional_value_is_refused(
    tmp_path: pathlib.Path, column: str, value: str, reason: Reason
) -> None:
    path = write_csv(tmp_path, [row_of() + f",{value}"], header=f"{HEADER},{column}")

    (refused,) = read_trade(path)

    assert refused == RejectedRow(2, column, value, reason)


def test_missing_and_unknown_columns_are_refused_as_a_whole(tmp_path: pathlib.Path) -> None:
    without_price = HEADER.replace("unit_price_fen,", "")

    with pytest.raises(TradeColumnMissingError, match="lacks the columns unit_price_fen"):
        list(read_trade(write_csv(tmp_path, [], header=without_price)))
    with pytest.raises(TradeColumnUnknownError, match="repeated columns sku, prize"):
        list(read_trade(write_csv(tmp_path, [], header=HEADER + ",prize,sku")))
    with pytest.raises(TradeColumnMissingError):
        list(read_trade(write_csv(tmp_path, [], header="")))


def test_unreadable_files_say_what_to_do(tmp_path: pathlib.Path) -> None:
    neither = tmp_path / "latin.csv"
    neither.write_bytes(HEADER.encode() + b"\n\xff\xff")
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(PARQUET_MAGIC + b"rubbish")

    with pytest.raises(TradeFileEncodingError, match="Save it as UTF-8"):
        list(read_trade(neither))
    with pytest.raises(TradeFileDamagedError, match="not a readable Parquet"):
        list(read_trade(torn))
    with pytest.raises(TradeFileNotFoundError, match="can't be read"):
        list(read_trade(tmp_path / "nowhere.csv"))


def test_parquet_reads_as_csv_does(tmp_path: pathlib.Path) -> None:
    typed = {
        "store_id": ["S1", "S1"],
        "basket_id": [7, 7],
        "line_no": [1, 2],
        "sku": ["K-1", "K-2"],
        "gtin": [9521234567899, None],
        "name": ["酱油", "盐"],
        "quantity_milli": [2000, 1000],
        "unit_price_fen": [350, 200],
        "discount_fen": [50, 0],
        "sold_at": [datetime.datetime(2026, 11, 22, 10, 5, 33)] * 2,  # noqa: DTZ001 - naive is the case
    }
    path = tmp_path / "trade.parquet"
    pyarrow.parquet.write_table(pyarrow.table(typed), path)

    first, second = read_trade(path)

    assert isinstance(first, TradeLine)
    assert isinstance(second, TradeLine)
    assert (first.basket_id, first.gtin, first.amount_fen) == ("7", "09521234567899", 650)
    assert first.sold_at == datetime.datetime(2026, 11, 22, 2, 5, 33, tzinfo=datetime.UTC)
    assert (second.row, second.gtin) == (3, "")


def test_parquet_floats_are_no_integers(tmp_path: pathlib.Path) -> None:
    typed = {column: [value] for column, value in GOOD.items()} | {"unit_price_fen": [3.0]}
    path = tmp_path / "trade.parquet"
    pyarrow.parquet.write_table(pyarrow.table(typed), path)

    (refused,) = read_trade(path)

    assert refused == RejectedRow(2, "unit_price_fen", "3.0", Reason.NOT_AN_INTEGER)


CELL = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1000", "9521234567899", "2026-11-22T10:00:00", '"', ",", "S1"]
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELL, max_size=12).map(",".join), max_size=8))
def test_rubbish_rows_become_lines_or_reasons(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    path = tmp_path_factory.mktemp("rubbish") / "trade.csv"
    path.write_bytes("\n".join((HEADER, *rows, row_of())).encode("utf-8", "replace"))

    *entries, last = read_trade(path)

    for entry in entries:
        if isinstance(entry, TradeLine):
            assert entry.quantity_milli > 0
            assert entry.amount_fen >= 0
        else:
            assert entry.reason in Reason
    assert isinstance(last, TradeLine)


@given(st.binary(max_size=300))
def test_rubbish_bytes_are_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("rubbish") / "trade"
    path.write_bytes(content)

    with pytest.raises(
        (TradeColumnMissingError, TradeFileDamagedError, TradeFileEncodingError), match=str(path)
    ):
        list(read_trade(path))


def test_required_columns_are_those_of_the_public_contract() -> None:
    assert ",".join(REQUIRED_COLUMNS) == HEADER
