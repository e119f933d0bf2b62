"""Keyboard scanners: key events to scans, with all the ways to type a separator."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.reading import LossReason, Scan, ScanLost
from hardware.scanner.framing import IDLE_MS, RECOVERY_MS
from hardware.scanner.keyboard_layout import (
    CAPS_LOCK,
    DEAD,
    LAYOUTS,
    LEFT_ALT,
    NUM_LOCK,
    RIGHT_ALT,
    KeyboardLayout,
)
from hardware.scanner.keyboard_wedge import (
    EV_KEY,
    EV_MSC,
    EV_SYN,
    MSC_SCAN,
    SUFFIX_USAGES,
    SYN_REPORT,
    KeyboardWedge,
)
from hardware.scanner.scan import SCAN_CHARACTERS_MAX, ScanEvent, Suffix
from hardware.sim.keyboard_scanner import (
    KEYS_OF,
    LEFT_CONTROL,
    LEFT_SHIFT,
    OVERRUN,
    KeyEvent,
    SeparatorKeys,
    type_scan,
)

GS1_CODE = "0106901234567892\x1d10LOT-A"
KEYPAD_ENTER = 0x58
KEYPAD_1, KEYPAD_9 = 0x59, 0x61
F12 = 0x45
EQUALS = 0x2E
US, DE, FR, IT, UK = (KeyboardLayout(name) for name in ("us", "de", "fr", "it", "uk"))


def key(usage: int, value: int) -> list[KeyEvent]:
    return [(EV_MSC, MSC_SCAN, 0x70000 | usage), (EV_KEY, 999, value), (EV_SYN, SYN_REPORT, 0)]


def strike(*usages: int) -> list[KeyEvent]:
    """Press in order, release in the opposite order."""
    downs = [event for usage in usages for event in key(usage, 1)]
    return downs + [event for usage in reversed(usages) for event in key(usage, 0)]


def feed_all(wedge: KeyboardWedge, events: Iterable[KeyEvent], now_ms: int = 0) -> list[ScanEvent]:
    return [scan for event in events for scan in wedge.feed(*event, now_ms)]


@pytest.mark.parametrize("suffix", [Suffix.ENTER, Suffix.TAB])
@pytest.mark.parametrize("separator", [SeparatorKeys.CONTROL, SeparatorKeys.ALT])
def test_separator_and_symbology_are_read(suffix: Suffix, separator: SeparatorKeys) -> None:
    events = feed_all(KeyboardWedge(suffix), type_scan("]C1" + GS1_CODE, suffix, separator))

    assert events == [Scan(GS1_CODE, "]C1")]


def test_enter_of_the_keypad_ends_a_scan_too() -> None:
    keys = [*type_scan("123", Suffix.NONE), *strike(KEYPAD_ENTER)]

    assert feed_all(KeyboardWedge(Suffix.ENTER), keys) == [Scan("123", "")]


def test_every_character_of_the_us_layout_is_read() -> None:
    text = "".join(sorted(KEYS_OF[KeyboardLayout.US]))

    events = feed_all(KeyboardWedge(Suffix.ENTER), type_scan(text, Suffix.ENTER))

    assert len(text) == 95  # All printable characters of ASCII.
    assert events == [Scan(text, "")]


def test_layout_says_what_a_us_keyboard_says() -> None:
    # Usages of "1 ! - _ ] } \ | ; : ' , < / ?" as the USB tables number them.
    assert [KEYS_OF[KeyboardLayout.US][character] for character in "1!-_]}\\|;:',</?"] == [
        (0x1E, False), (0x1E, True), (0x2D, False), (0x2D, True), (0x30, False), (0x30, True),
        (0x31, False), (0x31, True), (0x33, False), (0x33, True), (0x34, False), (0x36, False),
        (0x36, True), (0x38, False), (0x38, True),
    ]  # fmt: skip


@pytest.mark.parametrize("layout", list(KeyboardLayout))
def test_every_character_of_a_layout_is_read(layout: KeyboardLayout) -> None:
    text = "a" + "".join(sorted(KEYS_OF[layout]))

    events = feed_all(
        KeyboardWedge(Suffix.ENTER, layout), type_scan(text, Suffix.ENTER, layout=layout)
    )

    assert events == [Scan(text, "")]


# Usage, with Shift, with AltGr, what it types: as printed on the keyboards of the countries.
@pytest.mark.parametrize(
    ("layout", "usage", "held", "character"),
    [
        (UK, 0x1F, [LEFT_SHIFT], '"'),
        (UK, 0x34, [LEFT_SHIFT], "@"),
        (UK, 0x32, [], "#"),
        (UK, 0x64, [], "\\"),
        (DE, 0x1C, [], "z"),
        (DE, 0x1D, [], "y"),
        (DE, 0x24, [LEFT_SHIFT], "/"),
        (DE, 0x38, [], "-"),
        (DE, 0x2D, [RIGHT_ALT], "\\"),
        (DE, 0x14, [RIGHT_ALT], "@"),
        (DE, 0x14, [LEFT_CONTROL, LEFT_ALT], "@"),
        (DE, 0x25, [RIGHT_ALT], "["),
        (DE, 0x32, [LEFT_SHIFT], "'"),
        (FR, 0x1E, [LEFT_SHIFT], "1"),
        (FR, 0x1E, [], "&"),
        (FR, 0x14, [], "a"),
        (FR, 0x33, [], "m"),
        (FR, 0x10, [], ","),
        (FR, 0x27, [RIGHT_ALT], "@"),
        (FR, 0x22, [RIGHT_ALT], "["),
        (FR, 0x37, [LEFT_SHIFT], "/"),
        (IT, 0x35, [], "\\"),
        (IT, 0x33, [RIGHT_ALT], "@"),
        (IT, 0x2F, [RIGHT_ALT, LEFT_SHIFT], "{"),
        (IT, 0x24, [LEFT_SHIFT], "/"),
    ],
)
def test_key_types_what_its_country_prints_on_it(
    layout: KeyboardLayout, usage: int, held: list[int], character: str
) -> None:
    typed = [*strike(*held, usage), *strike(0x28)]

    assert feed_all(KeyboardWedge(Suffix.ENTER, layout), typed) == [Scan(character, "")]


@pytest.mark.parametrize("layout", list(KeyboardLayout))
@pytest.mark.parametrize("separator", [SeparatorKeys.CONTROL, SeparatorKeys.ALT])
def test_separator_is_read_in_every_layout(
    layout: KeyboardLayout, separator: SeparatorKeys
) -> None:
    typed = type_scan(GS1_CODE, Suffix.ENTER, separator, layout)

    assert feed_all(KeyboardWedge(Suffix.ENTER, layout), typed) == [Scan(GS1_CODE, "")]


def test_dead_key_with_a_letter_spoils_the_scan() -> None:
    circumflex, letter = 0x35, 0x04
    typed = [*strike(circumflex), *strike(letter), *strike(0x28)]

    events = feed_all(KeyboardWedge(Suffix.ENTER, DE), typed)

    assert events == [ScanLost(LossReason.NOISE)]


def test_dead_key_at_the_end_of_a_scan_does_not_reach_into_the_next() -> None:
    typed = [*strike(0x04), *strike(0x35), *strike(0x28), *strike(0x05), *strike(0x28)]

    events = feed_all(KeyboardWedge(Suffix.ENTER, DE), typed)

    assert events == [Scan("a^", ""), Scan("b", "")]


def test_dead_key_before_silence_does_not_reach_into_the_next_scan() -> None:
    wedge = KeyboardWedge(Suffix.NONE, DE)

    scans = feed_all(wedge, [*strike(0x04), *strike(0x35)]) + wedge.idle(IDLE_MS)
    scans += feed_all(wedge, strike(0x05), IDLE_MS) + wedge.idle(2 * IDLE_MS)

    assert scans == [Scan("a^", ""), Scan("b", "")]


def test_key_of_the_scanners_own_choice_is_a_separator() -> None:
    wedge = KeyboardWedge(Suffix.ENTER, separator_usage=0x51)

    typed = type_scan(GS1_CODE, Suffix.ENTER, SeparatorKeys.DOWN)

    assert feed_all(wedge, typed) == [Scan(GS1_CODE, "")]


def test_scanner_that_types_in_capitals_is_read_the_other_way() -> None:
    wedge = KeyboardWedge(Suffix.ENTER, is_caps_inverted=True)

    assert feed_all(wedge, type_scan("aB1-", Suffix.ENTER)) == [Scan("Ab1-", "")]


def test_keys_of_two_scanners_do_not_mix() -> None:
    first, second = KeyboardWedge(Suffix.ENTER), KeyboardWedge(Suffix.ENTER, DE)
    one, two = (
        list(type_scan("Zy-1", Suffix.ENTER)),
        list(type_scan("Zy-2", Suffix.ENTER, layout=DE)),
    )

    scans = []
    for event, other_event in itertools.zip_longest(one, two):
        scans += [] if event is None else feed_all(first, [event])
        scans += [] if other_event is None else feed_all(second, [other_event])

    assert sorted(scan.text for scan in scans if isinstance(scan, Scan)) == ["Zy-1", "Zy-2"]


@given(
    st.sampled_from(list(KeyboardLayout)),
    st.data(),
)
def test_what_a_scanner_of_any_country_types_is_what_is_read(
    layout: KeyboardLayout, data: st.DataObject
) -> None:
    characters = sorted({*KEYS_OF[layout], "\x1d"} - {"]"} - DEAD[layout])
    text = data.draw(st.text(characters, min_size=1, max_size=30))

    typed = type_scan(f"1{text}1", Suffix.ENTER, layout=layout)

    assert feed_all(KeyboardWedge(Suffix.ENTER, layout), typed) == [Scan(f"1{text}1", "")]


def test_every_layout_has_the_digits_letters_and_marks_of_codes() -> None:
    needed = set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ -_/:.+%$*#@?=&")

    assert all(needed <= set(KEYS_OF[layout]) for layout in LAYOUTS)


@pytest.mark.parametrize("digits", [[0x5A, 0x61], [0x62, 0x5A, 0x61], [0x62, 0x62, 0x5A, 0x61]])
def test_alt_code_of_two_to_four_digits_is_a_separator(digits: list[int]) -> None:
    alt_code = [*key(LEFT_ALT, 1), *(e for d in digits for e in strike(d)), *key(LEFT_ALT, 0)]
    keys = [*type_scan("10A", Suffix.NONE), *alt_code, *type_scan("37", Suffix.ENTER)]

    assert feed_all(KeyboardWedge(Suffix.ENTER), keys) == [Scan("10A\x1d37", "")]


def test_num_lock_around_an_alt_code_says_nothing() -> None:
    keys = [
        *strike(NUM_LOCK),
        *type_scan("10A\x1d37", Suffix.NONE, SeparatorKeys.ALT),
        *strike(NUM_LOCK),
        *type_scan("", Suffix.ENTER),
    ]

    assert feed_all(KeyboardWedge(Suffix.ENTER), keys) == [Scan("10A\x1d37", "")]


def test_caps_lock_turns_letters_only() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)
    keys = [*strike(CAPS_LOCK), *type_scan("aB1-", Suffix.NONE), *strike(CAPS_LOCK)]

    assert feed_all(wedge, [*keys, *type_scan("aB", Suffix.ENTER)]) == [Scan("Ab1-aB", "")]


@pytest.mark.parametrize(
    "keys",
    [
        strike(F12),
        strike(LEFT_ALT, F12),
        strike(LEFT_CONTROL, EQUALS),  # Its low 5 bits are those of GS, and yet it is none.
        [*key(LEFT_ALT, 1), *strike(KEYPAD_9), *strike(KEYPAD_9), *strike(KEYPAD_9),
         *key(LEFT_ALT, 0)],  # 999 is no character.
        [(EV_MSC, MSC_SCAN, 0xC001E), (EV_KEY, 2, 1), (EV_SYN, SYN_REPORT, 0)],  # Another page.
        [(EV_MSC, MSC_SCAN, 0x7001E), (EV_KEY, 2, 1), (EV_KEY, 3, 1), (EV_SYN, SYN_REPORT, 0)],
        [(EV_KEY, 30, 1), (EV_SYN, SYN_REPORT, 0)],  # A key without its usage.
    ],
)  # fmt: skip
def test_key_that_no_code_holds_spoils_its_scan_and_no_other(keys: list[KeyEvent]) -> None:
    typed = [*type_scan("69012", Suffix.NONE), *keys, *type_scan("345", Suffix.ENTER)]

    events = feed_all(KeyboardWedge(Suffix.ENTER), [*typed, *type_scan("222", Suffix.ENTER)])

    assert events == [ScanLost(LossReason.NOISE), Scan("222", "")]


def test_repeats_of_a_held_key_say_nothing() -> None:
    held_shift = [*key(LEFT_SHIFT, 1), *key(LEFT_SHIFT, 2), *strike(0x04), *key(LEFT_SHIFT, 0)]
    held_digit = [*key(0x1E, 1), (EV_KEY, 2, 2), (EV_SYN, SYN_REPORT, 0), *key(0x1E, 0)]
    keys = [*held_shift, *held_digit, *type_scan("2", Suffix.ENTER)]

    assert feed_all(KeyboardWedge(Suffix.ENTER), keys) == [Scan("A12", "")]


def test_dropped_events_lose_the_scan_and_its_rest() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)
    rest = list(type_scan("34567892", Suffix.ENTER))
    late = list(type_scan("222", Suffix.ENTER))

    assert feed_all(wedge, type_scan("69012", Suffix.NONE), 0) == []
    assert feed_all(wedge, OVERRUN, 10) == [ScanLost(LossReason.OVERRUN)]
    assert feed_all(wedge, rest, 20) == []  # Its suffix proves nothing.
    assert feed_all(wedge, late, 30) == []
    assert wedge.idle(30 + RECOVERY_MS - 1) == []
    assert wedge.is_half
    assert wedge.idle(30 + RECOVERY_MS) == []
    assert not wedge.is_half
    assert feed_all(wedge, late, 40 + RECOVERY_MS) == [Scan("222", "")]


def test_events_between_the_drop_and_the_next_report_are_leftovers() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)
    dropped, report = OVERRUN

    feed_all(wedge, [dropped, (EV_MSC, MSC_SCAN, 0x700E1), (EV_KEY, 42, 1), report])
    wedge.idle(RECOVERY_MS)

    assert feed_all(wedge, type_scan("a1", Suffix.ENTER), RECOVERY_MS) == [Scan("a1", "")]


def test_shift_whose_release_was_dropped_is_not_held_for_ever() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)

    feed_all(wedge, [*key(LEFT_SHIFT, 1), *OVERRUN])
    wedge.idle(RECOVERY_MS)

    assert feed_all(wedge, type_scan("a1", Suffix.ENTER), RECOVERY_MS) == [Scan("a1", "")]


def test_overrun_in_a_lost_scan_is_not_reported_again_but_waits_for_silence() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)

    assert feed_all(wedge, strike(F12)) == [ScanLost(LossReason.NOISE)]
    assert feed_all(wedge, OVERRUN) == []
    assert feed_all(wedge, type_scan("345", Suffix.ENTER)) == []
    assert feed_all(wedge, type_scan("222", Suffix.ENTER)) == []


def test_silence_ends_a_scan_where_no_suffix_is_configured() -> None:
    wedge = KeyboardWedge(Suffix.NONE)

    assert feed_all(wedge, [*type_scan("123", Suffix.NONE), *strike(KEYPAD_ENTER)]) == []
    assert wedge.idle(IDLE_MS) == [Scan("123", "")]


def test_silence_before_the_suffix_loses_the_scan() -> None:
    wedge = KeyboardWedge(Suffix.ENTER)

    assert feed_all(wedge, type_scan("123", Suffix.NONE)) == []
    assert wedge.idle(IDLE_MS) == [ScanLost(LossReason.HALF)]


def test_stuck_key_is_lost_at_the_limit() -> None:
    keys = strike(KEYPAD_1) * (SCAN_CHARACTERS_MAX + 9)

    assert feed_all(KeyboardWedge(Suffix.ENTER), keys) == [ScanLost(LossReason.TOO_LONG)]


TYPEABLE = st.text(
    st.sampled_from([*(c for c in sorted(KEYS_OF[US]) if c != "]"), "\x1d"]),
    min_size=1,
    max_size=40,
)


@given(
    st.lists(
        st.tuples(TYPEABLE, st.sampled_from([SeparatorKeys.CONTROL, SeparatorKeys.ALT])), max_size=5
    )
)
def test_what_a_scanner_types_is_what_is_read(scans: list[tuple[str, SeparatorKeys]]) -> None:
    wedge = KeyboardWedge(Suffix.ENTER)

    events = [
        event
        for text, separator in scans
        for event in feed_all(wedge, type_scan("]d2" + text, Suffix.ENTER, separator))
    ]

    assert events == [Scan(text, "]d2") for text, _ in scans]


STROKES = st.one_of(
    st.builds(key, st.integers(0, 0xFF), st.integers(0, 2)),
    st.builds(strike, st.sampled_from([usage for usage, _ in KEYS_OF[US].values()])),
    st.just(list(OVERRUN)),
)


@given(st.lists(STROKES, max_size=60), st.sampled_from(list(SUFFIX_USAGES)))
def test_no_keys_make_a_scan_with_noise_or_line_ends_in_it(
    strokes: list[list[KeyEvent]], suffix: Suffix
) -> None:
    wedge = KeyboardWedge(suffix)

    events = [event for keys in strokes for event in feed_all(wedge, keys)]
    events += feed_all(wedge, strike(KEYPAD_ENTER)) + wedge.idle(IDLE_MS)

    for event in events:
        if isinstance(event, Scan):
            assert event.text
            assert set(event.text).isdisjoint("\x00\x01\t\n\r\x7f")
