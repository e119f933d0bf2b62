"""Lays an X or a Z out for the receipt printer: what the drawer's next owner signs."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

from edge_agent.services.receipt_page import PAPER_UM, TENDER_WORDS, TOTAL_SIZE_UM
from hardware.printer import page
from hardware.printer.page import UM, Block, Cell, Divider, Roll, Row, Space
from retail_domain.labels.fill import show_yuan
from retail_domain.trade.fact import Fact
from retail_domain.trade.shift import ShiftClosed, ShiftTotals

SIZE_UM = 3 * UM
SIGNATURE_UM = 12 * UM
"""Room for a name."""


@dataclasses.dataclass(frozen=True, slots=True)
class ShiftHead:
    """Whose shift, where and when."""

    title: str
    store_name: str
    register_no: str
    shift_no: int
    staff_no: str
    at: datetime.datetime
    """In the store's time."""
    float_fen: int


def lay_out_x(head: ShiftHead, totals: ShiftTotals) -> Roll:
    """What a shift comes to so far, without what the drawer should hold: the count stays blind."""
    return Roll(PAPER_UM, (*_head(head), *_totals(totals)))


def lay_out_z(fact: Fact, store_name: str, time_zone: datetime.tzinfo) -> Roll:
    """The end of a shift, with over or short, and room for two names."""
    happening, closed = fact.happening, fact.happening.payload
    assert isinstance(closed, ShiftClosed)
    head = ShiftHead(
        "交班单 Z",
        store_name,
        happening.register_no,
        closed.shift_no,
        happening.staff_no,
        happening.wall_at.astimezone(time_zone),
        closed.float_fen,
    )
    blocks = (*_head(head), *_totals(closed.totals), *_cash(closed), *_signatures())
    return Roll(PAPER_UM, blocks)


def _head(head: ShiftHead) -> Iterator[Block]:
    yield Row((Cell(head.title, 1, page.Align.CENTER),), TOTAL_SIZE_UM, True)
    yield Row((Cell(head.store_name, 1, page.Align.CENTER),), SIZE_UM)
    yield _pair("收银台", head.register_no)
    yield _pair("班次", str(head.shift_no))
    yield _pair("收银员", head.staff_no)
    yield _pair("时间", f"{head.at:%Y-%m-%d %H:%M}")
    yield Divider()
    yield _pair("备用金", show_yuan(head.float_fen))


def _totals(totals: ShiftTotals) -> Iterator[Block]:
    yield _pair("小票", str(totals.tickets))
    if totals.tickets:
        yield _pair("小票号", f"{totals.first_receipt_no} - {totals.last_receipt_no}")
    yield _pair("销售", show_yuan(totals.sales_fen))
    yield _pair("退货", show_yuan(-totals.returns_fen))
    if totals.rounding_fen:
        yield _pair("抹零", show_yuan(-totals.rounding_fen))
    for tender in totals.tenders:
        yield _pair(TENDER_WORDS[tender.kind], show_yuan(tender.amount_fen))
    yield _pair(
        "作废 / 开钱箱 / 补打", f"{totals.voids} / {totals.drawer_openings} / {totals.reprints}"
    )


def _cash(closed: ShiftClosed) -> Iterator[Block]:
    yield Divider()
    for count in closed.counts:
        if count.pieces:
            face, sum_fen = count.denomination_fen, count.denomination_fen * count.pieces
            yield _pair(f"{show_yuan(face)} × {count.pieces}", show_yuan(sum_fen))
    yield _pair("实点", show_yuan(closed.counted_fen))
    yield _pair("应有", show_yuan(closed.totals.expected_cash_fen))
    word = "短款" if closed.difference_fen < 0 else "长款"
    if closed.difference_fen:
        yield _pair(word, show_yuan(closed.difference_fen), is_bold=True)


def _signatures() -> Iterator[Block]:
    yield Divider()
    for who in ("交班人", "接班人"):
        yield _pair(who, "____________")
        yield Space(SIGNATURE_UM)


def _pair(left: str, right: str, *, is_bold: bool = False) -> Row:
    return Row((Cell(left, 3), Cell(right, 2, page.Align.RIGHT)), SIZE_UM, is_bold)
