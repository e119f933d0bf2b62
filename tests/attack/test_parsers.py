"""Every parser of bytes from outside: it reads or refuses in its own words, whatever it gets."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import io
import pathlib
from collections.abc import Callable

import hypothesis
import pyarrow
import pyarrow.parquet
import pytest
from google.protobuf.message import DecodeError
from hypothesis import strategies as st

from deploy.demo.trade_file import read_trade
from deploy.demo.trade_line import COLUMNS
from edge_agent import config as box_config
from edge_agent.devices import link_codec
from edge_agent.devices.link_codec import LinkFormatError
from hardware.scale.protocol import ScaleProtocol
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.regex_profile import NAMED
from hardware.scanner.keyboard_wedge import SUFFIX_USAGES, KeyboardWedge
from hardware.scanner.scan import SCAN_CHARACTERS_MAX, Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES, SerialLine
from hq_hub import config as hub_config
from hq_hub.services import batch_rules
from hq_hub.services.batch_rules import Reason, SoundBatch
from protos import claim, codec, day_certificate, fact_view, topics
from protos.codec import MalformedFactError, NewerFactError
from protos.liushui.v1 import device_link_pb2, sync_pb2
from retail_domain.catalog.quantity import parse_quantity_milli
from retail_domain.catalog.scale_label import ScaleLabel
from retail_domain.catalog.scanned_code import read_code
from retail_domain.errors import RetailError
from tests.attack.hostile_bytes import TOML_VALUES, hostile_bytes, hostile_texts
from tests.attack.hostile_facts import ALL_CASES
from tests.protos import golden
from tests.retail_domain.fact_builders import make_day_close

FACTS = [codec.encode_fact(golden.make_fact(case)) for case in ALL_CASES]
BATCH = sync_pb2.SyncBatch(
    store="S001", box_id="B1", epoch=1, first_seq=1, last_seq=2, head=bytes(32), bodies=FACTS[:2]
).SerializeToString()
HELLO = sync_pb2.Hello(store="S001", box_id="B1", tail_seq=7, boot_id=bytes(16)).SerializeToString()
SCAN = device_link_pb2.SubmitReadingRequest(
    reading_id=bytes(16), device_id="scanner-1", text="9521234567899", symbology="]E0"
).SerializeToString()
REPORT = device_link_pb2.ReportDevicesRequest(
    devices=[
        device_link_pb2.DeviceReport(
            device_id="scanner-1",
            driver="serial_scanner",
            role="DEVICE_ROLE_SCANNER",
            state="DEVICE_STATE_ABSENT",
        )
    ]
).SerializeToString()
CERTIFICATE = day_certificate.encode_certificate(make_day_close().certificate)
CODES = (
    "9521234567899",
    "]C10109521234567896172611301015LOT\x1d",
    "2112345001234",
    "2800012345678",
)
DEEP = b"\x0b" * 20_000
"""Groups inside groups: a parser that follows them runs out of stack."""


def check_batch(content: bytes) -> None:
    parsed = batch_rules.parse_batch(content)
    if not isinstance(parsed, Reason):
        assert isinstance(batch_rules.check_history(parsed), Reason | SoundBatch)


@dataclasses.dataclass(frozen=True)
class Parser:
    """One of them."""

    name: str
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()
    seeds: tuple[bytes, ...] = ()


PARSERS = (
    Parser("fact", codec.decode_fact, (MalformedFactError, NewerFactError), tuple(FACTS)),
    Parser("place of a fact", codec.read_position, (MalformedFactError,), tuple(FACTS)),
    Parser("view of a fact", fact_view.view_fact, (), tuple(FACTS)),
    Parser("batch", check_batch, (), (BATCH,)),
    Parser("hello", batch_rules.parse_hello, (), (HELLO,)),
    Parser("day certificate", day_certificate.decode_certificate, (ValueError,), (CERTIFICATE,)),
    Parser(
        "scan from the device process",
        lambda data: link_codec.decode_scan(device_link_pb2.SubmitReadingRequest.FromString(data)),
        (LinkFormatError, DecodeError),
        (SCAN,),
    ),
    Parser(
        "report of the device process",
        lambda data: link_codec.decode_reports(
            device_link_pb2.ReportDevicesRequest.FromString(data)
        ),
        (LinkFormatError, DecodeError),
        (REPORT,),
    ),
)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_parser_reads_or_refuses_any_bytes(parser: Parser) -> None:
    @hypothesis.given(data=hostile_bytes(*parser.seeds))
    @hypothesis.example(data=DEEP)
    @hypothesis.example(data=b"")
    def attack(data: bytes) -> None:
        with contextlib.suppress(*parser.refusals):
            parser.read(data)

    attack()


LABEL = ScaleLabel(shape="FFPPPPPAAAAAC", flags=("21",))
TEXT_PARSERS: tuple[tuple[str, Callable[[str], object], tuple[str, ...]], ...] = (
    (
        "scanned code",
        lambda text: read_code(text, "", today=datetime.date(2026, 11, 26), scale_labels=[LABEL]),
        CODES,
    ),
    (
        "scanned GS1 code",
        lambda text: read_code(text, "]d2", today=datetime.date(2026, 11, 26)),
        CODES,
    ),
    ("claim code", claim.parse_code, ("7-4G3K-0M9T-Z2QX-81VB",)),
    ("topic", topics.parse_up, ("liushui/v1/S001/up/batch",)),
    ("quantity", parse_quantity_milli, ("1.5", "12")),
)


@pytest.mark.parametrize("parser", TEXT_PARSERS, ids=lambda parser: parser[0])
def test_parser_reads_or_refuses_any_text(
    parser: tuple[str, Callable[[str], object], tuple[str, ...]],
) -> None:
    _name, read, seeds = parser

    @hypothesis.given(text=hostile_texts(*seeds))
    def attack(text: str) -> None:
        with contextlib.suppress(RetailError):
            read(text)

    attack()


@pytest.mark.parametrize("suffix", SUFFIX_BYTES)
@hypothesis.given(
    blocks=st.lists(hostile_bytes(b"9521234567899\r", b"]C1\x1d\x1d\r\n"), max_size=30)
)
def test_serial_scanner_takes_any_bytes_and_keeps_no_more_than_a_scan(
    suffix: Suffix, blocks: list[bytes]
) -> None:
    line = SerialLine(suffix)
    for place, block in enumerate(blocks):
        for event in line.feed(block * 20, place * 10):
            assert len(getattr(event, "text", "")) <= SCAN_CHARACTERS_MAX
        line.idle(place * 10 + 5)


@pytest.mark.parametrize("suffix", SUFFIX_USAGES)
@hypothesis.given(
    events=st.lists(
        st.tuples(
            st.sampled_from((0, 1, 4)) | st.integers(0, 2**16 - 1),
            st.sampled_from((0, 3, 4, 28, 30)) | st.integers(0, 2**16 - 1),
            st.integers(0x70000, 0x700FF) | st.integers(-(2**31), 2**31 - 1) | st.integers(0, 2),
        ),
        max_size=200,
    )
)
def test_keyboard_scanner_takes_any_events(
    suffix: Suffix, events: list[tuple[int, int, int]]
) -> None:
    wedge = KeyboardWedge(suffix)
    for place, event in enumerate(events):
        wedge.feed(*event, place)


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.kind)
def test_scale_takes_any_bytes(protocol: ScaleProtocol) -> None:
    options = {"pattern": next(iter(NAMED))}
    options |= {name: choices[0] for name, choices in protocol.options.items() if choices}

    @hypothesis.given(
        blocks=st.lists(hostile_bytes(b"S S     12.345 kg\r\n", b"\x0200123\r"), max_size=20)
    )
    def attack(blocks: list[bytes]) -> None:
        parser = protocol.make_parser(options)
        for block in blocks:
            parser.feed(block)

    attack()


HEADER = ",".join(COLUMNS).encode()
ROW = b"S001,b1,1,COLA,9521234567899,Cola,1000,300,0,2026-11-22T10:00:00+08:00,,,,"


def _parquet() -> bytes:
    file = io.BytesIO()
    columns = {name: [text] for name, text in zip(COLUMNS, ROW.decode().split(","), strict=True)}
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    return file.getvalue()


@hypothesis.given(
    data=hostile_bytes(HEADER + b"\n" + ROW + b"\n", HEADER + b"\r\n\x00,,\r\n", _parquet())
)
def test_trade_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "trade.csv"
    path.write_bytes(data)

    with contextlib.suppress(RetailError):
        list(read_trade(path))


@dataclasses.dataclass(frozen=True)
class Settings:
    """Of one program."""

    config: type
    load: Callable[[pathlib.Path], object]
    refusal: type[Exception]


PROGRAMS = (
    Settings(box_config.Config, box_config.load_config, box_config.ConfigError),
    Settings(hub_config.Config, hub_config.load_config, hub_config.ConfigError),
)


@pytest.mark.parametrize("program", PROGRAMS, ids=["box", "hub"])
def test_settings_are_read_or_refused(tmp_path: pathlib.Path, program: Settings) -> None:
    path = tmp_path / "settings.toml"
    keys = [field.name for field in dataclasses.fields(program.config)]
    lines = st.builds(lambda key, value: f"{key} = {value}", st.sampled_from(keys), TOML_VALUES)
    tables = st.builds(
        lambda key, inner, value: f"[[{key}]]\n{inner} = {value}",
        st.sampled_from(("devices", "scale_labels", "x")),
        st.sampled_from(("device_id", "kind", "address", "shape", "flags", "check", "baud")),
        TOML_VALUES,
    )

    @hypothesis.given(parts=st.lists(lines, max_size=3), more=st.lists(tables, max_size=2))
    @hypothesis.example(parts=["chain = " + "[" * 5_000], more=[])
    @hypothesis.example(parts=["devices = [true]"], more=[])
    def attack(parts: list[str], more: list[str]) -> None:
        path.write_text("\n".join(['chain = "x"', *parts, *more]), "utf-8", errors="replace")
        with contextlib.suppress(program.refusal):
            program.load(path)

    attack()
