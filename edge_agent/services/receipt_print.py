"""A receipt as lines of text for a printer that knows GB18030, until templates lay it out."""

from __future__ import annotations

from edge_agent.services.receipts import Receipt

LINE_CHARACTERS = 32
"""58 mm paper; a wider roll has a margin."""


def print_receipt(receipt: Receipt) -> tuple[bytes, ...]:
    """Lay a receipt out."""
    rows = [
        receipt.store_name,
        f"No. {receipt.register_no}-{receipt.receipt_no}",
        receipt.sold_at.strftime("%Y-%m-%d %H:%M"),
        *(f"{line.name} {line.amount_fen / 100:.2f}" for line in receipt.lines),
    ]
    return ("\r\n".join([*rows, "", ""]).encode("gb18030"),)
