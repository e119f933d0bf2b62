"""`hw sniff` and `hw learn`: write down what a device sends, and find out what it speaks."""

from __future__ import annotations

import pathlib
import time

from hardware.clock import monotonic_ms
from hardware.driver import Port
from hardware.errors import DeviceAbsentError
from hardware.host.capture import Passage, dump_capture, load_capture
from hardware.host.registry import NAMED, find_address, find_devices
from hardware.host.transport import OPENERS, find_port
from hardware.scale.classify import classify
from hardware.scanner.calibration import Calibration, learn_keyboard, learn_serial
from hardware.scanner.drivers import INPUT_EVENT
from hardware.tools.bench import BenchError, Tell

READ_S = 0.25
BYTES_A_LINE = 16
DEFAULT_LINE = "9600 8N1"
PAUSE_BETWEEN_CODES_MS = 500
"""Nobody scans two codes of the sheet faster, and no scanner pauses so long within one."""
EXPLAINED_MIN_BP = 7_500
"""A protocol that throws away more than a fourth of the bytes is not the one."""


def sniff(tell: Tell, address: str, line: str, seconds: float, to: pathlib.Path | None) -> int:
    """Show what a device sends, byte by byte, and keep it as a capture. 1: it sent nothing.

    Raises:
        DeviceUnavailableError: it can't be opened.
        DeviceAbsentError: it is not there.
    """
    if address.startswith(NAMED):
        port, address = find_address(address, frozenset(Port), find_devices())
    else:
        port = find_port(address)
    passages: list[Passage] = []
    transport = OPENERS[port](address, line or DEFAULT_LINE)
    give_up_at = time.monotonic() + seconds
    try:
        while time.monotonic() < give_up_at:
            data = transport.read(READ_S)
            if data:
                passages.append(Passage(monotonic_ms(), False, data))
                for start in range(0, len(data), BYTES_A_LINE):
                    tell(_show_bytes(data[start : start + BYTES_A_LINE]))
    except DeviceAbsentError as error:
        tell(str(error))
    finally:
        transport.close()
    if to is not None:
        to.write_text(dump_capture(tuple(passages)), encoding="ascii")
        tell(f"{to} holds {sum(len(p.data) for p in passages)} bytes")
    return 0 if passages else 1


def learn(tell: Tell, capture: pathlib.Path) -> int:
    """Say what a capture is of: a scale's protocol, or the settings of a scanner. 1: neither.

    A scanner is captured while both codes of the calibration sheet are scanned, in their order.

    Raises:
        BenchError: it is no capture.
    """
    try:
        passages = load_capture(capture.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise BenchError(f"{capture} is no capture: {error}") from error
    received = [passage for passage in passages if not passage.is_sent]
    found = _learn_scale(tell, b"".join(passage.data for passage in received))
    for kind, calibration in (
        ("keyboard_scanner", _learn_keys(received)),
        ("serial_scanner", _learn_line(received)),
    ):
        if calibration is not None:
            found = True
            _tell_calibration(tell, kind, calibration)
    if not found:
        tell("it is nothing that a scale of ours says, and no scan of the calibration sheet")
    return 0 if found else 1


def _learn_scale(tell: Tell, data: bytes) -> bool:
    matches = [match for match in classify(data) if match.explained_bp >= EXPLAINED_MIN_BP]
    for match in matches:
        options = ", ".join(f'{name} = "{value}"' for name, value in match.options.items() if value)
        share = match.explained_bp // 100
        tell(f'kind = "{match.kind}"  # {match.frames} weights, {share} % of the bytes; {options}')
    return bool(matches)


def _learn_keys(received: list[Passage]) -> Calibration | None:
    data = b"".join(passage.data for passage in received)
    if not data or len(data) % INPUT_EVENT.size:
        return None
    events = [(kind, code, value) for _s, _us, kind, code, value in INPUT_EVENT.iter_unpack(data)]
    return learn_keyboard(events)


def _learn_line(received: list[Passage]) -> Calibration | None:
    chunks: list[bytes] = []
    last_ms = None
    for passage in received:
        if last_ms is None or passage.at_ms - last_ms >= PAUSE_BETWEEN_CODES_MS:
            chunks.append(b"")
        chunks[-1] += passage.data
        last_ms = passage.at_ms
    return learn_serial(chunks) if len(chunks) == 2 else None


def _tell_calibration(tell: Tell, kind: str, calibration: Calibration) -> None:
    tell(f'kind = "{kind}"')
    for name, value in calibration.options.items():
        tell(f'{name} = "{value}"')
    for problem in calibration.problems:
        tell(f"# {problem}")


def _show_bytes(data: bytes) -> str:
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f"{data.hex(' '):<{BYTES_A_LINE * 3}} {text}"
