"""Goods whose label says how much there is, what it costs, or until when it may be sold."""

from __future__ import annotations

import dataclasses
import datetime

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.errors import (
    CodeWithoutMeasureError,
    EmptyLabelError,
    ExpiredLotError,
    LabelAmountError,
    LabelledQuantityError,
)
from retail_domain.rounding import MILLI, multiply_price
from retail_domain.trade.open_ticket import Offer

MG_A_MILLI = 1_000
"""A thousandth of a kilogram is a gram."""


@dataclasses.dataclass(frozen=True, slots=True)
class Charge:
    """How much of an item a line takes, and for what."""

    quantity_milli: int
    unit_price_fen: int | None = None
    """None: the list's."""
    discount_fen: int = 0


def require_sellable(reading: CodeReading, name: str, today: datetime.date) -> None:
    """Refuse goods beyond their date; on the day itself they are sold.

    Raises:
        ExpiredLotError
    """
    if reading.sell_until is not None and reading.sell_until < today:
        raise ExpiredLotError(
            name=name, sell_until=reading.sell_until.isoformat(), lot_no=reading.lot_no or "-"
        )


def charge_for(reading: CodeReading, offer: Offer, asked_milli: int) -> Charge:
    """Decide what a line of scanned goods takes: the label's word goes before everybody else's.

    A printed amount is paid to the fen. If weight is printed beside it, that is the quantity, and
    the price is what the two make; if not, the quantity is the least that costs as much.

    Args:
        reading: of the code.
        offer: its item at the list price.
        asked_milli: what cashier or scanner asked for; MILLI when nobody did.

    Raises:
        LabelledQuantityError: the label says how much, and somebody asked for more than one.
        EmptyLabelError: it says 0.
        CodeWithoutMeasureError: it counts pieces of weighed goods.
        LabelAmountError: no quantity follows from the amount.
    """
    if not reading.has_measure:
        return Charge(asked_milli)
    if asked_milli != MILLI:
        raise LabelledQuantityError(scanned_code=reading.shown)
    if 0 in (reading.weight_mg, reading.piece_count, reading.amount_fen):
        raise EmptyLabelError(scanned_code=reading.shown)
    quantity_milli = QUANTITIES[offer.item.unit_of_measure](reading)
    if reading.amount_fen is None:
        if quantity_milli is None:
            raise CodeWithoutMeasureError(scanned_code=reading.shown)
        return Charge(quantity_milli)
    if quantity_milli is None:
        quantity_milli = _derive_milli(reading.amount_fen, offer)
    return _split(reading.amount_fen, quantity_milli, offer.price.unit_price_fen)


def _weighed_milli(reading: CodeReading) -> int | None:
    """Grams, half up: scales print no smaller step."""
    if reading.weight_mg is None:
        return None
    return (reading.weight_mg + MG_A_MILLI // 2) // MG_A_MILLI


def _counted_milli(reading: CodeReading) -> int | None:
    """Pieces. The weight of one that is sold by the piece says nothing; its amount may."""
    if reading.piece_count is not None:
        return reading.piece_count * MILLI
    return MILLI if reading.amount_fen is None else None


QUANTITIES = {UnitOfMeasure.KILOGRAM: _weighed_milli, UnitOfMeasure.PIECE: _counted_milli}
assert set(QUANTITIES) == set(UnitOfMeasure)


def measured_milli(reading: CodeReading, unit: UnitOfMeasure) -> int | None:
    """How much the label itself says there is; None when it says nothing of use."""
    return QUANTITIES[unit](reading) if reading.has_measure else None


def _derive_milli(amount_fen: int, offer: Offer) -> int:
    """Round up: then the list price makes at least the amount, and the rest is a discount.

    At most a gram too much leaves the stock, less than the 5 g that a retail scale may err.
    """
    price_fen = offer.price.unit_price_fen
    if price_fen == 0:
        raise LabelAmountError(name=offer.item.name, amount_fen=amount_fen)
    return -(-amount_fen * MILLI // price_fen)


def _split(amount_fen: int, quantity_milli: int, list_price_fen: int) -> Charge:
    """Make price times quantity, less discount, the printed amount.

    The list price stays when its product is the amount, or what a rounding makes above it.
    """
    over_fen = multiply_price(list_price_fen, quantity_milli) - amount_fen
    if 0 <= over_fen <= list_price_fen // MILLI + 1:
        return (
            Charge(quantity_milli, list_price_fen, over_fen) if over_fen else Charge(quantity_milli)
        )
    price_fen = -(-amount_fen * MILLI // quantity_milli)
    over_fen = multiply_price(price_fen, quantity_milli) - amount_fen
    return Charge(quantity_milli, price_fen, over_fen)
