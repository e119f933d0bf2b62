"""Tills on the network: let in by certificate, for the devices of their own register only."""

from __future__ import annotations

import dataclasses
import pathlib
import threading
import uuid
from collections.abc import Iterator

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate, load_pem_x509_certificate

from edge_agent.devices import link_codec
from edge_agent.devices.device_process import run_device_process
from edge_agent.devices.device_setup import DeviceConfig, DeviceProcessConfig
from edge_agent.devices.link_messages import ScanSubmitted
from edge_agent.devices.link_place import LocalBox, Papers, RemoteBox, TillDoor
from hardware.host.device import DeviceState
from hardware.sim.serial_scanner import SimulatedSerialScanner
from hq_hub.services import certificates
from hq_hub.services.certificates import Authority, TillName
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc
from tests.edge_agent.devices.recording_box import WAIT_S, RecordingBox
from tests.retail_domain.builders import NOON

CHAIN, STORE = "test-chain", "S001"
BOOT_ID = uuid.UUID(int=3)


def pem_of(key: ec.EllipticCurvePrivateKey, certificate: Certificate, ca: Authority) -> Papers:
    return Papers(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate.public_bytes(serialization.Encoding.PEM),
        ca.certificate_pem.encode(),
    )


def issue_till(
    ca: Authority, register_no: str, *, store: str = STORE, chain: str = CHAIN
) -> Papers:
    key = ec.generate_private_key(ec.SECP256R1())
    name = TillName(chain, store, register_no)
    return pem_of(key, certificates.issue_till(ca, key.public_key(), name, NOON), ca)


@pytest.fixture
def ca() -> Authority:
    return certificates.make_authority(CHAIN, NOON)


@pytest.fixture
def open_box(box: RecordingBox, ca: Authority) -> RecordingBox:
    """Give a box that lets tills in; scanner-1 belongs to register 1, scanner-2 to register 2."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certificates.issue_box_server(ca, key.public_key(), STORE, ["box.store"], NOON)
    box.door = TillDoor("127.0.0.1:0", pem_of(key, certificate, ca), CHAIN, STORE)
    box.registers = {"scanner-1": "1", "scanner-2": "2"}
    box.start()
    return box


def submit(box: RecordingBox, papers: Papers, device_id: str) -> None:
    scan = ScanSubmitted(uuid.uuid4(), device_id, "6901234567892", "]E0", 0)
    with RemoteBox(f"localhost:{box.till_port}", papers).open_channel() as channel:
        stub = wire_grpc.DeviceLinkServiceStub(channel)
        stub.SubmitReading(link_codec.encode_scan(scan), timeout=WAIT_S)


@pytest.fixture
def scanner(tmp_path: pathlib.Path) -> Iterator[SimulatedSerialScanner]:
    scanner = SimulatedSerialScanner(tmp_path / "scanner-2")
    scanner.plug()
    yield scanner
    scanner.close()


def test_till_scans_at_its_register(
    open_box: RecordingBox, ca: Authority, scanner: SimulatedSerialScanner, tmp_path: pathlib.Path
) -> None:
    place = RemoteBox(f"localhost:{open_box.till_port}", issue_till(ca, "2"))
    device = DeviceConfig("scanner-2", "serial_scanner", str(scanner.path))
    config = DeviceProcessConfig((device,), place, tmp_path / "spool.sqlite", BOOT_ID)
    stop = threading.Event()
    till = threading.Thread(target=run_device_process, args=(config, stop))
    till.start()

    assert open_box.wait_for_state("scanner-2", DeviceState.READY)
    scanner.scan("6901234567892")

    assert open_box.wait_for_texts("6901234567892")
    stop.set()
    till.join(WAIT_S)
    assert not till.is_alive()


def test_till_does_not_speak_for_another_register(open_box: RecordingBox, ca: Authority) -> None:
    with pytest.raises(grpc.RpcError) as error:
        submit(open_box, issue_till(ca, "2"), "scanner-1")

    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert open_box.arrivals == []


def test_device_that_is_not_bound_yet_may_be_reported(
    open_box: RecordingBox, ca: Authority
) -> None:
    submit(open_box, issue_till(ca, "2"), "scanner-3")

    assert len(open_box.arrivals) == 1


@pytest.mark.parametrize(("store", "chain"), [("S002", CHAIN), (STORE, "other-chain")])
def test_till_of_another_store_or_chain_is_refused(
    open_box: RecordingBox, ca: Authority, store: str, chain: str
) -> None:
    with pytest.raises(grpc.RpcError) as error:
        submit(open_box, issue_till(ca, "2", store=store, chain=chain), "scanner-2")

    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED


def test_certificate_of_another_authority_does_not_get_in(
    open_box: RecordingBox, ca: Authority
) -> None:
    stranger = issue_till(certificates.make_authority(CHAIN, NOON), "2")
    papers = dataclasses.replace(stranger, ca_pem=ca.certificate_pem.encode())

    with pytest.raises(grpc.RpcError) as error:
        submit(open_box, papers, "scanner-2")

    assert error.value.code() is grpc.StatusCode.UNAVAILABLE
    assert open_box.arrivals == []


def test_till_whose_certificate_was_taken_back_is_shut_out_and_counts_as_gone(
    open_box: RecordingBox, ca: Authority, scanner: SimulatedSerialScanner, tmp_path: pathlib.Path
) -> None:
    papers, kept = issue_till(ca, "2"), issue_till(ca, "2")
    device = DeviceConfig("scanner-2", "serial_scanner", str(scanner.path))
    place = RemoteBox(f"localhost:{open_box.till_port}", papers)
    config = DeviceProcessConfig((device,), place, tmp_path / "spool.sqlite", BOOT_ID)
    stop = threading.Event()
    till = threading.Thread(target=run_device_process, args=(config, stop))
    till.start()
    assert open_box.wait_for_state("scanner-2", DeviceState.READY)
    assert open_box.wait_for(lambda: len(open_box.attending) == 1)

    certificate = load_pem_x509_certificate(papers.certificate_pem)
    open_box.revoked.add(certificates.fingerprint(certificate))

    assert open_box.wait_for(lambda: open_box.attending == [])
    with pytest.raises(grpc.RpcError) as error:
        submit(open_box, papers, "scanner-2")
    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert open_box.texts == []
    submit(open_box, kept, "scanner-2")
    assert len(open_box.texts) == 1
    stop.set()
    till.join(WAIT_S)


def test_box_without_a_door_listens_on_its_socket_only(
    box: RecordingBox, socket_path: pathlib.Path
) -> None:
    box.start()

    assert box.till_port == 0
    with LocalBox(socket_path).open_channel() as channel:
        stub = wire_grpc.DeviceLinkServiceStub(channel)
        scan = ScanSubmitted(uuid.uuid4(), "scanner-1", "1", "", 0)
        stub.SubmitReading(link_codec.encode_scan(scan), timeout=WAIT_S)
    assert box.texts == ["1"]
