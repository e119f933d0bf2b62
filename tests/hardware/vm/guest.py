"""Runs in the virtual machine: the real device host over USB devices that the kernel itself makes.

Prints a line a step, `STEP NAME {json}`; test_real_kernel.py says what has to be in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json
import os
import pathlib
import queue
import select
import signal
import sys
import termios
import threading
import time
import traceback
import tty
import uuid
from collections.abc import Callable, Sequence

import evdev
from evdev import ecodes

from hardware.clock import monotonic_ms
from hardware.driver import Job, JobKind, JobState
from hardware.host.bench_spool import BenchSpool
from hardware.host.device import Device, DeviceState, DeviceStatus, Reading
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.hotplug import HotplugListener
from hardware.host.registry import find_devices
from hardware.host.supervisor import Supervisor
from hardware.host.transport import open_transport
from hardware.reading import Scan, Weight, WeightState
from hardware.scanner.framing import RECOVERY_MS
from hardware.scanner.scan import Suffix
from hardware.sim.keyboard_scanner import type_scan
from tests.hardware.vm.gadget import Gadget, keyboard_function, open_node, type_keys

SCANNER, TWIN, SCALE, PRINTER, TYPIST = "scanner-1", "scanner-2", "scale-1", "printer-1", "uinput"
NAME = "usb:0c2e:0b61:SCN-TILL-01"
WAIT_S = 20.0
"""Ten times what anything takes under emulation."""
GADGET_SET_PRINTER_STATUS = 0xC0016722
"""ioctl of drivers/usb/gadget/function/f_printer.c: _IOWR('g', 0x22, unsigned char)."""
SCANS_MAX = 5
KEY_PAUSE_S = 0.002
ENDLESS = b"a page that never ends "
"""The printer stops to read at this, as one does whose buffer is full."""
WELL, NO_PAPER = 0x18, 0x38
"""IEEE 1284: selected, no error; and 0x20, paper is out."""


class Host:
    """The device host, and what came of it."""

    def __init__(self, places: dict[str, tuple[str, str]]) -> None:
        self.readings: queue.Queue[Reading] = queue.Queue()
        self.spool = BenchSpool()
        self.supervisor = Supervisor(
            [_make_device(device_id, *place) for device_id, place in places.items()],
            self.readings.put,
            self.spool,
            clock=monotonic_ms,
            on_change=lambda: None,
        )
        self.hotplug = HotplugListener(self.supervisor.note_plugged)

    def start(self) -> None:
        self.supervisor.start()
        self.hotplug.start()

    def stop(self) -> None:
        self.hotplug.stop()
        self.supervisor.stop()

    def status(self, device_id: str) -> DeviceStatus:
        return {s.device_id: s for s in self.supervisor.read_statuses()}[device_id]

    def wait_for_state(self, device_id: str, state: DeviceState) -> float:
        """Wait for a state and tell after how many seconds it came."""
        try:
            return wait_until(lambda: self.status(device_id).state is state)
        except TimeoutError:
            raise TimeoutError(f"not {state.value}: {self.status(device_id)}") from None

    def scan(self, scan: Callable[[], None]) -> tuple[str, Scan]:
        """Scan until it is read, as a person does: an emulated machine may halt in the middle."""
        for _ in range(SCANS_MAX):
            scan()
            give_up_at = time.monotonic() + 2 * RECOVERY_MS / 1000
            while (left_s := give_up_at - time.monotonic()) > 0:
                try:
                    reading = self.readings.get(timeout=left_s)
                except queue.Empty:
                    break
                if isinstance(reading.value, Scan):
                    return reading.device_id, reading.value
        raise TimeoutError("no scan came")

    def next_weight(self, state: WeightState) -> Weight:
        give_up_at = time.monotonic() + WAIT_S
        while time.monotonic() < give_up_at:
            value = self.readings.get(timeout=WAIT_S).value
            if isinstance(value, Weight) and value.state is state:
                return value
        raise TimeoutError(f"no weight was {state.value}")


def _make_device(device_id: str, kind: str, address: str) -> Device:
    driver = DRIVERS[kind]
    options = fill_options(driver, {})
    return Device(device_id, driver, lambda: open_transport(driver, address, driver.line), options)


def wait_until(condition: Callable[[], bool]) -> float:
    began_at = time.monotonic()
    while not condition():
        if time.monotonic() - began_at > WAIT_S:
            raise TimeoutError("it did not come to pass")
        time.sleep(0.01)
    return time.monotonic() - began_at


def open_scale() -> int:
    """The gadget's end of the serial line. While it is hung up after a pull, nothing opens it."""
    while True:
        scale = open_node("/dev/ttyGS0")
        with contextlib.suppress(termios.error):
            tty.setraw(scale)
            return scale
        os.close(scale)
        time.sleep(0.1)


class Peers:
    """The gadget's ends: a scale that answers `W`, a label printer that says it is idle."""

    def __init__(self) -> None:
        self.hidg = open_node("/dev/hidg0")
        self._scale = open_scale()
        self.printer = open_node("/dev/g_printer0")
        self.printed = bytearray()
        self.is_reading = True
        for run in (self._weigh, self._print):
            threading.Thread(target=run, daemon=True).start()

    def set_port_status(self, status: int) -> None:
        fcntl.ioctl(self.printer, GADGET_SET_PRINTER_STATUS, status)

    def _weigh(self) -> None:
        while True:
            try:
                asked = os.read(self._scale, 64)
                if b"W" in asked:
                    os.write(self._scale, b"\x0201.234\r")
            except OSError:
                asked = b""
            if not asked:  # Pulled: this end is hung up for good.
                os.close(self._scale)
                time.sleep(0.1)
                self._scale = open_scale()

    def _print(self) -> None:
        while True:
            if not self.is_reading or not select.select([self.printer], [], [], 0.05)[0]:
                time.sleep(0.01)
                continue
            try:
                data = os.read(self.printer, 4096)
                self.is_reading = ENDLESS not in data
                self.printed += data.replace(b"\x1b!?", b"")
                if b"\x1b!?" in data:
                    os.write(self.printer, b"\x00")
            except OSError:
                time.sleep(0.1)


def put_out(host: Host, payload: bytes, kind: JobKind) -> uuid.UUID:
    job_id = uuid.uuid4()
    host.spool.put(Job(job_id, PRINTER, kind, (payload,)))
    return job_id


def see_devices(_host: Host, _peers: Peers) -> dict[str, object]:
    found = [s.device for s in find_devices() if s.device.serial_no == "SCN-TILL-01"]
    return {
        "names": sorted({device.identity for device in found}),
        "ports": sorted(device.port.value for device in found),
        "languages": [device.command_set for device in found if device.command_set],
    }


def scan_with_separator(host: Host, peers: Peers) -> dict[str, object]:
    device_id, scan = host.scan(lambda: type_keys(peers.hidg, "]C10169^10A"))
    return {"device_id": device_id, "text": scan.text, "symbology": scan.symbology}


def weigh(host: Host, _peers: Peers) -> dict[str, object]:
    weight = host.next_weight(WeightState.STABLE)
    return {"weight_mg": weight.weight_mg}


def print_label(host: Host, peers: Peers) -> dict[str, object]:
    payload = b"SIZE 40 mm,30 mm\r\nCLS\r\nPRINT 1\r\n"
    job_id = put_out(host, payload, JobKind.LABEL)
    last = host.spool.wait(job_id, WAIT_S)
    return {"state": last.state.value, "is_whole": payload in peers.printed}


def run_out_of_paper(host: Host, peers: Peers) -> dict[str, object]:
    peers.set_port_status(NO_PAPER)
    seen_after_s = host.wait_for_state(PRINTER, DeviceState.DEGRADED)
    code = host.status(PRINTER).health.code
    peers.set_port_status(WELL)
    host.wait_for_state(PRINTER, DeviceState.READY)
    return {"code": code, "seen_after_s": round(seen_after_s, 2)}


def lose_key_events(host: Host, peers: Peers) -> dict[str, object]:
    """Stop this process while a child types: the kernel keeps 64 events a reader."""
    lost_before = host.status(SCANNER).lost_scans
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.kill(parent, signal.SIGSTOP)
        time.sleep(0.3)
        type_keys(peers.hidg, "1234567890" * 4)
        os.kill(parent, signal.SIGCONT)
        os._exit(0)
    os.waitpid(child, 0)
    wait_until(lambda: host.status(SCANNER).lost_scans > lost_before)
    lost = host.status(SCANNER).lost_scans - lost_before
    time.sleep(RECOVERY_MS / 1000)
    _device_id, scan = host.scan(lambda: type_keys(peers.hidg, "555"))
    return {"lost": lost, "next_text": scan.text}


def pull_the_plug(host: Host, peers: Peers, gadget: Gadget) -> dict[str, object]:
    """In the middle of a scan, of a weighing and of a receipt, all at once."""
    lost_before = host.status(SCANNER).lost_scans
    job_id = put_out(host, ENDLESS * 10_000, JobKind.RECEIPT)
    wait_until(lambda: host.spool.noted[job_id][-1].state is JobState.SENDING)
    type_keys(peers.hidg, "6901234", has_enter=False)
    gadget.unplug()
    seen_after_s = max(
        host.wait_for_state(device_id, DeviceState.ABSENT)
        for device_id in (SCANNER, SCALE, PRINTER)
    )
    return {
        "seen_after_s": round(seen_after_s, 2),
        "lost": host.status(SCANNER).lost_scans - lost_before,
        "job": host.spool.noted[job_id][-1].state.value,
    }


def plug_again(host: Host, peers: Peers, gadget: Gadget) -> dict[str, object]:
    gadget.plug()
    ready_after_s = max(
        host.wait_for_state(device_id, DeviceState.READY) for device_id in (SCANNER, SCALE)
    )
    with host.readings.mutex:
        host.readings.queue.clear()  # Weights of before.
    weight = host.next_weight(WeightState.STABLE)
    # The printer's end stays shut: f_printer of Linux 6.1 breaks when it is read after a pull.
    os.close(peers.hidg)
    peers.hidg = open_node("/dev/hidg0")
    _device_id, scan = host.scan(lambda: type_keys(peers.hidg, "4711"))
    return {
        "ready_after_s": round(ready_after_s, 2),
        "weight_mg": weight.weight_mg,
        "text": scan.text,
    }


def tell_twins_apart(_host: Host, peers: Peers, udc: str) -> dict[str, object]:
    """A second scanner with the same serial number: each is known by its socket, and reported."""
    twin = Gadget("twin", serial_no="SCN-TILL-01", udc=udc, functions=keyboard_function(1))
    twin.plug()
    hidg = open_node("/dev/hidg1")

    def sightings() -> list[str]:
        return [s.path_identity for s in find_devices() if s.twins and "input" in s.device.address]

    wait_until(lambda: len(sightings()) == 2)
    names = sorted(sightings())
    host = Host(
        {
            SCANNER: ("keyboard_scanner", names[0]),
            TWIN: ("keyboard_scanner", names[1]),
            "both": ("keyboard_scanner", NAME),
        }
    )
    host.start()
    for device_id in (SCANNER, TWIN):
        host.wait_for_state(device_id, DeviceState.READY)
    host.wait_for_state("both", DeviceState.FAULT)
    texts = {}
    for node, text in ((peers.hidg, "111"), (hidg, "222")):
        device_id, scan = host.scan(functools.partial(type_keys, node, text))
        texts[device_id] = scan.text
    fault = host.status("both").last_error
    host.stop()
    twin.unplug()
    return {"texts": texts, "fault": fault}


def scan_by_uinput(_host: Host, _peers: Peers) -> dict[str, object]:
    keys: dict[int, Sequence[int]] = {
        ecodes.EV_KEY: list(range(1, ecodes.BTN_MISC)),
        ecodes.EV_MSC: [ecodes.MSC_SCAN],
    }
    device = evdev.UInput(keys, name="Simulated Scanner")
    host = Host({TYPIST: ("keyboard_scanner", "input:Simulated Scanner")})
    host.start()
    host.wait_for_state(TYPIST, DeviceState.READY)

    def scan() -> None:
        for event_type, code, value in type_scan("]E06901234567892", Suffix.ENTER):
            device.write(event_type, code, value)
            time.sleep(KEY_PAUSE_S)  # Without it the keys would come faster than from any scanner.

    _device_id, scanned = host.scan(scan)
    device.close()
    gone_after_s = host.wait_for_state(TYPIST, DeviceState.ABSENT)
    host.stop()
    return {"text": scanned.text, "gone_after_s": round(gone_after_s, 2)}


def say(step: str, told: dict[str, object]) -> None:
    """One line at once: other threads and the kernel speak on this console, too."""
    os.write(1, f"\nSTEP {step} {json.dumps(told)}\n".encode())


def main() -> None:
    began_at = time.monotonic()

    def step(name: str, run: Callable[[], dict[str, object]]) -> None:
        try:
            told = run()
        except Exception:  # noqa: BLE001 - the other steps are worth knowing, too.
            traceback.print_exc(file=sys.stdout)
            told = {"error": traceback.format_exc(limit=1)[-300:]}
        told["at_s"] = round(time.monotonic() - began_at, 1)
        say(name, told)

    udcs = sorted(path.name for path in pathlib.Path("/sys/class/udc").iterdir())
    functions: dict[str, dict[str, object]] = {
        **keyboard_function(0),
        "acm.usb0": {},
        "printer.usb0": {"pnp_string": "MFG:Xprinter;MDL:XP-420B;CMD:TSPL;CLS:PRINTER;SN:PRT1;"},
    }
    gadget = Gadget("till", serial_no="SCN-TILL-01", udc=udcs[0], functions=functions)
    host = Host(
        {
            SCANNER: ("keyboard_scanner", NAME),
            SCALE: ("toledo8217", NAME),
            PRINTER: ("tspl", NAME),
        }
    )
    host.start()  # Before anything is plugged in: hot-plug has to bring it.
    gadget.plug()
    peers = Peers()

    def wait_for_all() -> dict[str, object]:
        places = (SCANNER, SCALE, PRINTER)
        return {"after_s": round(max(host.wait_for_state(p, DeviceState.READY) for p in places), 2)}

    step("plug", wait_for_all)
    step("see", lambda: see_devices(host, peers))
    step("scan", lambda: scan_with_separator(host, peers))
    step("weigh", lambda: weigh(host, peers))
    step("print", lambda: print_label(host, peers))
    step("paper", lambda: run_out_of_paper(host, peers))
    step("overrun", lambda: lose_key_events(host, peers))
    step("unplug", lambda: pull_the_plug(host, peers, gadget))
    step("replug", lambda: plug_again(host, peers, gadget))
    step("crash", lambda: {"has_crashed": host.supervisor.has_crashed})
    host.stop()
    step("twins", lambda: tell_twins_apart(host, peers, udcs[1]))
    step("uinput", lambda: scan_by_uinput(host, peers))
    say("done", {})


if __name__ == "__main__":
    main()
