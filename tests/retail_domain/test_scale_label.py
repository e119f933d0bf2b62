"""Labels of Chinese scales: shapes, check digits, and learning both from samples."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retail_domain.catalog.scale_label import (
    LabelCheck,
    LabelSample,
    ScaleLabel,
    find_check_digit,
    learn_scale_label,
)
from retail_domain.errors import (
    BadScaleLabelError,
    LabelCheckDigitError,
    LabelSamplesUnclearError,
    LabelSamplesUnreadableError,
)

AMOUNT_13 = ScaleLabel("FFPPPPPAAAAAC", ("22",))
WEIGHT_13 = ScaleLabel("FFPPPPPKKKKKC", ("21",))
BOTH_18 = ScaleLabel("FFPPPPPAAAAAKKKKKC", ("26",), LabelCheck.LEFT)
ONE_FLAG_13 = ScaleLabel("FPPPPPPAAAAAC", ("2",))
SHAPES = [label.shape for label in (AMOUNT_13, WEIGHT_13, BOTH_18, ONE_FLAG_13)]
SHAPES += ["FFPPPPPKKKKKAAAAAC"]


@pytest.mark.parametrize(
    ("label", "code", "plu", "weight_mg", "amount_fen"),
    [
        (AMOUNT_13, "2200012012345", "00012", None, 1_234),
        (WEIGHT_13, "2100012015646", "00012", 1_564_000, None),
        (BOTH_18, "260001200650005007", "00012", 500_000, 650),
        (ONE_FLAG_13, "2000012006500", "000012", None, 650),
    ],
)
def test_label_says_item_weight_and_amount(
    label: ScaleLabel, code: str, plu: str, weight_mg: int | None, amount_fen: int | None
) -> None:
    reading = label.read(code)

    assert reading is not None
    assert plu in reading.forms
    assert (reading.weight_mg, reading.amount_fen) == (weight_mg, amount_fen)


@pytest.mark.parametrize(("check", "digit"), [(LabelCheck.RIGHT, "5"), (LabelCheck.LEFT, "7")])
def test_check_digit_of_18_depends_on_the_side_it_is_counted_from(
    check: LabelCheck, digit: str
) -> None:
    assert find_check_digit("26000120065000500", check) == digit


@given(st.text("0123456789", min_size=12, max_size=12))
def test_check_digit_of_13_does_not_depend_on_the_side(digits: str) -> None:
    assert find_check_digit(digits, LabelCheck.RIGHT) == find_check_digit(digits, LabelCheck.LEFT)


@pytest.mark.parametrize("place", range(2, 17))
@pytest.mark.parametrize("check", [LabelCheck.RIGHT, LabelCheck.LEFT])
def test_one_misread_digit_is_noticed(place: int, check: LabelCheck) -> None:
    label = ScaleLabel(BOTH_18.shape, BOTH_18.flags, check)
    code = label.write("26", 12, amount_fen=650, weight_mg=500_000)
    misread = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]

    with pytest.raises(LabelCheckDigitError):
        label.read(misread)


@pytest.mark.parametrize(
    "code", ["", "22", "2300012012341", "220001201234", "22000120123４4", "A" * 13]
)
def test_other_codes_are_no_label(code: str) -> None:
    assert AMOUNT_13.read(code) is None


def test_decimals_are_the_scales_own() -> None:
    label = ScaleLabel(BOTH_18.shape, ("26",), amount_decimals=1, weight_decimals=2)

    reading = label.read(label.write("26", 12, amount_fen=123_450, weight_mg=1_230_000))

    assert reading is not None
    assert (reading.amount_fen, reading.weight_mg) == (123_450, 1_230_000)


@pytest.mark.parametrize(
    ("shape", "flags", "check"),
    [
        ("FFPPPPPAAAAA", ("22",), LabelCheck.RIGHT),
        ("FFPPPPPPPPPPC", ("22",), LabelCheck.RIGHT),
        ("PPPPPFFAAAAAC", ("22",), LabelCheck.RIGHT),
        ("FFFPPPPAAAAAC", ("220",), LabelCheck.RIGHT),
        ("FFPPPPPAAAAAC", (), LabelCheck.RIGHT),
        ("FFPPPPPAAAAAC", ("69",), LabelCheck.RIGHT),
        ("FFPPPPPAAAAAC", ("2",), LabelCheck.RIGHT),
        ("FFPPPPPAAAAAKKKKKC", ("26",), LabelCheck.NONE),
        ("FFPPPPPAAAAACC", ("26",), LabelCheck.RIGHT),
        ("", (), LabelCheck.RIGHT),
    ],
)
def test_shape_that_is_no_label_is_refused(
    shape: str, flags: tuple[str, ...], check: LabelCheck
) -> None:
    with pytest.raises(BadScaleLabelError):
        ScaleLabel(shape, flags, check)


def test_labels_with_one_flag_overlap() -> None:
    assert AMOUNT_13.overlaps(ONE_FLAG_13)
    assert not AMOUNT_13.overlaps(WEIGHT_13)
    assert not AMOUNT_13.overlaps(BOTH_18)


def take_samples(label: ScaleLabel, values: list[tuple[int, int, int]]) -> list[LabelSample]:
    return [
        LabelSample(
            label.write(label.flags[0], plu, amount_fen=amount_fen, weight_mg=weight_mg),
            plu,
            weight_mg,
            amount_fen,
        )
        for plu, weight_mg, amount_fen in values
    ]


GOODS = st.lists(
    st.tuples(st.integers(1, 99_999), st.integers(11, 9_999), st.integers(11, 9_999)),
    min_size=3,
    max_size=5,
    unique_by=(lambda goods: goods[0], lambda goods: goods[1], lambda goods: goods[2]),
)


@given(
    st.sampled_from(SHAPES),
    st.sampled_from([LabelCheck.RIGHT, LabelCheck.LEFT]),
    st.sampled_from(["20", "24", "29"]),
    GOODS,
)
def test_learned_label_reads_what_the_scale_prints(
    shape: str, check: LabelCheck, flag: str, goods: list[tuple[int, int, int]]
) -> None:
    label = ScaleLabel(shape, (flag[: shape.count("F")],), check)
    samples = take_samples(label, [(plu, g * 1_000, fen) for plu, g, fen in goods])

    try:
        learned = learn_scale_label(samples)
    except LabelSamplesUnclearError:
        assume(False)  # By chance, such as equal digits at both places.

    printed = label.write(label.flags[0], 77, amount_fen=4_321, weight_mg=1_234_000)
    assert learned.read(printed) == label.read(printed)


def test_three_samples_tell_the_customary_18_digits() -> None:
    samples = take_samples(BOTH_18, [(12, 500_000, 650), (7, 1_234_000, 2_468), (301, 88_000, 99)])

    assert learn_scale_label(samples) == BOTH_18


def test_two_samples_are_too_few() -> None:
    with pytest.raises(LabelSamplesUnclearError):
        learn_scale_label(take_samples(BOTH_18, [(12, 500_000, 650), (7, 1_234_000, 2_468)]))


def test_samples_that_leave_two_readings_open_are_refused() -> None:
    with pytest.raises(LabelSamplesUnclearError):
        learn_scale_label(
            take_samples(WEIGHT_13, [(1, 650_000, 650), (2, 70_000, 70), (3, 9_000, 9)])
        )


def test_samples_that_were_typed_wrong_are_refused() -> None:
    samples = take_samples(BOTH_18, [(12, 500_000, 650), (7, 1_234_000, 2_468), (301, 88_000, 99)])
    wrong = [*samples[:2], LabelSample(samples[2].code, 302, 88_000, 99)]

    with pytest.raises(LabelSamplesUnreadableError):
        learn_scale_label(wrong)
