"""The calibration sheet: from two scans to the settings of a scanner, whatever they are."""

from __future__ import annotations

import itertools

import pytest

from hardware.scanner.calibration import (
    LAYOUT_TEXT,
    LOST,
    NO_SUFFIX,
    NO_SYMBOLOGY,
    SEPARATOR_TEXT,
    KeyEvent,
    learn_keyboard,
    learn_serial,
)
from hardware.scanner.keyboard_layout import CAPS_LOCK, KeyboardLayout
from hardware.scanner.scan import Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES
from hardware.sim.keyboard_scanner import SeparatorKeys, type_scan

SEPARATOR_OPTION = {SeparatorKeys.DOWN: "down"}


def type_sheet(
    suffix: Suffix, layout: KeyboardLayout, separator: SeparatorKeys, before: str = "]C1"
) -> list[KeyEvent]:
    return [
        *type_scan(before + LAYOUT_TEXT, suffix, layout=layout),
        *type_scan(before + SEPARATOR_TEXT, suffix, separator, layout),
    ]


@pytest.mark.parametrize(
    ("suffix", "layout", "separator"),
    list(itertools.product([Suffix.ENTER, Suffix.TAB], KeyboardLayout, SeparatorKeys)),
)
def test_settings_of_a_typing_scanner_are_learned(
    suffix: Suffix, layout: KeyboardLayout, separator: SeparatorKeys
) -> None:
    learned = learn_keyboard(type_sheet(suffix, layout, separator))

    assert learned is not None
    assert learned.options == {
        "suffix": suffix.value,
        "layout": layout.value,
        "separator_key": SEPARATOR_OPTION.get(separator, "none"),
        "caps": "normal",
    }
    assert learned.sends_symbology
    assert learned.problems == ((LOST,) if separator is SeparatorKeys.LOST else ())


def test_scanner_in_capitals_is_learned() -> None:
    typed = type_sheet(Suffix.ENTER, KeyboardLayout.DE, SeparatorKeys.ALT)
    swapped = [
        *type_scan(LAYOUT_TEXT.swapcase(), Suffix.ENTER, layout=KeyboardLayout.DE),
        *type_scan(SEPARATOR_TEXT.swapcase(), Suffix.ENTER, layout=KeyboardLayout.DE),
    ]

    plain, inverted = learn_keyboard(typed), learn_keyboard(swapped)

    assert plain is not None
    assert inverted is not None
    assert (plain.options["caps"], inverted.options["caps"]) == ("normal", "inverted")


def test_preamble_and_missing_identifier_are_named() -> None:
    typed = type_sheet(Suffix.ENTER, KeyboardLayout.US, SeparatorKeys.CONTROL, before="X7")

    learned = learn_keyboard(typed)

    assert learned is not None
    assert learned.problems == (
        NO_SYMBOLOGY,
        "It sends 'X7' before each code. Switch that off.",
    )


@pytest.mark.parametrize(
    "keys", [[], [(4, 4, 0x70000 | CAPS_LOCK)], list(type_scan("69012", Suffix.ENTER))]
)
def test_other_keys_teach_nothing(keys: list[KeyEvent]) -> None:
    assert learn_keyboard(keys) is None


@pytest.mark.parametrize("suffix", list(SUFFIX_BYTES))
def test_suffix_of_a_serial_scanner_is_learned(suffix: Suffix) -> None:
    end = SUFFIX_BYTES[suffix]
    chunks = [f"]C0{LAYOUT_TEXT}".encode() + end, f"]C1{SEPARATOR_TEXT}".encode() + end]

    learned = learn_serial(chunks)

    assert learned is not None
    assert learned.options == {"suffix": suffix.value}
    assert learned.problems == ((NO_SUFFIX,) if suffix is Suffix.NONE else ())


def test_serial_scanner_that_drops_the_separator_is_named() -> None:
    learned = learn_serial([f"]C0{LAYOUT_TEXT}\r".encode(), b"]C121ab3712\r"])

    assert learned is not None
    assert learned.problems == (LOST,)


def test_wrong_speed_teaches_nothing() -> None:
    assert learn_serial([b"\x00\xf8\x80\x00", b"\x06\xfe\x1e"]) is None
