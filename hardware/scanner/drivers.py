"""The scanners' drivers: how each kind is opened and read."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Protocol

from hardware.clock import Clock
from hardware.driver import WELL, Driver, FoundDevice, Health, Opening, Port, Role, Transport
from hardware.reading import DeviceEvent, ScanLost
from hardware.scanner.double_read import DOUBLE_READ_CHOICES_MS, DoubleReads
from hardware.scanner.framing import HALF_WAIT_S
from hardware.scanner.keyboard_layout import SEPARATOR_KEYS, KeyboardLayout
from hardware.scanner.keyboard_wedge import SUFFIX_USAGES, KeyboardWedge
from hardware.scanner.scan import ScanEvent, Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES, SerialLine

INPUT_EVENT = struct.Struct("@llHHi")
"""struct input_event of linux/input.h: seconds, microseconds, type, code, value."""
SCANNER_NAMES = (
    "barcode",
    "scanner",
    "reader",
    "imager",
    "symbol",
    "honeywell",
    "zebra",
    "datalogic",
    "newland",
    "netum",
    "mindeo",
)
"""What scanners call themselves."""


class Parser(Protocol):
    """Bytes in, scans out."""

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way."""

    def feed(self, data: bytes, now_ms: int) -> list[ScanEvent]:
        """Take bytes as they come."""

    def idle(self, now_ms: int) -> list[ScanEvent]:
        """Take the news that nothing came until now."""


class KeyEvents:
    """The bytes of an event node to the decoder of its keys."""

    def __init__(self, wedge: KeyboardWedge) -> None:
        self._wedge = wedge
        self._rest = b""

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way."""
        return self._wedge.is_half

    def feed(self, data: bytes, now_ms: int) -> list[ScanEvent]:
        """Take bytes; the kernel gives whole events, a capture may cut them."""
        data = self._rest + data
        whole = len(data) - len(data) % INPUT_EVENT.size
        self._rest = data[whole:]
        events: list[ScanEvent] = []
        for _s, _us, event_type, code, value in INPUT_EVENT.iter_unpack(data[:whole]):
            events += self._wedge.feed(event_type, code, value, now_ms)
        return events

    def idle(self, now_ms: int) -> list[ScanEvent]:
        """Take the news that no key came until now."""
        return self._wedge.idle(now_ms)


class OpenScanner:
    """An opened scanner: a transport and the parser of its bytes."""

    def __init__(
        self, transport: Transport, parser: Parser, clock: Clock, doubles: DoubleReads
    ) -> None:
        self._transport = transport
        self._parser = parser
        self._clock = clock
        self._doubles = doubles
        self._is_lost = False
        """Whether the scan under way was told to be lost already."""

    @property
    def health(self) -> Health:
        """A scanner says nothing of itself."""
        return WELL

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way that is lost when the scanner goes now."""
        return self._parser.is_half and not self._is_lost

    def work(self, timeout_s: float) -> Sequence[DeviceEvent]:
        """Wait for bytes, at most timeout_s.

        Raises:
            DeviceAbsentError: the scanner was unplugged.
        """
        wait_s = min(timeout_s, HALF_WAIT_S) if self._parser.is_half else timeout_s
        data = self._transport.read(wait_s)
        now_ms = self._clock()
        events = self._parser.feed(data, now_ms) if data else self._parser.idle(now_ms)
        if events:
            self._is_lost = isinstance(events[-1], ScanLost)
        elif not self._parser.is_half:
            self._is_lost = False
        return self._doubles.keep(events, now_ms)


def open_serial_scanner(opening: Opening) -> OpenScanner:
    """Read a scanner on a serial line."""
    line = SerialLine(Suffix(opening.options["suffix"]))
    return OpenScanner(opening.transport, line, opening.clock, make_doubles(opening))


def open_keyboard_scanner(opening: Opening) -> OpenScanner:
    """Read a scanner that types."""
    options = opening.options
    wedge = KeyboardWedge(
        Suffix(options["suffix"]),
        KeyboardLayout(options["layout"]),
        separator_usage=SEPARATOR_KEYS[options["separator_key"]],
        is_caps_inverted=options["caps"] == "inverted",
    )
    keys = KeyEvents(wedge)
    return OpenScanner(opening.transport, keys, opening.clock, make_doubles(opening))


def make_doubles(opening: Opening) -> DoubleReads:
    """Make the filter of codes that are read twice."""
    return DoubleReads(int(opening.options["double_read_ms"]))


def match_scanner(found: FoundDevice) -> int:
    """Score a device by what it calls itself: many scanners share the ids of a USB chip."""
    name = found.name.lower()
    return 60 if any(word in name for word in SCANNER_NAMES) else 0


DOUBLE_READ_OPTION = {"double_read_ms": tuple(str(ms) for ms in DOUBLE_READ_CHOICES_MS)}

SCANNER_DRIVERS = (
    Driver(
        kind="serial_scanner",
        role=Role.SCANNER,
        ports=frozenset({Port.SERIAL}),
        match=match_scanner,
        open=open_serial_scanner,
        options={"suffix": tuple(suffix.value for suffix in SUFFIX_BYTES), **DOUBLE_READ_OPTION},
    ),
    Driver(
        kind="keyboard_scanner",
        role=Role.SCANNER,
        ports=frozenset({Port.EVENT_NODE}),
        match=match_scanner,
        open=open_keyboard_scanner,
        options={
            "suffix": tuple(suffix.value for suffix in SUFFIX_USAGES),
            "layout": tuple(layout.value for layout in KeyboardLayout),
            "separator_key": tuple(SEPARATOR_KEYS),
            "caps": ("normal", "inverted"),
            **DOUBLE_READ_OPTION,
        },
    ),
)
