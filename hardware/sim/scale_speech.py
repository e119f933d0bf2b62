"""What simulated scales say, one function a protocol: the sheets read from the scale's side."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable, Mapping

from hardware.reading import WeightState

MG_A_KG = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Pan:
    """What lies on a scale, and what ails it."""

    gross_mg: int = 0
    tare_mg: int = 0
    state: WeightState | None = None
    """MOTION, OVERLOAD, UNDERLOAD, NEGATIVE, ERROR_ZERO or FAULT instead of a weight at rest."""

    @property
    def net_mg(self) -> int:
        """What is shown."""
        return self.gross_mg - self.tare_mg

    @property
    def is_stable(self) -> bool:
        """Whether nothing ails it."""
        return self.state is None


def kilograms(weight_mg: int, width: int, decimals: int = 3) -> bytes:
    """Write a weight as scales do: right-aligned, with zeros before it."""
    step_mg = MG_A_KG // 10**decimals
    whole, part = divmod(abs(weight_mg) // step_mg, 10**decimals)
    return f"{whole:0{width - decimals - 1}d}.{part:0{decimals}d}".encode()


def xor(data: bytes) -> int:
    """Fold bytes as most checks of scales do."""
    return functools.reduce(operator.xor, data, 0)


TOLEDO_STATUS = {
    WeightState.MOTION: 0x61,
    WeightState.OVERLOAD: 0x62,
    WeightState.UNDERLOAD: 0x64,
    WeightState.NEGATIVE: 0x64,
    WeightState.ERROR_ZERO: 0x68,
    WeightState.FAULT: 0x68,
}


def toledo8217(pan: Pan) -> bytes:
    """Frame of a kilogram scale; the answer to `W`."""
    state = WeightState.NEGATIVE if pan.is_stable and pan.net_mg < 0 else pan.state
    if state is not None:
        return b"\x02?" + bytes([TOLEDO_STATUS[state]]) + b"\r"
    return b"\x02" + kilograms(pan.net_mg, 6) + (b"N" if pan.tare_mg else b"") + b"\r"


NCI_STATUS = {
    WeightState.MOTION: b"10",
    WeightState.OVERLOAD: b"02",
    WeightState.UNDERLOAD: b"01",
    WeightState.NEGATIVE: b"01",
    WeightState.ERROR_ZERO: b"0p8",
    WeightState.FAULT: b"40",
}


def nci(pan: Pan) -> bytes:
    """Frame of an ECR scale; the answer to `W` CR."""
    if pan.state is WeightState.MOTION:
        return b"\n" + kilograms(pan.net_mg, 6) + b"KG\r\nS10\r\x03"
    if pan.state is not None or pan.net_mg < 0:
        return b"\nS" + NCI_STATUS[pan.state or WeightState.NEGATIVE] + b"\r\x03"
    status = b"0p4" if pan.tare_mg else b"20" if pan.net_mg == 0 else b"00"
    return b"\n" + kilograms(pan.net_mg, 6) + b"KG\r\nS" + status + b"\r\x03"


def cas_ecr(pan: Pan) -> bytes:
    """Frame of 15 bytes; fetched by DC1."""
    bad = {WeightState.OVERLOAD: (b"U", b"F"), WeightState.MOTION: (b"U", b" ")}
    status, sign = bad.get(pan.state, (b"F", b" ")) if pan.state else (b"S", b" ")
    if sign == b" " and pan.net_mg < 0:
        sign = b"-"
    body = status + sign + kilograms(pan.net_mg, 6) + b"KG"
    return b"\x01\x02" + body + bytes([xor(body)]) + b"\x03\x04"


def cas22(pan: Pan) -> bytes:
    """Line of the stream."""
    status = {None: b"ST", WeightState.OVERLOAD: b"OL"}.get(pan.state, b"US")
    lamps = 0x80 | (0x40 if pan.is_stable else 0) | (0x01 if pan.net_mg == 0 else 0)
    sign = b"-" if pan.net_mg < 0 else b"+"
    kind = b"NT" if pan.tare_mg else b"GS"
    weight = sign + kilograms(pan.net_mg, 7)
    return status + b"," + kind + b",0" + bytes([lamps]) + b"," + weight + b" kg\r\n"


def yaohua12(pan: Pan) -> bytes:
    """Frame of the stream. It has no word for trouble: then it falls silent or shows no digits."""
    if pan.state not in (None, WeightState.MOTION):
        return b"\x02+------300\x03"
    body = (b"-" if pan.net_mg < 0 else b"+") + b"%06d3" % (abs(pan.net_mg) // 1_000)
    return b"\x02" + body + b"%02X" % xor(body) + b"\x03"


def jcsb6(pan: Pan) -> bytes:
    """Frame of the stream."""
    flags = 3 | (0x20 if pan.net_mg < 0 else 0) | (0x40 if pan.is_stable else 0)
    flags |= 0x80 if pan.state not in (None, WeightState.MOTION) else 0
    return b"\xff" + bytes([flags]) + bytes.fromhex(f"{abs(pan.net_mg) // 1_000:06d}")[::-1] + b"\0"


SICS_STATUS = {WeightState.OVERLOAD: b"S +\r\n", WeightState.UNDERLOAD: b"S -\r\n"}


def mtsics(pan: Pan) -> bytes:
    """Line; the answer to `SI`."""
    if pan.state not in (None, WeightState.MOTION):
        return SICS_STATUS.get(pan.state, b"S I\r\n")
    sign = "-" if pan.net_mg < 0 else ""
    number = f"{sign}{kilograms(pan.net_mg, 5).decode()}"
    return f"S {'S' if pan.is_stable else 'D'} {number:>10} kg\r\n".encode()


DIALOG_REASON = {
    WeightState.MOTION: b"20",
    WeightState.UNDERLOAD: b"30",
    WeightState.NEGATIVE: b"31",
    WeightState.OVERLOAD: b"32",
}


def dialog06(pan: Pan) -> bytes:
    """Record of weight at a price of a fen a kilogram; the answer to EOT ENQ."""
    if not pan.is_stable or pan.net_mg < 0:
        return b"\x15"
    grams = pan.net_mg // 1_000
    return b"\x0202\x1b3\x1b%05d\x1b000001\x1b%06d\x03" % (grams, (grams + 500) // 1_000)


def dialog06_reason(pan: Pan) -> bytes:
    """Record of why there is no weight."""
    code = DIALOG_REASON.get(pan.state or WeightState.NEGATIVE, b"00")
    return b"\x0209\x1b" + code + b"\x03"


def cas_pd2(pan: Pan) -> bytes:
    """Frame of nine bytes; fetched by DC2."""
    if not pan.is_stable or pan.net_mg < 0:
        return b"\x15"
    body = b"0%05d" % (pan.net_mg // 1_000)
    return b"\x02" + body + bytes([xor(body)]) + b"\x03"


def dahua_acs(pan: Pan) -> bytes:
    """Line of the stream: grams, blanks for zeros before them. It shows nothing below zero."""
    return b"%5d\n\r" % (max(0, pan.net_mg) // 1_000)


def and18(pan: Pan) -> bytes:
    """Line of the stream of A&D scales."""
    status = {None: b"ST", WeightState.OVERLOAD: b"OL"}.get(pan.state, b"US")
    sign, kind = b"-" if pan.net_mg < 0 else b"+", b"NT" if pan.tare_mg else b"GS"
    return status + b"," + kind + b"," + sign + kilograms(pan.net_mg, 8) + b"kg\r\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Speech:
    """How a simulated scale talks."""

    answers: Mapping[bytes, Callable[[Pan], bytes]]
    """By what was asked. The longest that the host's bytes begin with is answered."""
    stream: Callable[[Pan], bytes] | None = None
    """What it says by itself, some times a second."""


def _say(data: bytes) -> Callable[[Pan], bytes]:
    return lambda _pan: data


SPEECHES: Mapping[str, Speech] = {
    "toledo8217": Speech({b"W": toledo8217}),
    "nci": Speech({b"W\r": nci}),
    "cas_ecr": Speech({b"\x05": _say(b"\x06"), b"\x11": cas_ecr}),
    "cas22": Speech({}, cas22),
    "yaohua12": Speech({}, yaohua12),
    "jcsb6": Speech({}, jcsb6),
    "mtsics": Speech({b"SI\r\n": mtsics}),
    "dialog06": Speech(
        {
            b"\x04\x0201\x1b000001\x1b\x03": _say(b"\x06"),
            b"\x04\x05": dialog06,
            b"\x04\x0208\x03": dialog06_reason,
        }
    ),
    "cas_pd2": Speech({b"\x05": _say(b"\x06"), b"\x12": cas_pd2}),
    "dahua_acs": Speech({}, dahua_acs),
    "and18": Speech({}, and18),
}
"""By kind of protocol; and18 is one of the regex profiles."""
