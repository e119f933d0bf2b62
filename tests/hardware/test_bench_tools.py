"""The bench tools over ptys and TCP: what they say, and how they end."""

from __future__ import annotations

import pathlib
import threading
from collections.abc import Iterator

import pytest

from hardware.host.capture import load_capture
from hardware.host.drivers import DRIVERS
from hardware.scanner.calibration import LAYOUT_TEXT, SEPARATOR_TEXT
from hardware.scanner.scan import Suffix
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.keyboard_scanner import pack_events, type_scan
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import TcpPrinterLine
from hardware.sim.scale import SimulatedScale
from hardware.sim.serial_scanner import SimulatedSerialScanner
from hardware.tools import finding
from hardware.tools.command import EXIT_REFUSED, run

LINE = ("--line", "9600 8N1")
"""A pty knows no parity."""
KEYBOARD_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


class Said:
    """What a tool told the person."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)

    def has(self, words: str) -> bool:
        return any(words in line for line in self.lines)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def scale(tmp_path: pathlib.Path) -> Iterator[SimulatedScale]:
    scale = SimulatedScale(tmp_path / "scale", "cas22")
    scale.plug()
    scale.voice.put(1_235_000)
    yield scale
    scale.close()


@pytest.fixture
def printer() -> Iterator[tuple[EscposPrinter, str]]:
    printer = EscposPrinter(PrinterFaults())
    line = TcpPrinterLine(printer)
    yield printer, line.address
    line.close()


def test_list_names_what_is_plugged_in(said: Said, tmp_path: pathlib.Path) -> None:
    usb = tmp_path / "devices" / "usb1" / "1-2"
    node = usb / "1-2:1.0" / "input" / "event7"
    (node / "device" / "capabilities").mkdir(parents=True)
    (node / "device" / "capabilities" / "key").write_text(KEYBOARD_KEYS)
    (node / "device" / "name").write_text("Honeywell Scanner")
    for name, text in {"idVendor": "0c2e", "idProduct": "0b61", "serial": "S1"}.items():
        (usb / name).write_text(text)
    (tmp_path / "class" / "input").mkdir(parents=True)
    (tmp_path / "class" / "input" / "event7").symlink_to(node)

    assert finding.list_devices(said, tmp_path) == 0

    assert said.lines == [
        "usb:0c2e:0b61:S1  /dev/input/event7  Honeywell Scanner  perhaps keyboard_scanner (60)"
        "  in socket 1-2"
    ]


def test_machine_with_nothing_says_so(said: Said, tmp_path: pathlib.Path) -> None:
    assert finding.list_devices(said, tmp_path) == 0
    assert finding.watch_plugs(said, 0.0, tmp_path) == 1

    assert said.has("nothing is plugged in")


def test_drivers_are_listed_with_what_can_be_set(said: Said) -> None:
    assert run(["drivers"], said) == 0

    assert said.has("suffix = cr | lf")
    assert said.has("toledo8217")


def test_identify_finds_the_protocol_of_a_scale(
    said: Said, scale: SimulatedScale, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = ("cas22", "jcsb6")
    drivers = {kind: DRIVERS[kind] for kind in kinds}
    monkeypatch.setattr(finding, "DRIVERS", drivers)

    assert finding.identify(said, str(scale.path), ask_s=1.0) == 0

    assert said.lines == ["cas22: understood", "jcsb6: nothing that it knows"]


def test_scanner_does_not_speak_of_itself(said: Said) -> None:
    assert run(["identify", "/dev/input/by-id/usb-kbd"], said) == EXIT_REFUSED


def test_sniffed_bytes_are_shown_and_can_be_learned(
    said: Said, scale: SimulatedScale, tmp_path: pathlib.Path
) -> None:
    capture = tmp_path / "scale.capture"

    sniffed = run(["sniff", str(scale.path), "--seconds", "1.5", "--to", str(capture)], said)

    assert sniffed == 0
    assert said.has("53 54 2c")  # ST,
    assert load_capture(capture.read_text("ascii"))
    assert run(["learn", str(capture)], said) == 0
    assert said.has('kind = "cas22"')


def test_settings_of_a_serial_scanner_are_learned_from_the_sheet(
    said: Said, tmp_path: pathlib.Path
) -> None:
    scanner = SimulatedSerialScanner(tmp_path / "scanner", Suffix.TAB)
    scanner.plug()
    capture = tmp_path / "scanner.capture"

    def scan_the_sheet() -> None:
        for text in (LAYOUT_TEXT, SEPARATOR_TEXT):
            threading.Event().wait(0.8)
            scanner.scan(text)

    person = threading.Thread(target=scan_the_sheet)
    person.start()
    assert run(["sniff", str(scanner.path), "--seconds", "3", "--to", str(capture)], said) == 0
    person.join()
    scanner.close()

    assert run(["learn", str(capture)], said) == 0
    assert said.has('suffix = "tab"')
    assert said.has("AIM identifier")


def test_settings_of_a_keyboard_scanner_are_learned_from_the_sheet(
    said: Said, tmp_path: pathlib.Path
) -> None:
    keys = [*type_scan(LAYOUT_TEXT, Suffix.ENTER), *type_scan(SEPARATOR_TEXT, Suffix.ENTER)]
    capture = tmp_path / "scanner.capture"
    capture.write_text(f"0 < {pack_events(keys).hex()}\n")

    assert run(["learn", str(capture)], said) == 0

    assert said.has('layout = "us"')
    assert said.has('suffix = "enter"')


@pytest.mark.parametrize(("text", "status"), [("0 < ff00ff00\n", 1), ("no capture", 2)])
def test_capture_of_nothing_known_is_said(
    said: Said, tmp_path: pathlib.Path, text: str, status: int
) -> None:
    capture = tmp_path / "capture"
    capture.write_text(text)

    assert run(["learn", str(capture)], said) == status


def test_selftest_shows_weights_and_says_well(said: Said, scale: SimulatedScale) -> None:
    tested = run(["selftest", str(scale.path), "cas22", *LINE, "--seconds", "2"], said)

    assert tested == 0
    assert said.has("weight 1.235000 kg stable")
    assert said.lines[-1] == "well"


def test_selftest_with_the_wrong_driver_is_not_well(said: Said, scale: SimulatedScale) -> None:
    tested = run(["selftest", str(scale.path), "jcsb6", "--seconds", "3.5"], said)

    assert tested == 1
    assert said.has("unreadable") or said.has("no_answer")


@pytest.mark.parametrize(
    "words",
    [
        ["selftest", "/dev/null", "telepath"],
        ["selftest", "/dev/null", "cas22", "--option", "suffix=cr"],
        ["selftest", "/dev/null", "cas22", "--option", "suffix"],
        ["print-test", "/dev/null", "cas22"],
        ["sniff", "/dev/serial/by-id/none"],
        ["sniff", "usb:0000:0000:none"],
    ],
)
def test_what_can_not_be_tried_is_a_sentence(said: Said, words: list[str]) -> None:
    assert run(words, said) == EXIT_REFUSED

    assert len(said.lines) >= 1


def test_test_page_comes_out(
    said: Said, printer: tuple[EscposPrinter, str], tmp_path: pathlib.Path
) -> None:
    paper, address = printer
    preview = tmp_path / "preview.png"

    printed = run(["print-test", address, "escpos", "--preview", str(preview)], said)

    assert printed == 0
    assert preview.read_bytes().startswith(b"\x89PNG")
    assert len(paper.paper.sheets) == 1
    assert said.has("confirmed")


def test_printer_without_paper_is_not_printed_on(
    said: Said, printer: tuple[EscposPrinter, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.tools.trying.PRINT_S", 2.5)
    paper, address = printer
    paper.faults.paper_out = True

    assert run(["print-test", address, "escpos"], said) == 1

    assert said.has("paper_out")
    assert said.lines[-1] == "NOT PRINTED"
