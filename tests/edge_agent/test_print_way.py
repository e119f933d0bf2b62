"""From a sale at the till to paper: the real application, device process, printers on TCP."""

from __future__ import annotations

import asyncio
import contextlib
import io
import pathlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zxingcpp
from fastapi.testclient import TestClient
from PIL import Image

from edge_agent.api.app import make_app
from edge_agent.api.shop import Line, Shop
from edge_agent.devices.device_process import run_device_process
from edge_agent.devices.device_setup import DeviceConfig, DeviceProcessConfig
from edge_agent.devices.floor_link import FloorLink, JobBell
from edge_agent.devices.link_place import LocalBox
from edge_agent.devices.link_server import LinkServer
from edge_agent.store import devices
from edge_agent.store.database import write_transaction
from edge_agent.store.writer import Writer
from hardware.driver import Role
from hardware.printer.bitmap import Bitmap
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.label_printers import TsplPrinter
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import TcpPrinterLine
from retail_domain.trade.sale_code import parse_sale_code
from tests.edge_agent.shop_setup import COLA, COLA_CODE, KEY, PRINTER, TOKEN, make_box, open_box
from tests.edge_agent.till import CASH, Answer, Till

WAIT_S = 20.0
LABEL_PRINTER = "labels-1"
BOOT = uuid.UUID(int=1)


class ShopFloor:
    """A store with a receipt printer and a label printer; its device process may come and go."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.receipts, self.labels = EscposPrinter(PrinterFaults()), TsplPrinter(PrinterFaults())
        self.lines = TcpPrinterLine(self.receipts), TcpPrinterLine(self.labels)
        self.till: Till
        self.shop: Shop
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start_devices(self) -> None:
        receipts, labels = (line.address for line in self.lines)
        config = DeviceProcessConfig(
            (
                DeviceConfig(PRINTER, "escpos", receipts),
                DeviceConfig(LABEL_PRINTER, "tspl", labels),
            ),
            LocalBox(self.folder / "device.sock"),
            self.folder / "spool.sqlite",
            BOOT,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=run_device_process, args=(config, self._stop))
        self._thread.start()

    def stop_devices(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S)
            assert not self._thread.is_alive()
        self._thread = None

    def sell(self, tenders: object = CASH) -> Answer:
        self.till.do("scan", code=COLA_CODE)
        receipt: Answer = self.till.do("pay", tenders=tenders)["receipt"]
        return receipt

    def jobs(self) -> list[Answer]:
        found: Any = self.till.get("/api/registers/1/print-jobs")
        assert isinstance(found, list), found
        return found

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        give_up_at = time.monotonic() + WAIT_S
        while not condition():
            if time.monotonic() > give_up_at:
                return False
            time.sleep(0.02)
        return True

    def wait_for_state(self, kind: str, *states: str) -> bool:
        """Wait until the newest job of a kind is in one of the states."""
        return self.wait_for(
            lambda: next((j["state"] for j in self.jobs() if j["kind"] == kind), "") in states
        )


@pytest.fixture
def floor(database: str, tmp_path: pathlib.Path) -> Iterator[ShopFloor]:
    floor = ShopFloor(tmp_path)
    with contextlib.closing(open_box(database)) as db, write_transaction(db):
        binding = devices.Binding(LABEL_PRINTER, Role.LABEL_PRINTER.value, "1")
        devices.bind(db, binding, changed_by="it", changed_at_ms=1)
    with contextlib.ExitStack() as stack:
        for line in floor.lines:
            stack.callback(line.close)
        writer = stack.enter_context(contextlib.closing(Writer(database)))
        shop = floor.shop = Shop(
            make_box(), writer, "1001", Line(lambda: False, str, lambda: None), KEY
        )
        client = stack.enter_context(TestClient(make_app(shop), base_url="http://box"))
        floor.till = Till(client, shop, "1", TOKEN)
        assert client.portal is not None
        loop = client.portal.call(get_loop)
        bell = JobBell()
        shop.jobs_grew = bell.ring
        link = FloorLink(shop, shop.box, writer, bell, loop)
        server = LinkServer(tmp_path / "device.sock", link.handlers())
        server.start()
        stack.callback(server.stop)
        stack.callback(floor.stop_devices)
        yield floor


async def get_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


def read_code(sheet: Bitmap) -> str:
    picture = Image.open(io.BytesIO(sheet.to_png())).convert("L")
    (found,) = zxingcpp.read_barcodes(picture)
    text: str = found.text
    return text


def test_sale_is_printed_after_its_commit_and_its_code_names_it(floor: ShopFloor) -> None:
    floor.start_devices()

    receipt = floor.sell()

    assert floor.wait_for_state("receipt", "confirmed")
    (sheet,) = floor.receipts.paper.sheets
    assert parse_sale_code(read_code(sheet)) == uuid.UUID(receipt["fact_id"])
    assert floor.receipts.kicks == [2]
    assert floor.receipts.junk == 0


def test_printer_that_is_not_there_does_not_keep_the_till_from_selling(floor: ShopFloor) -> None:
    receipts = [floor.sell() for _ in range(3)]

    assert [receipt["receipt_no"] for receipt in receipts] == [1, 2, 3]
    assert [job["state"] for job in floor.jobs()] == ["waiting"] * 6

    floor.start_devices()
    assert floor.wait_for(lambda: len(floor.receipts.paper.sheets) == 3)


def test_empty_paper_is_shown_at_the_register_and_the_receipt_comes_with_the_new_roll(
    floor: ShopFloor,
) -> None:
    floor.receipts.faults.paper_out = True
    floor.start_devices()
    receipt = floor.sell()

    def is_told() -> bool:
        found = {d.device_id: d.health_code for d in floor.shop.status().devices}
        return found.get(PRINTER) == "paper_out"

    assert floor.wait_for(is_told)
    assert floor.receipts.paper.sheets == []
    assert floor.sell()["receipt_no"] == 2

    floor.receipts.faults.paper_out = False
    assert floor.wait_for(lambda: len(floor.receipts.paper.sheets) == 2)
    assert parse_sale_code(read_code(floor.receipts.paper.sheets[0])) == uuid.UUID(
        receipt["fact_id"]
    )


def test_receipt_whose_line_was_cut_is_unknown_and_comes_again_only_as_a_copy(
    floor: ShopFloor,
) -> None:
    floor.receipts.faults.leaves_after_bytes = 9_000
    floor.start_devices()
    with floor.till.open_page() as (socket, _snapshot):
        receipt = floor.sell([{"kind": "card", "amount_fen": 300}])

        assert floor.wait_for_state("receipt", "unknown")
        told = [socket.receive_json() for _ in range(2)]
        while told[-1]["kind"] != "notice":
            assert len(told) < 20, told
            told.append(socket.receive_json())
    assert told[-1]["notice"]["code"] == "not_printed"
    assert floor.receipts.paper.sheets == []

    floor.till.write(f"/receipts/{receipt['fact_id']}/print")

    assert floor.wait_for(lambda: len(floor.receipts.paper.sheets) == 1)
    assert floor.wait_for_state("receipt", "confirmed")
    assert [job["state"] for job in floor.jobs()] == ["confirmed", "unknown"]


def test_device_process_that_ends_in_the_middle_prints_no_receipt_twice(floor: ShopFloor) -> None:
    floor.receipts.faults.bytes_per_s = 20_000
    floor.start_devices()
    floor.sell([{"kind": "card", "amount_fen": 300}])
    assert floor.wait_for_state("receipt", "sending")

    floor.stop_devices()
    floor.receipts.faults.bytes_per_s = None
    floor.start_devices()

    assert floor.wait_for_state("receipt", "unknown")
    assert floor.sell([{"kind": "card", "amount_fen": 300}])
    assert floor.wait_for_state("receipt", "confirmed")
    # What the line had swallowed may have come out: that is why a person looks.
    codes = [read_code(sheet) for sheet in floor.receipts.paper.sheets]
    assert len(set(codes)) == len(codes)


def test_labels_are_printed_as_previewed_and_each_as_often_as_wished(floor: ShopFloor) -> None:
    floor.start_devices()
    wish: Answer = {"template_id": "shelf", "labels": [{"item_id": COLA, "copies": 3}]}

    job = floor.till.write("/labels", **wish)

    assert job["state"] == "waiting"
    assert floor.wait_for_state("label", "sent", "confirmed")
    sheets = floor.labels.paper.sheets
    assert len(sheets) == 3
    assert read_code(sheets[0]) == COLA_CODE
    assert preview(floor, wish) == sheets[0]


def preview(floor: ShopFloor, wish: Answer) -> Bitmap:
    """The preview's dots."""
    answer = floor.till.fetch("/labels/preview", wish)
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    inverse = bytes(255 - value for value in picture.tobytes())
    return Bitmap(picture.width, picture.height, inverse)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"template_id": "shelf", "labels": []}, "no_labels"),
        ({"template_id": "wall", "labels": [{"item_id": COLA}]}, "unknown_template"),
        ({"template_id": "shelf", "labels": [{"item_id": 4_711}]}, "unknown_item"),
        (
            {"template_id": "shelf", "labels": [{"item_id": COLA, "copies": 300}] * 2},
            "too_many_labels",
        ),
        ({"template_id": "shelf", "labels": [{"item_id": COLA, "copies": 0}]}, "bad_request"),
    ],
)
def test_labels_that_can_not_be_are_refused(floor: ShopFloor, wish: Answer, code: str) -> None:
    assert floor.till.write("/labels", **wish)["code"] == code
    assert floor.jobs() == []
