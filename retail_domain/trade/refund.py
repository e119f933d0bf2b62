"""Goods brought back: what they were paid with comes back, share by share, and never more.

Every share is the difference of two running totals of the sale's own line, so the last return of
a line takes the residue and the sum of all returns is the line, to the fen, in whatever parts.
Source: domain rules 2, 5 and 6.
"""

from __future__ import annotations

import dataclasses

from retail_domain.catalog.item import Item, TaxRate
from retail_domain.catalog.quantity import show_quantity
from retail_domain.errors import ReturnTooLargeError
from retail_domain.rounding import divide_half_away, multiply_price
from retail_domain.stock.movement import StockState
from retail_domain.trade.tax import tax_included_fen
from retail_domain.trade.ticket import SaleOrigin, Ticket, TicketLine


@dataclasses.dataclass(frozen=True, slots=True)
class GoodsBack:
    """What a customer hands over the counter."""

    quantity_milli: int
    """Above 0."""
    state: StockState
    """Where the goods go: sellable, damaged or quarantine."""
    reason: str
    lot: str = ""

    def __post_init__(self) -> None:
        assert self.quantity_milli > 0


def share_fen(total_fen: int, part_milli: int, whole_milli: int, *, before_milli: int) -> int:
    """A part's share of a total, after other parts took theirs; the last part takes the residue.

    Args:
        total_fen: of the whole; any sign.
        part_milli: the part now, above 0.
        whole_milli: above 0.
        before_milli: of the parts that were shared out before.
    """
    after_milli = before_milli + part_milli
    assert 0 <= before_milli < after_milli <= whole_milli
    return divide_half_away(total_fen * after_milli, whole_milli) - divide_half_away(
        total_fen * before_milli, whole_milli
    )


def return_line(
    line_no: int, origin: SaleOrigin, sold: TicketLine, back: GoodsBack, *, before_milli: int
) -> TicketLine:
    """Take goods back on their receipt: at the price and with the tax that were paid.

    Args:
        line_no: of the new ticket.
        origin: which line of which sale.
        sold: that line.
        back: what is brought.
        before_milli: what was brought back of the line before, above or equal 0.

    Raises:
        ReturnTooLargeError: more than was sold and is not back yet.
    """
    assert sold.quantity_milli > 0
    left_milli = sold.quantity_milli - before_milli
    if back.quantity_milli > left_milli:
        raise ReturnTooLargeError(
            quantity=show_quantity(back.quantity_milli), left=show_quantity(max(0, left_milli))
        )

    def share(total_fen: int) -> int:
        return share_fen(
            total_fen, back.quantity_milli, sold.quantity_milli, before_milli=before_milli
        )

    amount_fen = -share(sold.amount_fen)
    return TicketLine(
        line_no=line_no,
        item_id=sold.item_id,
        state=back.state,
        lot=back.lot or sold.lot,
        scanned_code=sold.scanned_code,
        quantity_milli=-back.quantity_milli,
        list_price_fen=sold.list_price_fen,
        unit_price_fen=sold.unit_price_fen,
        discount_fen=multiply_price(sold.unit_price_fen, -back.quantity_milli) - amount_fen,
        amount_fen=amount_fen,
        tax_rate=sold.tax_rate,
        tax_fen=-share(sold.tax_fen),
        origin=origin,
        reason=back.reason,
    )


def return_without_receipt(
    line_no: int, item: Item, unit_price_fen: int, back: GoodsBack
) -> TicketLine:
    """Take goods back at a price that somebody with the right to it decided."""
    amount_fen = multiply_price(unit_price_fen, -back.quantity_milli)
    rate: TaxRate = item.tax_rate
    return TicketLine(
        line_no=line_no,
        item_id=item.item_id,
        state=back.state,
        lot=back.lot,
        scanned_code="",
        quantity_milli=-back.quantity_milli,
        list_price_fen=unit_price_fen,
        unit_price_fen=unit_price_fen,
        discount_fen=0,
        amount_fen=amount_fen,
        tax_rate=rate,
        tax_fen=tax_included_fen(amount_fen, rate.rate_bp),
        reason=back.reason,
    )


def rounding_back_fen(sale: Ticket, *, refunded_fen: int, refunding_fen: int) -> int:
    """What was rounded away at the sale and is not paid out now: it is not paid twice.

    Args:
        sale: the ticket that goods come back of.
        refunded_fen: line amounts refunded before, 0 or above.
        refunding_fen: line amounts refunded now, above 0.

    Returns:
        0 or above; goes into the new ticket's rounding_fen with a minus.
    """
    sold_fen = sum(line.amount_fen for line in sale.lines if not line.is_return)
    if sale.rounding_fen <= 0 or sold_fen == 0:
        return 0
    return share_fen(sale.rounding_fen, refunding_fen, sold_fen, before_milli=refunded_fen)
