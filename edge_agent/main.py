"""Composition root of the box: the verbs, and the only place that builds databases and clients."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import datetime
import getpass
import importlib.metadata
import ipaddress
import logging
import os
import pathlib
import random
import secrets
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING

from edge_agent.command_line import make_parser
from edge_agent.config import Config, ConfigError, load_config
from edge_agent.services.box import Box, Clock, TillRules
from edge_agent.services.catalog import Catalog
from edge_agent.services.errors import InsecureAddressError, PortInUseError
from edge_agent.services.floor import DeviceBoard
from edge_agent.store import feeds
from edge_agent.store.database import named_damage, open_database
from edge_agent.store.disk_space import DiskSpace, keep_room
from edge_agent.store.errors import DAMAGE
from edge_agent.store.feeds import ScopePosition
from edge_agent.store.head_sidecar import HeadSidecar, keep_head
from edge_agent.store.identity import read_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from protos.documents import ORDERS_FEED, RETURNS_FEED
from protos.liushui.v1 import sync_pb2
from retail_domain.errors import RetailError

if TYPE_CHECKING:
    import fastapi
    import uvicorn

    from edge_agent.api.shop import Shop
    from edge_agent.sync.runner import Carrier, LineRunner
    from edge_agent.wallets.teller import Teller

EXIT_REFUSED = 2
"""A person can put it right; the sentence on stderr says how."""
BOOT_ID_FILE = pathlib.Path("/proc/sys/kernel/random/boot_id")

ANSWER_INTERVAL_S = 1.0
"""Between two looks for documents that want an answer: at another store a customer may wait."""

log = logging.getLogger("edge_agent")


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """The box's files, opened."""

    writer: Writer
    sidecar: HeadSidecar
    space: DiskSpace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. Returns the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    # Characters are looked up one by one: 45 MB of phrases would lie in memory for nothing.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    if words[:1] == ["hw"]:  # Needs no box, and has options of its own.
        from hardware.tools.command import run

        return run(words[1:], print)
    parsed = make_parser().parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        return VERBS[parsed.verb](parsed)
    except RetailError as error:
        print(f"{error.code}: {error.detail_en}\n{error.detail_zh}", file=sys.stderr)
    except ConfigError as error:
        print(f"config: {error}", file=sys.stderr)
    return EXIT_REFUSED


def make_clock() -> Clock:
    """This machine's clock and chance."""
    boot_id = BOOT_ID_FILE.read_text(encoding="ascii").strip()
    return Clock(
        now=lambda: datetime.datetime.now(datetime.UTC),
        monotonic_ms=lambda: time.monotonic_ns() // 1_000_000,
        random_bits=secrets.randbits,
        boot_id=uuid.UUID(boot_id),
    )


def make_box(config: Config, writer: Writer) -> Box:
    """Who this box is, by its database.

    Raises:
        NotEnrolledError: it has no identity yet.
    """
    database = str(config.path(config.database))
    identity = writer.submit(read_identity, database).result()
    return Box(
        identity,
        make_clock(),
        config.zone,
        config.day_start,
        scale_labels=config.scale_labels,
        till=TillRules(config.cash_rounding_fen, bool(config.payment_gateway)),
    )


def open_listener(config: Config) -> socket.socket:
    """Take the port before anything else starts.

    Raises:
        InsecureAddressError: reachable from outside without TLS.
        PortInUseError: another program has it.
    """
    host, port = config.http_host, config.http_port
    is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    if not is_local and not (config.tls_certificate and config.tls_key):
        raise InsecureAddressError(host=host)
    try:
        listener = socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise PortInUseError(host=host, port=port) from error
    # Inherited by what it accepts. asyncio sets it only where the socket names its protocol, and
    # this one does not: the second packet of an answer would wait 40 ms for the browser's ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(parsed: argparse.Namespace) -> int:
    """Run the box until SIGTERM."""
    from edge_agent.services.backup import only_box

    config = load_config(parsed.config)
    with contextlib.ExitStack() as parts:
        parts.enter_context(only_box(config.path(config.database)))
        listener = parts.enter_context(contextlib.closing(open_listener(config)))
        try:
            box, stored = open_stored(config, parts)
        except DAMAGE as error:
            log.critical("%s: %s", error.code, error.detail_en)
            asyncio.run(show_refusal(config, error, listener))
            raise
        asyncio.run(run_box(config, box, stored, listener))
    return 0


async def show_refusal(config: Config, error: RetailError, listener: socket.socket) -> None:
    """Say on every page why this box does not sell, until the server is stopped."""
    from edge_agent.api.refused import make_refused_app

    leave_signals_to_server()
    await make_server(config, make_refused_app(error)).serve(sockets=[listener])


def open_stored(config: Config, parts: contextlib.ExitStack) -> tuple[Box, Stored]:
    """Open the box's files, or refuse them: whatever happened to them shows here.

    Raises:
        NewerDatabaseError, NotEnrolledError, DatabaseDamagedError, JournalDamagedError
    """
    from edge_agent.services.soundness import require_sound

    database = config.path(config.database)
    space = DiskSpace(database)
    with named_damage():
        migrate(str(database))
    writer = Writer(str(database), space.give_up_ballast)
    parts.callback(writer.close)
    sidecar = HeadSidecar(config.path(config.head_sidecar))
    parts.callback(sidecar.close)
    writer.submit(require_sound, sidecar).result()
    box = make_box(config, writer)
    return box, Stored(writer, sidecar, space)


async def answer_documents(box: Box, stored: Stored, tell: Callable[[], None]) -> None:
    """Answer what headquarters put right or asks, whenever it came; runs until cancelled."""
    from edge_agent.services.adjustments import answer_reclassifications
    from edge_agent.services.passed_sales import answer_questions

    doers: dict[str, Callable[[Connection, Box], int]] = {
        ORDERS_FEED: answer_reclassifications,
        RETURNS_FEED: answer_questions,
    }
    answered: dict[str, ScopePosition] = {}
    while True:
        for feed, answer in doers.items():
            position = await stored.writer.run(feeds.read_position, feed)
            if position == answered.get(feed):
                continue
            answers = await stored.writer.run(answer, box)
            if answers:
                tell()
            answered[feed] = position
        await asyncio.sleep(ANSWER_INTERVAL_S)


async def run_box(config: Config, box: Box, stored: Stored, listener: socket.socket) -> None:
    """Serve registers and devices and keep in step with the hub, until the server stops."""
    from edge_agent.api.app import make_app
    from edge_agent.api.shop import Line, Shop
    from edge_agent.api.training import TrainingDoor
    from edge_agent.devices.device_setup import read_door
    from edge_agent.devices.floor_link import FloorLink, JobBell
    from edge_agent.devices.link_server import LinkServer
    from edge_agent.services.transfer_slips import load_papers

    board = DeviceBoard()
    runner = make_runner(config, box, stored.writer, board.read)
    runner.takes_documents = stored.space.takes_documents
    line = Line(
        is_online=lambda: bool(runner.state.online),
        stopped_reason=lambda: runner.state.stopped_reason,
        journal_grew=runner.journal_grew,
        show_devices=board.show,
    )
    papers = load_papers(config.path(config.pki))
    shop = Shop(box, stored.writer, config.staff_no, line, papers.key)
    shop.slip_papers = papers
    teller = make_teller(config, box, stored.writer, shop)
    bell = JobBell()
    shop.jobs_grew = bell.ring
    floor = FloorLink(shop, box, stored.writer, bell, asyncio.get_running_loop())
    door = read_door(config, box.identity)
    link = LinkServer(config.path(config.device_link), floor.handlers(), door)
    training = TrainingDoor(lambda: open_training(config, box, shop))
    server = make_server(config, make_app(shop, training))
    leave_signals_to_server()
    link.start()
    companions = (
        *(() if teller is None else (teller.run(),)),
        runner.run(),
        shop.watch_status(),
        keep_head(stored.writer, stored.sidecar, runner.journal_grew),
        keep_room(stored.space),
        answer_documents(box, stored, runner.journal_grew),
    )
    tasks = [asyncio.create_task(until_damage(companion)) for companion in companions]
    for task in tasks:
        # A dead task ends the process, and systemd starts it anew: half a box helps nobody.
        task.add_done_callback(stop_after_crash)
    try:
        log.info("store %s serves http://%s:%d", box.identity.store, *listener.getsockname()[:2])
        await server.serve(sockets=[listener])
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        training.close()
        bell.close()
        await asyncio.to_thread(link.stop)
    for result in results:
        if isinstance(result, Exception):
            raise result


def open_training(config: Config, box: Box, shop: Shop) -> Shop:
    """A shop on a file of its own, with the store's goods and people; it reaches nobody."""
    from edge_agent.api.shop import Line, Shop
    from edge_agent.store.training_copy import make_training_copy

    path = config.path(config.training_database)
    make_training_copy(path, config.path(config.database), box.identity)
    rules = TillRules(config.cash_rounding_fen)  # No provider: nobody pays for practice.
    practised = dataclasses.replace(box, catalog=Catalog(), till=rules)
    line = Line(is_online=lambda: False, stopped_reason=str, journal_grew=lambda: None)
    training = Shop(practised, Writer(str(path)), config.staff_no, line, shop.key, is_training=True)
    shop.training = training
    return training


def make_teller(config: Config, box: Box, writer: Writer, shop: Shop) -> Teller | None:
    """Who speaks with the payment provider; None where wallets are entered by hand.

    Raises:
        ConfigError: the file with its key can't be read.
    """
    if not config.payment_gateway:
        return None
    from edge_agent.wallets.gateway import Gateway
    from edge_agent.wallets.teller import Teller

    key_file = config.path(config.payment_key)
    try:
        key = key_file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"payment_key {key_file} cannot be read: {error}") from error
    teller = Teller(box, writer, shop, Gateway(config.payment_gateway, key))
    shop.payments_grew = teller.payments_grew
    return teller


def leave_signals_to_server() -> None:
    """Uvicorn takes both while it serves and hands them on afterwards: we are stopping then."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def make_server(config: Config, app: fastapi.FastAPI) -> uvicorn.Server:
    """The box's HTTP over its settings."""
    import uvicorn

    from edge_agent.api.connections import BACKLOG, Door

    certificate, key = config.tls_certificate, config.tls_key
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Door().make_protocol,  # type: ignore[arg-type]  # Called like a class of uvicorn's.
            backlog=BACKLOG,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=2,
            ws_max_size=64 * 1024,
            ssl_certfile=str(config.path(certificate)) if certificate else None,
            ssl_keyfile=str(config.path(key)) if key else None,
        )
    )


async def until_damage(companion: Coroutine[None, None, None]) -> None:
    """Let a companion of the server end when the files are damaged: the screens go on saying so."""
    try:
        await companion
    except DAMAGE as error:
        log.critical("%s: %s", error.code, error.detail_en)


def make_runner(
    config: Config,
    box: Box,
    writer: Writer,
    read_devices: Callable[[], sync_pb2.StoreDevices] = sync_pb2.StoreDevices,
) -> LineRunner:
    """The line to headquarters over the transports of the settings.

    Raises:
        ConfigError: the key or a certificate is not there.
    """
    from edge_agent.services import lease
    from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, KEY_FILE, load_key
    from edge_agent.services.exchange import Speaker
    from edge_agent.sync.grpc_carrier import GrpcCarrier, GrpcSettings
    from edge_agent.sync.mqtt_carrier import MqttCarrier, MqttSettings
    from edge_agent.sync.runner import LineClock, LineRunner

    identity, pki = box.identity, config.path(config.pki)
    files = [pki / name for name in (CA_FILE, CERTIFICATE_FILE, KEY_FILE)]
    try:
        pems = [file.read_bytes() for file in files]
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be read: {error.strerror}") from error
    host, port = config.mqtt_host, config.mqtt_port
    mqtt = MqttSettings(host, port, identity.store, identity.box_id, *files)
    make_carrier: dict[str, Callable[[], Carrier]] = {
        "mqtt": lambda: MqttCarrier(mqtt, random.random),
        "grpc": lambda: GrpcCarrier(GrpcSettings(config.hub_grpc, *pems)),
    }

    def hear_ack(ack: sync_pb2.Ack) -> None:
        if ack.feeds:  # Of a greeting: it tells where the documents stand.
            hearing = writer.submit(lease.hear_positions, box, ack.feeds)
            hearing.add_done_callback(lambda done: done.result())  # A fault must be seen.

    speaker = Speaker(
        identity,
        load_key(pki),
        box.clock.boot_id,
        importlib.metadata.version("liushui"),
        read_devices,
    )
    return LineRunner(
        speaker,
        writer,
        [make_carrier[transport]() for transport in sorted(set(config.transports))],
        LineClock(box.clock.now, box.clock.monotonic_ms),
        lambda _state: None,
        hear_ack,
    )


def stop_after_crash(task: asyncio.Task[None]) -> None:
    """End the server when one of its companions died by a bug."""
    if not task.cancelled() and task.exception() is not None:
        log.critical("a task ended by a bug", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)


def run_devices(parsed: argparse.Namespace) -> int:
    """Run the device process until SIGTERM."""
    from edge_agent.devices.device_process import run_device_process
    from edge_agent.devices.device_setup import read_setup

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    setup = read_setup(load_config(parsed.config), make_clock().boot_id, parsed.box)
    run_device_process(setup, stop)
    return 0


def enrol(parsed: argparse.Namespace) -> int:
    """Become the box of a store."""
    from edge_agent.services import enrolment

    config = load_config(parsed.config)
    with contextlib.closing(open_migrated(config)) as db:
        identity = enrolment.enrol(db, config.path(config.pki), parsed.hub, parsed.claim_code)
    print(f"This box is {identity.box_id} of store {identity.store} {identity.store_name}.")
    return 0


def enrol_register(parsed: argparse.Namespace) -> int:
    """Give a register a new token and print the link of its screen."""
    from edge_agent.services.registers import TOKEN_BYTES, read_place
    from edge_agent.services.registers import enrol_register as enrol

    config = load_config(parsed.config)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with contextlib.closing(open_migrated(config)) as db:
        devices = dict(read_place(text) for text in parsed.device)
        enrol(db, parsed.register, token, devices, wall_ms=time.time_ns() // 1_000_000)
    scheme = "https" if config.tls_certificate else "http"
    address = f"{scheme}://{config.http_host}:{config.http_port}/register/"
    print(f"{address}#register_no={parsed.register}&token={token}")
    return 0


def bind_devices(parsed: argparse.Namespace) -> int:
    """Move devices to a register, or away from all; a running box knows within a second."""
    from edge_agent.services.registers import bind_devices as bind
    from edge_agent.services.registers import read_place

    with contextlib.closing(open_migrated(load_config(parsed.config))) as db:
        places = dict(read_place(text) for text in parsed.device)
        bind(db, parsed.register, places, by=getpass.getuser(), wall_ms=time.time_ns() // 1_000_000)
    return 0


def examine(parsed: argparse.Namespace) -> int:
    """Print what the doctor finds."""
    from edge_agent.services.doctor import examine as look

    config = load_config(parsed.config)
    path = str(config.path(config.database))
    with contextlib.closing(open_migrated(config)) as db:
        findings, faults = look(db, path)
    for name, finding in findings:
        print(f"{name:16} {finding}")
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def rebuild(parsed: argparse.Namespace) -> int:
    """Compare the projections with the journal; one line a table."""
    from edge_agent.services.rebuild import check_chain, verify_projections

    config = load_config(parsed.config)
    with contextlib.closing(open_migrated(config)) as db:
        print(f"journal: {check_chain(db)} facts, chain whole")
        comparisons = verify_projections(db)
    for comparison in comparisons:
        print(f"{comparison.table}: {comparison.rows} rows, {comparison.differing_rows} differ")
    return 1 if any(comparison.differing_rows for comparison in comparisons) else 0


def back_up(parsed: argparse.Namespace) -> int:
    """Copy the database; a running box goes on."""
    from edge_agent.services.backup import back_up_box

    with contextlib.closing(open_migrated(load_config(parsed.config))) as db:
        facts = back_up_box(db, parsed.to)
    print(f"{parsed.to} holds {facts} facts, chain whole. Keep it on another disk.")
    return 0


def restore(parsed: argparse.Namespace) -> int:
    """Go back to a backup, and say what comes next."""
    from edge_agent.services.backup import only_box, restore_box

    config = load_config(parsed.config)
    database = config.path(config.database)
    with only_box(database):
        sidecar, now = config.path(config.head_sidecar), make_clock().now()
        tail, aside = restore_box(database, sidecar, parsed.source, now)
    print(
        f"restored to epoch {tail.epoch}, seq {tail.seq}; the old file: {aside}\n"
        "The box sells on. What it had sold later comes back from headquarters once the box is\n"
        "given another epoch there: hq-hub new-epoch."
    )
    return 0


def export_unsent(parsed: argparse.Namespace) -> int:
    """Write what headquarters lacks into a file."""
    from edge_agent.services.carry_over import export_unsent as export

    config = load_config(parsed.config)
    with contextlib.closing(open_migrated(config)) as db:
        identity = read_identity(db, str(config.path(config.database)))
        facts = export(db, identity, parsed.to, is_whole=parsed.whole)
    print(f"{parsed.to} holds {facts} facts of store {identity.store}")
    return 0


def import_unsent(parsed: argparse.Namespace) -> int:
    """Take the facts of a file; the box may be running."""
    from edge_agent.services.carry_over import import_unsent as take

    config = load_config(parsed.config)
    with contextlib.closing(open_migrated(config)) as db:
        done = take(db, read_identity(db, str(config.path(config.database))), parsed.source)
    print(f"{done.written} facts are new here, {done.known} were known")
    return 0


def open_migrated(config: Config) -> Connection:
    """The box's database at today's schema."""
    path = str(config.path(config.database))
    with named_damage():
        migrate(path)
        return open_database(path)


def send_scale_list(parsed: argparse.Namespace) -> int:
    """Send the list of weighed goods; 1 when some goods can't be told to a scale."""
    from edge_agent.devices.scale_list import deliver_list
    from edge_agent.services.catalog import Catalog
    from edge_agent.services.scale_goods import list_scale_goods

    with contextlib.closing(open_migrated(load_config(parsed.config))) as db:
        goods = list_scale_goods(Catalog().lists(db))
    delivered, refused = deliver_list(goods, parsed.to, parsed.encoding)
    print(f"{delivered} goods were delivered to {parsed.to}.")
    for one in refused:
        print(f"{one.goods.plu} {one.goods.name}: {one.reason}", file=sys.stderr)
    return 1 if refused else 0


def learn_label(parsed: argparse.Namespace) -> int:
    """Print the settings of a scale's labels."""
    from retail_domain.catalog.label_sample import parse_sample, show_settings
    from retail_domain.catalog.scale_label import learn_scale_label

    print(show_settings(learn_scale_label([parse_sample(text) for text in parsed.samples])), end="")
    return 0


def draw_scanner_sheet(parsed: argparse.Namespace) -> int:
    """Write the calibration sheet."""
    from hardware.tools.calibration_sheet import draw_sheet

    parsed.to.write_bytes(draw_sheet().to_png())
    print(f"{parsed.to} is to be printed at 300 dpi, without scaling.")
    return 0


VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "serve": serve,
    "devices": run_devices,
    "enrol": enrol,
    "enrol-register": enrol_register,
    "bind-device": bind_devices,
    "doctor": examine,
    "rebuild": rebuild,
    "backup": back_up,
    "restore": restore,
    "label-scale": send_scale_list,
    "learn-label": learn_label,
    "scanner-sheet": draw_scanner_sheet,
    "export-unsent": export_unsent,
    "import-unsent": import_unsent,
}

if __name__ == "__main__":
    sys.exit(main())
