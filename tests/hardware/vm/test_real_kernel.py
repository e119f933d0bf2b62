"""The device host against a real kernel: HID, serial and printer devices, pulled and plugged."""

from __future__ import annotations

import fcntl
import json
import pathlib
from typing import Any

import pytest

from tests.hardware.vm.machine import (
    MachineMissingError,
    build_image,
    fetch_kernel,
    make_command,
    run_until,
)

REPOSITORY = pathlib.Path(__file__).parents[3]
BOOT_TIMEOUT_S = 240.0
"""Under emulation on a busy machine; an idle one takes a quarter of it."""
WAIT_FOR_PLUG_S = 10.0
SEEN_WITHIN_S = 2.0
"""What a person at the register waits for."""

pytestmark = pytest.mark.vm
Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def told(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Told:
    """What the machine said of each step; it runs once, whichever workers have a test of it."""
    assert pytestconfig.cache is not None
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent  # xdist's word for no worker.
    console = shared / "vm-console"
    with (shared / "vm-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not console.exists():
            try:
                kernel = fetch_kernel(pytestconfig.cache.mkdir("debian-kernel"))
            except MachineMissingError as error:
                pytest.skip(f"no virtual machine: {error}")
            console.write_text(run_machine(kernel, tmp_path_factory.mktemp("vm")), "utf-8")
    text = console.read_text("utf-8")
    lines = [line.split(" ", 2) for line in text.splitlines() if line.startswith("STEP ")]
    told = {name: json.loads(values) for _step, name, values in lines}
    assert "done" in told, text[-4_000:]
    return told


def run_machine(kernel: pathlib.Path, folder: pathlib.Path) -> str:
    build_image(kernel, REPOSITORY, folder)
    command = make_command(kernel, folder / "guest.cpio")
    return run_until(command, "STEP done", BOOT_TIMEOUT_S)


def test_devices_are_opened_when_they_are_plugged_in(told: Told) -> None:
    assert told["plug"]["after_s"] < WAIT_FOR_PLUG_S


def test_each_port_of_a_device_is_found_under_its_serial_number(told: Told) -> None:
    assert told["see"]["names"] == ["usb:0c2e:0b61:SCN-TILL-01"]
    assert told["see"]["ports"] == ["event_node", "serial", "usb_printer"]
    assert told["see"]["languages"] == ["TSPL"]


def test_scan_keeps_its_separator(told: Told) -> None:
    assert told["scan"]["device_id"] == "scanner-1"
    assert (told["scan"]["text"], told["scan"]["symbology"]) == ("0169\x1d10A", "]C1")


def test_weight_comes_over_the_line(told: Told) -> None:
    assert told["weigh"]["weight_mg"] == 1_234_000


def test_label_comes_out_whole(told: Told) -> None:
    assert told["print"]["state"] in {"sent", "confirmed"}
    assert told["print"]["is_whole"]


def test_missing_paper_is_seen_in_time(told: Told) -> None:
    assert told["paper"]["code"] == "paper_out"
    assert told["paper"]["seen_after_s"] <= SEEN_WITHIN_S


def test_scan_that_the_kernel_cut_is_lost_whole_and_the_next_one_is_right(told: Told) -> None:
    assert told["overrun"]["lost"] == 1
    assert told["overrun"]["next_text"] == "555"


def test_pulled_devices_are_seen_in_time_and_leave_no_half_thing(told: Told) -> None:
    assert told["unplug"]["seen_after_s"] <= SEEN_WITHIN_S
    assert told["unplug"]["lost"] == 1
    assert told["unplug"]["job"] == "unknown"


def test_plugged_again_they_work_again(told: Told) -> None:
    assert told["replug"]["text"] == "4711"
    assert told["replug"]["weight_mg"] == 1_234_000
    assert told["crash"]["has_crashed"] is False


def test_two_scanners_with_one_serial_number_are_told_apart(told: Told) -> None:
    assert told["twins"]["texts"] == {"scanner-1": "111", "scanner-2": "222"}
    assert "by its path" in told["twins"]["fault"]


def test_scanner_of_uinput_is_read_and_its_end_seen(told: Told) -> None:
    assert told["uinput"]["text"] == "6901234567892"
    assert told["uinput"]["gone_after_s"] <= SEEN_WITHIN_S
