"""The device process's end of the link, against a real box that comes, goes and hangs."""

from __future__ import annotations

import logging
import pathlib
import threading
import uuid
from collections.abc import Iterator

import grpc
import pytest

from edge_agent.devices.link_client import LinkClient
from edge_agent.devices.link_health import LinkHealth
from edge_agent.devices.link_messages import SCAN_AGE_MAX_S, DeviceReport
from edge_agent.devices.link_place import LocalBox
from edge_agent.devices.reading_sender import READINGS_WAITING_MAX, ReadingSender
from hardware.clock import monotonic_ms
from hardware.driver import WELL
from hardware.host.device import DeviceState, DeviceStatus, Reading
from hardware.host.drivers import DRIVERS
from hardware.reading import Scan
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc
from tests.edge_agent.devices.recording_box import BUG, RecordingBox

SERIAL, KEYBOARD = DRIVERS["serial_scanner"], DRIVERS["keyboard_scanner"]
TOO_OLD_MS = SCAN_AGE_MAX_S * 1000


class Statuses:
    """Two devices whose states a test may change."""

    def __init__(self) -> None:
        self.state = DeviceState.READY

    def read(self) -> tuple[DeviceStatus, ...]:
        return (
            DeviceStatus("scan-1", SERIAL, self.state, monotonic_ms(), WELL, 7, 1, "e"),
            DeviceStatus("scan-2", KEYBOARD, DeviceState.ABSENT, 0),
        )


@pytest.fixture
def statuses() -> Statuses:
    return Statuses()


@pytest.fixture
def client(socket_path: pathlib.Path) -> Iterator[LinkClient]:
    """Give a client that is not started yet."""
    client = LinkClient(LocalBox(socket_path), clock=monotonic_ms)
    yield client
    client.stop()


def read_now(text: str, *, age_ms: int = 0, device_id: str = "scan-1") -> Reading:
    return Reading(device_id, Scan(text, "]E0"), monotonic_ms() - age_ms, reading_no=1)


def last_report(box: RecordingBox, device_id: str) -> DeviceReport:
    return {report.device_id: report for report in box.reports[-1]}[device_id]


def wait_for_dropped(box: RecordingBox, count: int) -> bool:
    return box.wait_for(
        lambda: bool(box.reports) and last_report(box, "scan-1").dropped_readings == count
    )


def test_readings_arrive_in_order_each_under_its_own_id(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.start()
    client.start(statuses.read)
    texts = [str(number) for number in range(READINGS_WAITING_MAX)]

    for text in texts:
        client.offer(read_now(text))

    assert box.wait_for_texts(*texts)
    assert len({scan.reading_id for scan in box.scans}) == len(texts)
    assert (box.scans[0].device_id, box.scans[0].symbology) == ("scan-1", "]E0")
    assert all(0 <= scan.age_ms < TOO_OLD_MS for scan in box.scans)


def test_refused_scan_does_not_stop_those_behind_it(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.refused_texts.add("404")
    box.start()
    client.start(statuses.read)

    client.offer(read_now("404"))
    client.offer(read_now("200"))

    assert box.wait_for_texts("404", "200")


def test_scan_waits_for_a_box_that_starts_in_time(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    client.start(statuses.read)
    client.offer(read_now("1"))

    box.start()

    assert box.wait_for_texts("1")


def test_scan_of_a_dead_minute_is_dropped_counted_and_reported(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    client.start(statuses.read)
    client.offer(read_now("old", age_ms=TOO_OLD_MS))
    box.start()
    assert wait_for_dropped(box, 1)

    client.offer(read_now("new"))

    assert box.wait_for_texts("new")
    assert last_report(box, "scan-2").dropped_readings == 0


def test_scan_is_given_up_when_the_box_hangs(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.gate.clear()
    box.start()
    client.start(statuses.read)

    client.offer(read_now("1", age_ms=TOO_OLD_MS - 200))

    assert wait_for_dropped(box, 1)


def test_scan_cut_off_in_the_box_is_repeated_under_the_same_id(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.gate.clear()
    box.start()
    client.start(statuses.read)
    client.offer(read_now("1"))
    assert box.wait_for(lambda: len(box.arrivals) == 1)

    box.stop_hard()
    box.start()

    assert box.wait_for(lambda: len(box.arrivals) == 2)
    box.gate.set()
    assert box.wait_for_texts("1")
    assert box.arrivals[0] == box.arrivals[1]
    assert len(box.scans) == 1


def test_scan_that_meets_a_bug_is_dropped_and_the_next_one_sent(
    box: RecordingBox,
    client: LinkClient,
    statuses: Statuses,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box.start()
    client.start(statuses.read)

    client.offer(read_now(BUG))
    client.offer(read_now("1"))

    assert box.wait_for_texts("1")
    assert wait_for_dropped(box, 1)
    assert len(box.arrivals) == 2
    assert [r.levelname for r in caplog.records if "was not taken" in r.getMessage()] == ["ERROR"]


def test_readings_beyond_the_queue_are_dropped(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    for number in range(READINGS_WAITING_MAX + 2):
        client.offer(read_now(str(number)))
    box.start()

    client.start(statuses.read)

    assert box.wait_for_texts(*[str(number) for number in range(READINGS_WAITING_MAX)])
    assert wait_for_dropped(box, 2)


def test_dropped_reading_asks_for_a_report(socket_path: pathlib.Path) -> None:
    dropped = threading.Event()
    with grpc.insecure_channel(f"unix:{socket_path}") as channel:
        stub = wire_grpc.DeviceLinkServiceStub(channel)
        sender = ReadingSender(
            stub, LinkHealth(), clock=monotonic_ms, new_reading_id=uuid.uuid4, on_drop=dropped.set
        )
        for _ in range(READINGS_WAITING_MAX):
            sender.offer(read_now("1"))
        assert not dropped.is_set()

        sender.offer(read_now("1"))

    assert dropped.is_set()


def test_devices_are_reported_as_they_are(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.start()

    client.start(statuses.read)

    assert box.wait_for_state("scan-1", DeviceState.READY)
    first, second = box.reports[0]
    assert (first.device_id, first.driver) == ("scan-1", "serial_scanner")
    assert (first.readings, first.lost_scans, first.last_error) == (7, 1, "e")
    assert 0 <= first.state_age_ms < second.state_age_ms
    assert (second.device_id, second.state) == ("scan-2", DeviceState.ABSENT)


def test_change_is_reported_at_once_and_life_from_time_to_time(
    box: RecordingBox, client: LinkClient, statuses: Statuses
) -> None:
    box.start()
    client.start(statuses.read)
    assert box.wait_for_state("scan-1", DeviceState.READY)

    statuses.state = DeviceState.FAULT
    client.note_change()

    assert box.wait_for_state("scan-1", DeviceState.FAULT)
    reports_before = len(box.reports)
    assert box.wait_for(lambda: len(box.reports) > reports_before)


def test_box_that_goes_and_comes_is_logged_once_each(
    box: RecordingBox,
    client: LinkClient,
    statuses: Statuses,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "edge_agent.devices.link_health")
    box.start()
    client.start(statuses.read)
    assert box.wait_for_state("scan-1", DeviceState.READY)

    box.stop()
    client.note_change()
    assert box.wait_for(lambda: len(caplog.records) == 1)
    statuses.state = DeviceState.FAULT
    box.start()

    assert box.wait_for_state("scan-1", DeviceState.FAULT)
    assert box.wait_for(lambda: len(caplog.records) == 2)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_stop_gives_up_the_call_to_a_box_that_hangs(
    box: RecordingBox,
    client: LinkClient,
    statuses: Statuses,
    caplog: pytest.LogCaptureFixture,
) -> None:
    box.gate.clear()
    box.start()
    client.start(statuses.read)
    client.offer(read_now("1"))
    assert box.wait_for(lambda: len(box.arrivals) == 1)

    client.stop()

    assert not any(thread.name == "reading-sender" for thread in threading.enumerate())
    assert not [record for record in caplog.records if "did not stop" in record.getMessage()]


def test_reading_ids_come_from_the_caller(
    box: RecordingBox, socket_path: pathlib.Path, statuses: Statuses
) -> None:
    box.start()
    client = LinkClient(
        LocalBox(socket_path), clock=monotonic_ms, new_reading_id=lambda: uuid.UUID(int=9)
    )
    client.start(statuses.read)

    client.offer(read_now("1"))

    assert box.wait_for_texts("1")
    assert box.scans[0].reading_id == uuid.UUID(int=9)
    client.stop()


def test_box_knows_who_is_there_until_the_process_is_gone(
    box: RecordingBox, client: LinkClient
) -> None:
    box.start()
    client.start(tuple)
    assert box.wait_for(lambda: len(box.attending) == 1)

    client.stop()

    assert box.wait_for(lambda: box.attending == [])


def test_box_that_comes_back_is_attended_anew(box: RecordingBox, client: LinkClient) -> None:
    box.start()
    client.start(tuple)
    assert box.wait_for(lambda: len(box.attending) == 1)
    box.stop()
    assert box.attending == []
    box.start()

    assert box.wait_for(lambda: len(box.attending) == 1)
