"""Rules of one row of a trade file: a line that can be sold, or the first fault found in it."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import re
from collections.abc import Mapping

from deploy.broker.topic_rules import HUB_USER
from retail_domain.catalog.gtin import to_gtin_14
from retail_domain.catalog.item import TaxRate
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.errors import BadGtinError
from retail_domain.rounding import multiply_price
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.open_ticket import LINE_FEN_MAX
from retail_domain.trade.tender import TenderKind

REQUIRED_COLUMNS = (
    "store_id",
    "basket_id",
    "line_no",
    "sku",
    "gtin",
    "name",
    "quantity_milli",
    "unit_price_fen",
    "discount_fen",
    "sold_at",
)
OPTIONAL_COLUMNS = ("unit_cost_fen", "tax_rate", "member_id", "tender")
COLUMNS = REQUIRED_COLUMNS + OPTIONAL_COLUMNS

STORE_TIME_ZONE = datetime.timezone(datetime.timedelta(hours=8))
"""China's, of a `sold_at` without an offset; fixed, so that no time zone database is needed."""
SOLD_YEARS = range(2000, 2100)
"""Outside it a date is a slip, and a fact_id could not hold it for ever."""
STORE_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")
"""Goes into MQTT topics, certificates and file names as it stands."""
INTEGER = re.compile(r"-?[0-9]{1,18}")
DECIMAL = re.compile(r"-?[0-9]{1,18}\.(?P<part>[0-9]{0,18})")
RESERVED_STORES = {HQ_STORE.lower(), HUB_USER}
"""Headquarters' own journal, and the hub's certificate."""
TEXT_CHARS_MAX = 200
"""Longer than any name on a receipt."""
SHOWN_CHARS_MAX = 100
"""Of a refused value in a report."""
LINE_NO_MAX = 1_000_000

DEFAULT_RATE_BP = 1300
RATES_BP = (1300, 900, 600, 500, 300, 100, 0)
"""Rates that a Chinese shop meets."""


def _rate_texts() -> dict[str, int]:
    """Every way a rate is written: 13, 13%, 13.0, 0.13, 1300."""
    texts: dict[str, int] = {}
    for rate_bp in RATES_BP:
        percent = rate_bp // 100
        forms = (f"{percent}", f"{percent}%", f"{percent}.0", f"{rate_bp}", f"0.{percent:02d}")
        texts |= dict.fromkeys((*forms, f"0.{percent:02d}".rstrip("0")), rate_bp)
    return texts


RATE_OF_TEXT = _rate_texts()


class Reason(enum.Enum):
    """Why a row is not played. The codes are for ever."""

    MISSING = "missing"
    PRICE_MISSING = "price_missing"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_INTEGER = "not_an_integer"
    QUANTITY_ZERO = "quantity_zero"
    QUANTITY_NEGATIVE = "quantity_negative"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_TOO_PRECISE = "quantity_too_precise"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_TOO_LARGE = "amount_too_large"
    DISCOUNT_TOO_LARGE = "discount_too_large"
    LINE_NO_OUT_OF_RANGE = "line_no_out_of_range"
    BAD_STORE = "bad_store_id"
    BAD_GTIN = "bad_gtin"
    BAD_SOLD_AT = "bad_sold_at"
    TEXT_TOO_LONG = "text_too_long"
    UNKNOWN_TAX_RATE = "unknown_tax_rate"
    UNKNOWN_TENDER = "unknown_tender"
    TOO_MANY_COLUMNS = "too_many_columns"
    UNREADABLE_ROW = "unreadable_row"
    DUPLICATE_LINE = "duplicate_line"
    TAX_RATE_DIFFERS = "tax_rate_differs"
    TICKET_FULL = "ticket_full"


@dataclasses.dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not played, and why."""

    row: int
    """As a spreadsheet numbers it: the header is row 1."""
    column: str
    """Empty when the row as a whole is at fault."""
    value: str
    """At most SHOWN_CHARS_MAX characters of it."""
    reason: Reason


@dataclasses.dataclass(frozen=True, slots=True)
class TradeLine:
    """One line of a basket, ready to be sold."""

    row: int
    store: str
    basket_id: str
    line_no: int
    """Order in the basket; gaps are allowed, repeats are not."""
    sku: str
    gtin: str
    """14 digits, empty for goods without one."""
    name: str
    name_en: str
    quantity_milli: int
    unit_price_fen: int
    discount_fen: int
    sold_at: datetime.datetime
    """UTC, whole milliseconds."""
    tax_rate: TaxRate
    unit_cost_fen: int | None = None
    """Net of deductible VAT; None takes the default share of the price."""
    member_id: str = ""
    tender: TenderKind | None = None

    @property
    def amount_fen(self) -> int:
        """Paid for the line, tax included."""
        return multiply_price(self.unit_price_fen, self.quantity_milli) - self.discount_fen


class RowFaultError(Exception):
    """The first fault of a row; never leaves the reading of the file."""

    def __init__(self, column: str, value: str, reason: Reason) -> None:
        self.column, self.value, self.reason = column, value, reason
        super().__init__(column, value, reason)

    def at(self, row: int) -> RejectedRow:
        """Say where it was."""
        return RejectedRow(row, self.column, self.value[:SHOWN_CHARS_MAX], self.reason)


def make_tax_rate(rate_bp: int) -> TaxRate:
    """Name a rate as the documents do: VAT13, VAT9."""
    return TaxRate(f"VAT{rate_bp // 100}", rate_bp)


def parse_line(row: int, cells: Mapping[str, str]) -> TradeLine:
    """Make a line of a row's texts.

    Args:
        row: its number, for the report.
        cells: text by column; an absent column counts as empty.

    Raises:
        RowFaultError: the first fault, in the order of COLUMNS.
    """
    texts = {column: cells.get(column, "").strip() for column in COLUMNS}
    line = TradeLine(
        row=row,
        store=_store(texts),
        basket_id=_text(texts, "basket_id"),
        line_no=_line_no(texts),
        sku=_text(texts, "sku"),
        gtin=_gtin(texts),
        name=_text(texts, "name"),
        name_en=texts["name"],
        quantity_milli=_quantity_milli(texts),
        unit_price_fen=_unit_price_fen(texts),
        discount_fen=_fen(texts, "discount_fen"),
        sold_at=parse_sold_at(texts["sold_at"]),
        unit_cost_fen=_fen(texts, "unit_cost_fen") if texts["unit_cost_fen"] else None,
        tax_rate=_tax_rate(texts),
        member_id=_optional_text(texts, "member_id"),
        tender=_tender(texts),
    )
    gross_fen = multiply_price(line.unit_price_fen, line.quantity_milli)
    if gross_fen > LINE_FEN_MAX:
        raise RowFaultError("unit_price_fen", texts["unit_price_fen"], Reason.AMOUNT_TOO_LARGE)
    if line.discount_fen > gross_fen:
        raise RowFaultError("discount_fen", texts["discount_fen"], Reason.DISCOUNT_TOO_LARGE)
    return line


def parse_sold_at(text: str) -> datetime.datetime:
    """Read ISO 8601 with a time; without an offset it is the stores' local time.

    Raises:
        RowFaultError: no such instant, or outside SOLD_YEARS.
    """
    if not text:
        raise RowFaultError("sold_at", text, Reason.MISSING)
    try:
        at = datetime.datetime.fromisoformat(text)
        if ":" not in text or at.year not in SOLD_YEARS:
            raise RowFaultError("sold_at", text, Reason.BAD_SOLD_AT)
        if at.tzinfo is None:
            at = at.replace(tzinfo=STORE_TIME_ZONE)
        at = at.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise RowFaultError("sold_at", text, Reason.BAD_SOLD_AT) from error
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _text(texts: Mapping[str, str], column: str) -> str:
    if not texts[column]:
        raise RowFaultError(column, "", Reason.MISSING)
    return _optional_text(texts, column)


def _optional_text(texts: Mapping[str, str], column: str) -> str:
    text = texts[column]
    if len(text) > TEXT_CHARS_MAX:
        raise RowFaultError(column, text, Reason.TEXT_TOO_LONG)
    if not text.isprintable():
        raise RowFaultError(column, text, Reason.UNREADABLE_ROW)
    return text


def _store(texts: Mapping[str, str]) -> str:
    store = _text(texts, "store_id")
    if not STORE_NUMBER.fullmatch(store) or store.lower() in RESERVED_STORES:
        raise RowFaultError("store_id", store, Reason.BAD_STORE)
    return store


def _gtin(texts: Mapping[str, str]) -> str:
    code = texts["gtin"]
    if not code:
        return ""
    try:
        return to_gtin_14(code)
    except BadGtinError as error:
        raise RowFaultError("gtin", code, Reason.BAD_GTIN) from error


def _integer(texts: Mapping[str, str], column: str) -> int:
    text = texts[column]
    if not text:
        raise RowFaultError(column, "", Reason.MISSING)
    if INTEGER.fullmatch(text):
        return int(text)
    decimal = DECIMAL.fullmatch(text)
    if decimal is None:
        raise RowFaultError(column, text, Reason.NOT_A_NUMBER)
    if column == "quantity_milli" and decimal["part"].strip("0"):
        raise RowFaultError(column, text, Reason.QUANTITY_TOO_PRECISE)
    raise RowFaultError(column, text, Reason.NOT_AN_INTEGER)


def _line_no(texts: Mapping[str, str]) -> int:
    line_no = _integer(texts, "line_no")
    if not 0 <= line_no <= LINE_NO_MAX:
        raise RowFaultError("line_no", texts["line_no"], Reason.LINE_NO_OUT_OF_RANGE)
    return line_no


def _quantity_milli(texts: Mapping[str, str]) -> int:
    quantity_milli = _integer(texts, "quantity_milli")
    faults = {
        Reason.QUANTITY_ZERO: quantity_milli == 0,
        Reason.QUANTITY_NEGATIVE: quantity_milli < 0,
        Reason.QUANTITY_TOO_LARGE: quantity_milli > QUANTITY_MILLI_MAX,
    }
    for reason, is_broken in faults.items():
        if is_broken:
            raise RowFaultError("quantity_milli", texts["quantity_milli"], reason)
    return quantity_milli


def _fen(texts: Mapping[str, str], column: str) -> int:
    amount_fen = _integer(texts, column)
    if amount_fen < 0:
        raise RowFaultError(column, texts[column], Reason.AMOUNT_NEGATIVE)
    if amount_fen > LINE_FEN_MAX:
        raise RowFaultError(column, texts[column], Reason.AMOUNT_TOO_LARGE)
    return amount_fen


def _unit_price_fen(texts: Mapping[str, str]) -> int:
    if not texts["unit_price_fen"]:
        raise RowFaultError("unit_price_fen", "", Reason.PRICE_MISSING)
    return _fen(texts, "unit_price_fen")


def _tax_rate(texts: Mapping[str, str]) -> TaxRate:
    text = texts["tax_rate"]
    rate_bp = RATE_OF_TEXT.get(text) if text else DEFAULT_RATE_BP
    if rate_bp is None:
        raise RowFaultError("tax_rate", text, Reason.UNKNOWN_TAX_RATE)
    return make_tax_rate(rate_bp)


def _tender(texts: Mapping[str, str]) -> TenderKind | None:
    text = texts["tender"].lower()
    if not text:
        return None
    try:
        return TenderKind(text)
    except ValueError as error:
        raise RowFaultError("tender", texts["tender"], Reason.UNKNOWN_TENDER) from error
