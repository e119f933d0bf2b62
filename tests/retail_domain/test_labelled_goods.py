"""Goods that say how much they are: the printed amount is paid to the fen."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.errors import (
    CodeWithoutMeasureError,
    EmptyLabelError,
    ExpiredLotError,
    LabelAmountError,
    LabelledQuantityError,
    RetailError,
)
from retail_domain.trade.labelled_goods import Charge, charge_for, require_sellable
from retail_domain.trade.open_ticket import OpenTicket, add_item
from tests.retail_domain.builders import make_offer

KILOGRAM, PIECE = UnitOfMeasure.KILOGRAM, UnitOfMeasure.PIECE


def reading(
    weight_mg: int | None = None, piece_count: int | None = None, amount_fen: int | None = None
) -> CodeReading:
    return CodeReading(
        "2200012012345",
        ("12",),
        weight_mg=weight_mg,
        piece_count=piece_count,
        amount_fen=amount_fen,
    )


@pytest.mark.parametrize(
    ("unit", "measures", "charge"),
    [
        (KILOGRAM, {}, Charge(1_000)),
        (KILOGRAM, {"weight_mg": 1_234_500}, Charge(1_235)),
        (KILOGRAM, {"weight_mg": 500_000, "amount_fen": 599}, Charge(500)),
        (KILOGRAM, {"weight_mg": 501_000, "amount_fen": 600}, Charge(501)),
        (KILOGRAM, {"weight_mg": 500_000, "amount_fen": 598}, Charge(500, 1_198, 1)),
        (KILOGRAM, {"weight_mg": 500_000, "amount_fen": 500}, Charge(500, 1_000)),
        (KILOGRAM, {"weight_mg": 500_000, "amount_fen": 700}, Charge(500, 1_400)),
        (KILOGRAM, {"amount_fen": 599}, Charge(500)),
        (KILOGRAM, {"amount_fen": 1_000}, Charge(835)),
        (PIECE, {"piece_count": 3}, Charge(3_000)),
        (PIECE, {"weight_mg": 350_000}, Charge(1_000)),
        (PIECE, {"amount_fen": 2_396}, Charge(2_000)),
    ],
)
def test_label_decides_quantity_and_price(
    unit: UnitOfMeasure, measures: dict[str, int], charge: Charge
) -> None:
    offer = make_offer(unit_price_fen=1_198, unit=unit)

    assert charge_for(reading(**measures), offer, 1_000) == charge


@pytest.mark.parametrize(
    ("unit", "measures", "error"),
    [
        (KILOGRAM, {"weight_mg": 0}, EmptyLabelError),
        (KILOGRAM, {"weight_mg": 500_000, "amount_fen": 0}, EmptyLabelError),
        (KILOGRAM, {"amount_fen": 0}, EmptyLabelError),
        (PIECE, {"piece_count": 0}, EmptyLabelError),
        (KILOGRAM, {"piece_count": 3}, CodeWithoutMeasureError),
    ],
)
def test_label_that_says_nothing_is_refused(
    unit: UnitOfMeasure, measures: dict[str, int], error: type[RetailError]
) -> None:
    with pytest.raises(error):
        charge_for(reading(**measures), make_offer(unit=unit), 1_000)


def test_label_is_not_sold_several_times_at_once() -> None:
    with pytest.raises(LabelledQuantityError):
        charge_for(reading(weight_mg=500_000), make_offer(unit=KILOGRAM), 2_000)


def test_amount_alone_gives_no_quantity_of_what_costs_nothing() -> None:
    with pytest.raises(LabelAmountError):
        charge_for(reading(amount_fen=500), make_offer(unit_price_fen=0, unit=KILOGRAM), 1_000)


@given(
    amount_fen=st.integers(1, 999_999),
    weight_g=st.none() | st.integers(1, 99_999),
    price_fen=st.integers(1, 1_000_000),
)
def test_printed_amount_is_paid_to_the_fen(
    amount_fen: int, weight_g: int | None, price_fen: int
) -> None:
    offer = make_offer(unit_price_fen=price_fen, unit=KILOGRAM)
    weight_mg = None if weight_g is None else weight_g * 1_000
    label = CodeReading("2", ("12",), weight_mg=weight_mg, amount_fen=amount_fen)

    charge = charge_for(label, offer, 1_000)
    ticket, _ = add_item(
        OpenTicket(),
        offer,
        charge.quantity_milli,
        unit_price_fen=charge.unit_price_fen,
        discount_fen=charge.discount_fen,
    )

    assert ticket.due_fen == amount_fen
    assert weight_g is None or charge.quantity_milli == weight_g


def test_pieces_of_two_lots_stay_apart() -> None:
    offer = make_offer()

    ticket, _ = add_item(OpenTicket(), dataclasses.replace(offer, lot="L1|"), 1_000)
    ticket, _ = add_item(ticket, dataclasses.replace(offer, lot="L2|"), 1_000)
    ticket, _ = add_item(ticket, dataclasses.replace(offer, lot="L1|"), 1_000)

    assert [(line.lot, line.quantity_milli) for line in ticket.lines] == [
        ("L1|", 2_000),
        ("L2|", 1_000),
    ]


@pytest.mark.parametrize(("day", "is_sold"), [(21, True), (22, True), (23, False)])
def test_goods_are_sold_until_the_end_of_their_day(day: int, is_sold: bool) -> None:
    milk = CodeReading("(01)", ("1",), lot_no="L7", sell_until=datetime.date(2026, 11, 22))
    today = datetime.date(2026, 11, day)

    if is_sold:
        require_sellable(milk, "牛奶", today)
    else:
        with pytest.raises(ExpiredLotError, match=r"2026-11-22.*L7"):
            require_sellable(milk, "牛奶", today)
