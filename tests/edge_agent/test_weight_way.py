"""From the pan to the line: the real application, device process, scale and scanner on ptys."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import pathlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from edge_agent.api.app import make_app
from edge_agent.api.shop import Line, Shop
from edge_agent.devices.device_process import run_device_process
from edge_agent.devices.device_setup import DeviceConfig, DeviceProcessConfig
from edge_agent.devices.floor_link import FloorLink, JobBell
from edge_agent.devices.link_place import LocalBox
from edge_agent.devices.link_server import LinkServer
from edge_agent.store.writer import Writer
from hardware.clock import monotonic_ms
from hardware.reading import WeightState
from hardware.sim.scale import SimulatedScale
from hardware.sim.serial_scanner import SimulatedSerialScanner
from tests.edge_agent.shop_setup import (
    APPLES,
    COLA,
    COLA_CODE,
    KEY,
    SCALE,
    SCANNER,
    TOKEN,
    make_box,
    make_clock,
    open_box,
)
from tests.edge_agent.till import Answer, Till

WAIT_S = 20.0


@dataclasses.dataclass(slots=True)
class Counter:
    """A register with a scale and a scanner."""

    till: Till
    shop: Shop
    scale: SimulatedScale
    scanner: SimulatedSerialScanner

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        give_up_at = time.monotonic() + WAIT_S
        while not condition():
            if time.monotonic() > give_up_at:
                return False
            time.sleep(0.02)
        return True

    def wait_for_state(self, device_id: str, state: str) -> bool:
        def is_so() -> bool:
            return {d.device_id: d.state for d in self.shop.status().devices}.get(
                device_id
            ) == state

        return self.wait_for(is_so)

    def lines(self) -> list[dict[str, Any]]:
        with self.till.open_page() as (_socket, snapshot):
            found: list[dict[str, Any]] = snapshot["state"]["lines"]
        return found

    def add(self, item_id: int) -> dict[str, Any]:
        """Choose an item; the scale says how much."""
        return self.till.do("add_item", item_id=item_id, quantity_milli=0)

    def refusal(self) -> str:
        refusal = self.add(APPLES)["refusal"]
        return "" if refusal is None else str(refusal["code"])

    def add_until_done(self, item_id: int) -> bool:
        """Choose an item until the scale is sure, as a cashier does."""
        return self.wait_for(lambda: self.add(item_id)["outcome"] == "done")


@pytest.fixture
def counter(database: str, tmp_path: pathlib.Path) -> Iterator[Counter]:
    open_box(database).close()
    scale = SimulatedScale(tmp_path / "scale", "mtsics")
    scanner = SimulatedSerialScanner(tmp_path / "scanner")
    scale.plug()
    scanner.plug()
    config = DeviceProcessConfig(
        (
            DeviceConfig(SCALE, "mtsics", str(scale.path)),
            DeviceConfig(SCANNER, "serial_scanner", str(scanner.path)),
        ),
        LocalBox(tmp_path / "device.sock"),
        tmp_path / "spool.sqlite",
        uuid.UUID(int=1),
    )
    stop = threading.Event()
    process = threading.Thread(target=run_device_process, args=(config, stop))
    with contextlib.ExitStack() as stack:
        stack.callback(scale.close)
        stack.callback(scanner.close)
        writer = stack.enter_context(contextlib.closing(Writer(database)))
        # Weights grow old by the real clock.
        clock = dataclasses.replace(make_clock(), monotonic_ms=monotonic_ms)
        shop = Shop(make_box(clock), writer, "1001", Line(lambda: False, str, lambda: None), KEY)
        client = stack.enter_context(TestClient(make_app(shop), base_url="http://box"))
        assert client.portal is not None
        loop = client.portal.call(get_loop)
        bell = JobBell()
        shop.jobs_grew = bell.ring
        floor = FloorLink(shop, shop.box, writer, bell, loop)
        server = LinkServer(tmp_path / "device.sock", floor.handlers())
        server.start()
        stack.callback(server.stop)
        process.start()
        stack.callback(process.join, WAIT_S)
        stack.callback(stop.set)
        counter = Counter(Till(client, shop, "1", TOKEN), shop, scale, scanner)
        assert counter.wait_for_state(SCALE, "ready")
        assert counter.wait_for_state(SCANNER, "ready")
        yield counter
    assert not process.is_alive()


async def get_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def test_weight_on_the_pan_is_what_the_line_sells(counter: Counter) -> None:
    counter.scale.voice.put(1_235_000)

    assert counter.add_until_done(APPLES)

    (line,) = counter.lines()
    assert (line["quantity_milli"], line["amount_fen"]) == (1_235, 1_480)
    assert counter.refusal() == "weight_used"


def test_moving_pan_sells_nothing_and_never_a_zero(counter: Counter) -> None:
    counter.scale.voice.put(900_000, WeightState.MOTION)
    assert counter.wait_for(lambda: counter.refusal() == "weight_not_stable")

    assert counter.lines() == []


def test_pulled_scale_is_seen_and_the_register_sells_on(counter: Counter) -> None:
    counter.scale.voice.put(1_235_000)
    counter.scale.unplug()
    assert counter.wait_for_state(SCALE, "absent")
    assert counter.wait_for(lambda: counter.refusal() == "scale_away")
    counter.scanner.scan(COLA_CODE)
    assert counter.wait_for(lambda: len(counter.lines()) == 1)
    counter.scale.plug()
    assert counter.wait_for_state(SCALE, "ready")
    assert counter.add_until_done(APPLES)

    quantities = {line["item_id"]: line["quantity_milli"] for line in counter.lines()}
    assert quantities == {COLA: 1_000, APPLES: 1_235}


def order(counter: Counter, command: str) -> Answer:
    return counter.till.write("/scale-orders", command=command)


def test_tare_that_the_till_orders_comes_off_the_next_weight(counter: Counter) -> None:
    counter.scale.voice.put(235_000)  # An empty bowl.
    assert order(counter, "tare")["kind"] == "scale"
    assert counter.wait_for(lambda: counter.scale.voice.pan.tare_mg == 235_000)
    counter.scale.voice.put(1_235_000)

    assert counter.add_until_done(APPLES)

    assert [line["quantity_milli"] for line in counter.lines()] == [1_000]
    order(counter, "clear_tare")
    assert counter.wait_for(lambda: counter.scale.voice.pan.tare_mg == 0)


def test_order_that_reached_no_scale_is_over_and_never_done_later(counter: Counter) -> None:
    counter.scale.voice.put(235_000)
    counter.scale.unplug()
    assert counter.wait_for_state(SCALE, "absent")
    job_id = order(counter, "tare")["job_id"]

    def state() -> str:
        jobs = counter.till.get_of_store("/registers/1/print-jobs")
        return next(str(job["state"]) for job in jobs if job["job_id"] == job_id)

    assert counter.wait_for(lambda: state() == "expired")
    counter.scale.plug()
    assert counter.wait_for_state(SCALE, "ready")
    assert counter.scale.voice.pan.tare_mg == 0


def test_unknown_order_is_refused(counter: Counter) -> None:
    assert order(counter, "calibrate")["code"] == "bad_request"


def test_page_of_devices_tells_what_was_read_and_what_came_of_it(counter: Counter) -> None:
    counter.scanner.scan(COLA_CODE)
    counter.scanner.scan("4711")
    assert counter.wait_for(lambda: len(counter.shop.log.read()) == 2)

    shown = counter.till.get_of_store("/devices")

    scans = [(scan["text"], scan["register_no"], scan["refusal_code"]) for scan in shown["scans"]]
    assert scans == [("4711", "1", "unknown_barcode"), (COLA_CODE, "1", "")]
    (scale,) = [d for d in shown["devices"] if d["device_id"] == SCALE]
    assert scale["capabilities"] == ["clear_tare", "tare", "zero"]
