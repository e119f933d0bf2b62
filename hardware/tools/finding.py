"""`hw list`, `hw drivers`, `hw identify`: which device is which, and what it may speak."""

from __future__ import annotations

import pathlib
import time

from hardware.driver import Driver, Port, Role
from hardware.errors import DeviceError
from hardware.host.drivers import DRIVERS
from hardware.host.registry import NAMED, SYS, Sighting, find_address, find_devices, score
from hardware.host.transport import find_port
from hardware.reading import Weight, WeightState
from hardware.tools.bench import BENCH_ID, BenchError, Target, Tell, Trial, run_device

WATCH_S = 30.0
"""Long enough to walk to the till and pull a plug."""
LOOK_S = 0.2
ASK_S = 2.5
"""A scale that says nothing for 2 s is not there."""
SILENT_STATES = frozenset({WeightState.OFFLINE, WeightState.FAULT, WeightState.STALE})
SPEAKING_ROLES = frozenset({Role.SCALE, Role.PRINTER, Role.LABEL_PRINTER})
"""Their devices answer, or talk by themselves."""


def list_devices(tell: Tell, sys: pathlib.Path = SYS) -> int:
    """Say what is plugged in, how it is named in the settings, and what it looks like."""
    sightings = find_devices(sys)
    for sighting in sightings:
        tell(_show(sighting))
    if not sightings:
        tell("nothing is plugged in that can be driven")
    return 0


def list_drivers(tell: Tell) -> int:
    """Say which drivers there are, where they hang, and what can be set."""
    for driver in DRIVERS.values():
        ports = ", ".join(sorted(port.value for port in driver.ports))
        line = f", line = {driver.line!r}" if Port.SERIAL in driver.ports else ""
        tell(f"{driver.kind:18} {driver.role.value:14} on {ports}{line}")
        for name, choices in driver.options.items():
            tell(f"{'':18} {name} = {' | '.join(choices) or 'any text'}")
        if driver.capabilities:
            tell(f"{'':18} can {', '.join(sorted(driver.capabilities))}")
    return 0


def watch_plugs(tell: Tell, seconds: float = WATCH_S, sys: pathlib.Path = SYS) -> int:
    """Say what comes and goes: pull the plug of a device to learn its name. 1: nothing did."""
    tell(f"pull a plug and put it in again, within {seconds:.0f} s")
    known = {sighting.path_identity: sighting for sighting in find_devices(sys)}
    changes, give_up_at = 0, time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        now = {sighting.path_identity: sighting for sighting in find_devices(sys)}
        for name in known.keys() - now.keys():
            tell(f"gone  {_show(known[name])}")
        for name in now.keys() - known.keys():
            tell(f"came  {_show(now[name])}")
        changes += len(known.keys() ^ now.keys())
        known = now
        time.sleep(LOOK_S)
    return 0 if changes else 1


def identify(tell: Tell, address: str, ask_s: float = ASK_S) -> int:
    """Open one device with each driver that may fit, and say which understand it. 1: none does.

    Each asks in its own language, and a wrong device may print or show what it is asked: so it is
    done for a device that a person has named, never by itself.

    Raises:
        BenchError: no driver hangs on such a port.
    """
    port = _port_of(address)
    drivers = [d for d in DRIVERS.values() if port in d.ports and d.role in SPEAKING_ROLES]
    if not drivers:
        raise BenchError(f"{address} is a {port.value}; nothing there speaks of itself")
    understood = []
    for driver in drivers:
        trial = _try(address, driver, ask_s)
        if trial is not None and _understands(driver, trial):
            understood.append(driver.kind)
            tell(f"{driver.kind}: understood")
        else:
            tell(f"{driver.kind}: nothing that it knows")
    return 0 if understood else 1


def _try(address: str, driver: Driver, ask_s: float) -> Trial | None:
    try:
        device = Target(address, driver.kind).make_device()
    except DeviceError:
        return None  # It needs an option that nobody can guess.
    assert device.device_id == BENCH_ID
    return run_device(device, ask_s, lambda _line: None)


def _understands(driver: Driver, trial: Trial) -> bool:
    if driver.role is not Role.SCALE:
        return trial.is_well
    weights = [r.value for r in trial.readings if isinstance(r.value, Weight)]
    return any(weight.state not in SILENT_STATES for weight in weights)


def _port_of(address: str) -> Port:
    if not address.startswith(NAMED):
        return find_port(address)
    port, _node = find_address(address, frozenset(Port), find_devices())
    return port


def _show(sighting: Sighting) -> str:
    device = sighting.device
    guesses = [
        f"{driver.kind} ({points})" for points, driver in score(tuple(DRIVERS.values()), device)[:2]
    ]
    words = [device.identity, device.address, device.name or "-"]
    if guesses:
        words.append(f"perhaps {', '.join(guesses)}")
    if device.usb_path and sighting.path_identity != device.identity:
        words.append(f"in socket {device.usb_path}")
    if sighting.twins:
        words.append(f"SAME SERIAL NUMBER as in {', '.join(sighting.twins)}: name it by its socket")
    return "  ".join(words)
