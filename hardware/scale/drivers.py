"""The drivers of scales, made of the table of protocols."""

from __future__ import annotations

import functools

from hardware.driver import Driver, FoundDevice, Opening, Port, Role
from hardware.scale.protocol import ScaleProtocol
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.scale_reader import ScaleReader

DIVISIONS_G = ("5", "1", "2", "10", "20", "50", "100")
"""`e` of the type plate; 5 g is that of a 15 kg retail scale."""
SCALE_NAMES = ("scale", "weigh", "toledo", "cas ", "aclas", "ohaus")


def match_scale(found: FoundDevice) -> int:
    """Guess from its name whether a serial device is a scale; no name says what it speaks.

    So this is never enough to open a port: a question at the wrong device is printed by it.
    """
    if found.port is not Port.SERIAL:
        return 0
    return 20 if any(name in found.name.lower() for name in SCALE_NAMES) else 1


def _open(opening: Opening, protocol: ScaleProtocol) -> ScaleReader:
    return ScaleReader(opening, protocol)


def _make_driver(protocol: ScaleProtocol) -> Driver:
    return Driver(
        kind=protocol.kind,
        role=Role.SCALE,
        ports=frozenset({Port.SERIAL, Port.TCP}),
        match=match_scale,
        open=functools.partial(_open, protocol=protocol),
        line=protocol.line,
        options={"division_g": DIVISIONS_G, **protocol.options},
        capabilities=frozenset(command.value.decode() for command in protocol.commands),
    )


SCALE_DRIVERS = tuple(_make_driver(protocol) for protocol in PROTOCOLS)
