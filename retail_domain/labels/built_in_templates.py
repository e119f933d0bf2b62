"""Templates that every box has until headquarters sends its own under the same name."""

from __future__ import annotations

from retail_domain.labels.template import (
    UM,
    Align,
    CodeKind,
    LabelPurpose,
    LabelTemplate,
    Place,
    ReceiptLineStyle,
    ReceiptTemplate,
    TemplateCode,
    TemplateText,
)


def _mm(x: int, y: int, width: int, height: int) -> Place:
    return Place(x * UM, y * UM, width * UM, height * UM)


SHELF_LABEL = LabelTemplate(
    template_id="shelf",
    purpose=LabelPurpose.SHELF,
    name="货架标签 60×40",
    name_en="Shelf label 60×40",
    width_um=60 * UM,
    height_um=40 * UM,
    texts=(
        TemplateText(
            element="name",
            content="{name}",
            place=_mm(2, 1, 56, 11),
            size_um=4_500,
            size_min_um=2_500,
            lines_max=2,
        ),
        TemplateText(
            element="price",
            content="¥{price}",
            place=_mm(22, 13, 30, 13),
            size_um=10 * UM,
            size_min_um=4 * UM,
            align=Align.RIGHT,
            is_bold=True,
        ),
        TemplateText(
            element="unit",
            content="/{unit}",
            place=_mm(52, 20, 7, 5),
            size_um=3 * UM,
            size_min_um=2 * UM,
        ),
        TemplateText(
            element="sku",
            content="{sku}",
            place=_mm(2, 14, 20, 4),
            size_um=2_500,
            size_min_um=1_500,
        ),
        TemplateText(
            element="printed_on",
            content="{printed_on}",
            place=_mm(2, 20, 20, 4),
            size_um=2 * UM,
            size_min_um=1_500,
        ),
    ),
    codes=(
        TemplateCode(
            element="gtin", content="{gtin}", place=_mm(8, 27, 44, 12), code_kind=CodeKind.GOODS
        ),
    ),
    rules=(Place(0, 26 * UM, 60 * UM, 200),),
)

PRICE_LABEL = LabelTemplate(
    template_id="price",
    purpose=LabelPurpose.PRICE,
    name="价格签 40×30",
    name_en="Price label 40×30",
    width_um=40 * UM,
    height_um=30 * UM,
    texts=(
        TemplateText(
            element="name",
            content="{name}",
            place=_mm(1, 1, 38, 8),
            size_um=3 * UM,
            size_min_um=2 * UM,
            lines_max=2,
        ),
        TemplateText(
            element="price",
            content="¥{price}/{unit}",
            place=_mm(1, 9, 38, 8),
            size_um=6 * UM,
            size_min_um=3 * UM,
            align=Align.CENTER,
            is_bold=True,
        ),
    ),
    codes=(
        TemplateCode(
            element="gtin", content="{gtin}", place=_mm(1, 18, 38, 11), code_kind=CodeKind.GOODS
        ),
    ),
)

MARKDOWN_LABEL = LabelTemplate(
    template_id="markdown",
    purpose=LabelPurpose.MARKDOWN,
    name="特价签 60×40",
    name_en="Markdown label 60×40",
    width_um=60 * UM,
    height_um=40 * UM,
    texts=(
        TemplateText(
            element="title",
            content="特价",
            place=_mm(2, 1, 20, 9),
            size_um=7 * UM,
            size_min_um=7 * UM,
            is_bold=True,
        ),
        TemplateText(
            element="old_price",
            content="原价 ¥{old_price}",
            place=_mm(24, 3, 34, 6),
            size_um=4 * UM,
            size_min_um=2 * UM,
            align=Align.RIGHT,
            is_struck=True,
        ),
        TemplateText(
            element="name",
            content="{name}",
            place=_mm(2, 10, 56, 9),
            size_um=3_500,
            size_min_um=2_500,
            lines_max=2,
        ),
        TemplateText(
            element="price",
            content="¥{price}",
            place=_mm(2, 19, 34, 14),
            size_um=11 * UM,
            size_min_um=4 * UM,
            is_bold=True,
        ),
        TemplateText(
            element="valid_until",
            content="截至 {valid_until}",
            place=_mm(2, 35, 34, 4),
            size_um=2_500,
            size_min_um=1_500,
        ),
    ),
    codes=(
        TemplateCode(
            element="gtin",
            content="{gtin}",
            place=_mm(37, 20, 22, 18),
            code_kind=CodeKind.QR,
        ),
    ),
)


def _receipt(template_id: str, paper_mm: int, size_um: int, *, shows_sku: bool) -> ReceiptTemplate:
    return ReceiptTemplate(
        template_id=template_id,
        name=f"小票 {paper_mm} mm",
        name_en=f"Receipt {paper_mm} mm",
        size_um=size_um,
        head=(
            ReceiptLineStyle(content="{store_name}", size_um=5 * UM, is_bold=True),
            ReceiptLineStyle(content="{store_name_en}", size_um=size_um),
            ReceiptLineStyle(
                content="单号 {register_no}-{receipt_no}  收银员 {staff_no}",
                size_um=size_um,
                align=Align.LEFT,
            ),
            ReceiptLineStyle(content="{sold_at}", size_um=size_um, align=Align.LEFT),
        ),
        foot=(
            ReceiptLineStyle(content="谢谢惠顾 Thank you", size_um=size_um),
            ReceiptLineStyle(content="凭小票退换货", size_um=size_um),
        ),
        shows_sku=shows_sku,
    )


RECEIPT_80 = _receipt("receipt_80", 80, 3 * UM, shows_sku=True)
RECEIPT_58 = _receipt("receipt_58", 58, 3 * UM, shows_sku=False)
LABELS = (SHELF_LABEL, PRICE_LABEL, MARKDOWN_LABEL)
RECEIPTS = (RECEIPT_80, RECEIPT_58)
BUILT_IN = {template.template_id: template for template in (*LABELS, *RECEIPTS)}
