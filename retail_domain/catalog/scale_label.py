"""Labels that a scale prints: a code of ours with item, amount and weight in it.

No standard covers them in China: each scale is set up by hand, with a flag of 20 to 29 before it
(GS1 General Specifications 2.1.11 leaves these numbers to the shop). So a label is described by a
shape, one letter a digit:

    F flag   P number of the item on the scale (PLU)   A amount   K weight in kg   C check digit

`FFPPPPPAAAAAC` and `FFPPPPPKKKKKC` are the customary 13 digits, `FFPPPPPAAAAAKKKKKC` the 18 digits.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import itertools
from collections.abc import Sequence

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.gtin import CHECK_WEIGHTS, check_digit, to_gtin_14
from retail_domain.errors import (
    BadScaleLabelError,
    LabelCheckDigitError,
    LabelSamplesUnclearError,
    LabelSamplesUnreadableError,
)

LENGTHS = (13, 18)
AMOUNT_DECIMALS = (2, 1, 0)
"""Of a yuan, the customary first."""
WEIGHT_DECIMALS = (3, 2)
"""Of a kilogram, the customary first."""
FLAG_LENGTH_MAX = 2
FLAG_FIRST = "2"
PAYMENT_FLAGS = frozenset({"2", *(str(flag) for flag in range(25, 31))})
"""Flags of 18 digits that a phone's payment code may begin with (支付宝 25 to 30): without a check
digit it could not be told from a label."""
SAMPLES_NEEDED = 3
"""One or two labels fit several shapes by chance."""
FEN_DECIMALS = 2
MG_DECIMALS = 6


class LabelCheck(enum.Enum):
    """How the last digit follows from those before it.

    The weights 3 and 1 alternate. With 12 digits before it both ways give the same; with 17 they
    do not, and scales differ.
    """

    RIGHT = "right"
    """3 for the digit beside it, as GS1 counts (General Specifications 7.9.1)."""
    LEFT = "left"
    """1 for the first digit."""
    NONE = "none"
    """Nobody knows; it is not looked at."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScaleLabel:
    """How the labels of a scale are made.

    Raises:
        BadScaleLabelError: letters that don't add up to a label.
    """

    shape: str
    """One letter a digit; see the module."""
    flags: tuple[str, ...]
    """What the F stand for; each begins with 2."""
    check: LabelCheck = LabelCheck.RIGHT
    amount_decimals: int = AMOUNT_DECIMALS[0]
    weight_decimals: int = WEIGHT_DECIMALS[0]

    def __post_init__(self) -> None:
        reason = _find_fault(self)
        if reason:
            raise BadScaleLabelError(shape=self.shape, reason=reason)

    def read(self, code: str) -> CodeReading | None:
        """Take a code apart; None when it is no such label.

        Raises:
            LabelCheckDigitError: its flag and length are right, its check digit is not.
        """
        flag = code[: self.shape.count("F")]
        if len(code) != len(self.shape) or flag not in self.flags:
            return None
        if not (code.isascii() and code.isdigit()):
            return None
        if (
            self.check is not LabelCheck.NONE
            and find_check_digit(code[:-1], self.check) != code[-1]
        ):
            raise LabelCheckDigitError(scanned_code=code)
        plu = self.field(code, "P")
        amount, weight = self.field(code, "A"), self.field(code, "K")
        return CodeReading(
            shown=code,
            forms=tuple(dict.fromkeys((*self._zeroed(code), flag + plu, plu, plu.lstrip("0")))),
            amount_fen=int(amount) * 10 ** (FEN_DECIMALS - self.amount_decimals)
            if amount
            else None,
            weight_mg=int(weight) * 10 ** (MG_DECIMALS - self.weight_decimals) if weight else None,
        )

    def write(self, flag: str, plu: int, *, amount_fen: int = 0, weight_mg: int = 0) -> str:
        """Make the code that the scale prints. What does not fit its digits is a bug."""
        values = {
            "F": int(flag),
            "P": plu,
            "A": amount_fen // 10 ** (FEN_DECIMALS - self.amount_decimals),
            "K": weight_mg // 10 ** (MG_DECIMALS - self.weight_decimals),
        }
        body = "".join(
            f"{values[letter]:0{len(list(run))}d}"
            for letter, run in itertools.groupby(self.shape.removesuffix("C"))
        )
        assert len(body) == len(self.shape) - 1, (self, values)
        return body + find_check_digit(body, self.check)

    def overlaps(self, other: ScaleLabel) -> bool:
        """Whether one code could be a label of both."""
        return len(self.shape) == len(other.shape) and any(
            one.startswith(two) or two.startswith(one)
            for one, two in itertools.product(self.flags, other.flags)
        )

    def field(self, code: str, letter: str) -> str:
        """The digits of a code that stand for a letter of the shape."""
        return "".join(
            digit for place, digit in zip(self.shape, code, strict=True) if place == letter
        )

    def _zeroed(self, code: str) -> tuple[str, ...]:
        """The label's code with values of 0: under it a shop may list its weighed goods."""
        if len(code) != LENGTHS[0]:
            return ()
        body = "".join(
            digit if letter in "FP" else "0"
            for letter, digit in zip(self.shape[:-1], code, strict=False)
        )
        return (to_gtin_14(f"{body}{check_digit(body)}"),)


def find_check_digit(digits: str, check: LabelCheck) -> str:
    """Make the check digit of a label; 0 where none is known."""
    if check is LabelCheck.NONE:
        return "0"
    if check is LabelCheck.RIGHT:
        return str(check_digit(digits))
    weights = itertools.cycle(reversed(CHECK_WEIGHTS))
    return str(
        -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 10
    )


@dataclasses.dataclass(frozen=True, slots=True)
class LabelSample:
    """A label as a person reads it: the digits below the bars, and what is printed beside them."""

    code: str
    plu: int
    weight_mg: int
    amount_fen: int


def learn_scale_label(samples: Sequence[LabelSample]) -> ScaleLabel:
    """Find out how a scale makes its labels.

    Args:
        samples: SAMPLES_NEEDED or more, of different goods and weights.

    Raises:
        LabelSamplesUnclearError: too few, or several ways to read them lead to the same.
        LabelSamplesUnreadableError: no shape fits them all.
    """
    if len(samples) < SAMPLES_NEEDED:
        raise LabelSamplesUnclearError(count=len(samples), needed=SAMPLES_NEEDED)
    fitting = [label for label in _candidates(samples) if _fits(label, samples)]
    if not fitting:
        raise LabelSamplesUnreadableError(count=len(samples))
    known = [label for label in fitting if label.check is not LabelCheck.NONE]
    distinct = {_meaning(label, samples): label for label in reversed(known or fitting)}
    if len(distinct) > 1:
        raise LabelSamplesUnclearError(count=len(samples), needed=SAMPLES_NEEDED)
    return next(iter(distinct.values()))


def _meaning(label: ScaleLabel, samples: Sequence[LabelSample]) -> tuple[object, ...]:
    """What tells two fitting labels apart for good: of 13 digits both checks are one."""
    check = LabelCheck.RIGHT if len(label.shape) == LENGTHS[0] else label.check
    if label.check is LabelCheck.NONE:
        check = LabelCheck.NONE
    return label.shape, check, label.amount_decimals, label.weight_decimals, len(samples)


def _fits(label: ScaleLabel, samples: Sequence[LabelSample]) -> bool:
    return all(_fits_one(label, sample) for sample in samples)


def _fits_one(label: ScaleLabel, sample: LabelSample) -> bool:
    try:
        reading = label.read(sample.code)
    except LabelCheckDigitError:
        return False
    return (
        reading is not None
        and int(label.field(sample.code, "P")) == sample.plu
        and reading.amount_fen in (None, sample.amount_fen)
        and reading.weight_mg in (None, sample.weight_mg)
    )


def _candidates(samples: Sequence[LabelSample]) -> list[ScaleLabel]:
    """Every label that the samples could be, the customary ones first."""
    codes = [sample.code for sample in samples]
    found = []
    for flag_length in (2, 1):
        flags = tuple(sorted({code[:flag_length] for code in codes}))
        for values in VALUES:
            length = LENGTHS[0] if len(values) == FIELD_DIGITS else LENGTHS[1]
            plu_digits = length - flag_length - len(values) - 1
            shape = "F" * flag_length + "P" * plu_digits + values + "C"
            found += _with_rules(shape, flags)
    return found


FIELD_DIGITS = 5
VALUES = ("A" * FIELD_DIGITS, "K" * FIELD_DIGITS, "AAAAAKKKKK", "KKKKKAAAAA")


def _with_rules(shape: str, flags: tuple[str, ...]) -> list[ScaleLabel]:
    amounts = AMOUNT_DECIMALS if "A" in shape else AMOUNT_DECIMALS[:1]
    weights = WEIGHT_DECIMALS if "K" in shape else WEIGHT_DECIMALS[:1]
    labels = []
    for check, amount, weight in itertools.product(LabelCheck, amounts, weights):
        with contextlib.suppress(BadScaleLabelError):  # Flags of other codes, or of payments.
            labels.append(
                ScaleLabel(shape, flags, check, amount_decimals=amount, weight_decimals=weight)
            )
    return labels


def _find_fault(label: ScaleLabel) -> str:
    """Say in a few words why this is no label; empty when it is one."""
    shape, flags = label.shape, label.flags
    runs = [letter for letter, _run in itertools.groupby(shape)]
    flag_length = shape.count("F")
    faults = {
        "it has neither 13 nor 18 letters": len(shape) not in LENGTHS,
        "it is not F, P, then A or K or both, then one C": runs not in RUNS or shape[-2:] == "CC",
        "its flag is longer than 2 digits": flag_length > FLAG_LENGTH_MAX,
        "a flag is not of its length, or does not begin with 2": not flags
        or not all(_is_flag(flag, flag_length) for flag in flags),
        "its decimals are unknown": label.amount_decimals not in AMOUNT_DECIMALS
        or label.weight_decimals not in WEIGHT_DECIMALS,
        "without a check digit its flag may be a payment code's": len(shape) == LENGTHS[1]
        and label.check is LabelCheck.NONE
        and not PAYMENT_FLAGS.isdisjoint(flags),
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


RUNS = [list(runs) for runs in ("FPAC", "FPKC", "FPAKC", "FPKAC")]


def _is_flag(flag: str, length: int) -> bool:
    return len(flag) == length and flag.isascii() and flag.isdigit() and flag.startswith(FLAG_FIRST)
