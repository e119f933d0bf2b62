"""Lays a receipt out for paper by the store's template, whatever printer draws it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from edge_agent.services.receipts import Receipt, ReceiptLine
from hardware.printer import page
from hardware.printer.page import UM, Block, Cell, CodeRow, Divider, Roll, Row, Space, Symbology
from retail_domain.catalog.code_reading import split_lot
from retail_domain.labels.fill import fill_text, show_quantity, show_yuan
from retail_domain.labels.template import Align, ReceiptField, ReceiptLineStyle, ReceiptTemplate
from retail_domain.trade.sale_code import make_sale_code
from retail_domain.trade.tender import Tender, TenderKind

PAPER_UM = 72 * UM
"""Of paper of 80 mm; a printer with narrower paper lays the roll out anew."""
TOTAL_SIZE_UM = 5 * UM
SMALL_SIZE_UM = 2_500
CODE_HEIGHT_UM = 22 * UM
"""A QR code of 45 characters: 37 modules with its quiet zone, at half a millimetre each."""

TENDER_WORDS = {
    TenderKind.CASH: "现金",
    TenderKind.CARD: "银行卡",
    TenderKind.WECHAT: "微信",
    TenderKind.ALIPAY: "支付宝",
}
assert set(TENDER_WORDS) == set(TenderKind)
ALIGNS = {align: page.Align[align.name] for align in Align}


def lay_out_receipt(
    receipt: Receipt, template: ReceiptTemplate, time_zone: datetime.tzinfo, *, copy_no: int = 0
) -> Roll:
    """A receipt as a page.

    Args:
        receipt: of a committed ticket.
        template: what stands above and below the lines.
        time_zone: of the store.
        copy_no: above 0 it is marked as a copy, with its number.
    """
    values = _field_values(receipt, time_zone)
    size_um = template.size_um
    blocks: list[Block] = []
    if copy_no:
        blocks.append(Row((_center(f"补打 {copy_no} REPRINT {copy_no}"),), TOTAL_SIZE_UM, True))
    blocks += [_styled(line, values) for line in template.head]
    blocks.append(Divider())
    for line in receipt.lines:
        blocks += _line_blocks(line, template)
    blocks.append(Divider())
    blocks += _total_blocks(receipt, size_um)
    blocks.append(Divider())
    blocks += [_styled(line, values) for line in template.foot]
    if template.has_code:
        code = make_sale_code(receipt.fact_id)
        blocks += [Space(UM), CodeRow(Symbology.QR, code, CODE_HEIGHT_UM)]
    return Roll(PAPER_UM, tuple(blocks))


def _field_values(receipt: Receipt, time_zone: datetime.tzinfo) -> dict[ReceiptField, str]:
    sold_at = receipt.sold_at.astimezone(time_zone)
    values = {
        ReceiptField.STORE_NAME: receipt.store_name,
        ReceiptField.STORE_NAME_EN: receipt.store_name_en,
        ReceiptField.STORE: receipt.store,
        ReceiptField.REGISTER_NO: receipt.register_no,
        ReceiptField.RECEIPT_NO: str(receipt.receipt_no),
        ReceiptField.STAFF_NO: receipt.staff_no,
        ReceiptField.SOLD_AT: f"{sold_at:%Y-%m-%d %H:%M}",
        ReceiptField.BUSINESS_DATE: receipt.business_date.isoformat(),
    }
    assert set(values) == set(ReceiptField)
    return values


def _styled(line: ReceiptLineStyle, values: dict[ReceiptField, str]) -> Row:
    cell = Cell(fill_text(line.content, values), 1, ALIGNS[line.align])
    return Row((cell,), line.size_um, line.is_bold)


def _line_blocks(line: ReceiptLine, template: ReceiptTemplate) -> Iterator[Block]:
    """Name; quantity, price and amount; what was taken off."""
    yield Row((Cell(line.name, 1),), template.size_um)
    if template.shows_sku and line.scanned_code:
        yield Row((Cell(line.scanned_code, 1),), SMALL_SIZE_UM)
    if line.lot:
        lot_no, expires_on = split_lot(line.lot)
        words = (f"批次 {lot_no}" if lot_no else "", f"到期 {expires_on}" if expires_on else "")
        yield Row((Cell("  ".join(filter(None, words)), 1),), SMALL_SIZE_UM)
    quantity = f"{show_quantity(line.quantity_milli)} × {show_yuan(line.unit_price_fen)}"
    yield _pair(quantity, show_yuan(line.amount_fen), template.size_um)
    if line.discount_fen:
        yield _pair("优惠", show_yuan(-line.discount_fen), SMALL_SIZE_UM)


def _total_blocks(receipt: Receipt, size_um: int) -> Iterator[Block]:
    totals = receipt.totals
    yield _pair(f"共 {totals.line_count} 项", show_yuan(totals.gross_fen), size_um)
    if totals.discount_fen:
        yield _pair("优惠", show_yuan(-totals.discount_fen), size_um)
    word = "应退" if totals.amount_fen < 0 else "合计"
    yield _pair(word, f"¥{show_yuan(totals.amount_fen)}", TOTAL_SIZE_UM, is_bold=True)
    yield _pair("含税额", show_yuan(totals.tax_fen), size_um)
    if receipt.rounding_fen:
        yield _pair("抹零", show_yuan(-receipt.rounding_fen), size_um)
    for tender in receipt.tenders:
        yield _pair(_tender_word(tender), show_yuan(tender.amount_fen), size_um)
    if receipt.change_fen:
        yield _pair("找零", show_yuan(receipt.change_fen), size_um)


def _tender_word(tender: Tender) -> str:
    word = TENDER_WORDS[tender.kind]
    if tender.given_fen == tender.amount_fen:
        return word
    return f"{word}（实收 {show_yuan(tender.given_fen)}）"


def _pair(left: str, right: str, size_um: int, *, is_bold: bool = False) -> Row:
    return Row((Cell(left, 3), Cell(right, 2, page.Align.RIGHT)), size_um, is_bold)


def _center(text: str) -> Cell:
    return Cell(text, 1, page.Align.CENTER)
