"""Composition root of the hub: the verbs, and the only place that builds databases and servers."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import errno
import getpass
import ipaddress
import logging
import pathlib
import signal
import socket
import sys
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hq_hub.config import (
    CONFIG_FILE,
    DATABASE_VARIABLE,
    TRANSPORTS,
    Config,
    ConfigError,
    load_config,
    read_database_url,
    write_config,
)
from hq_hub.services.actors import name_terminal
from hq_hub.services.errors import (
    BackupNeedsSqliteError,
    HubExistsError,
    NeedsTlsError,
    PortInUseError,
)
from hq_hub.services.requests import Asked
from hq_hub.services.setup import create_hub, only_hub
from hq_hub.store.alarms import AlarmKind
from hq_hub.store.engine import open_engine, open_read_engine, open_seat_engine, sqlite_url
from hq_hub.store.errors import HubNoDatabaseError
from hq_hub.store.migrate import require_current
from hq_hub.store.orders import from_ms
from hq_hub.store.writer import Writer
from hq_hub.verbs import machines, people, stores
from retail_domain.errors import RetailError
from retail_domain.ledger.charts import CHARTS
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART

if TYPE_CHECKING:
    from hq_hub.api.headquarters import Headquarters
    from hq_hub.ingest.intake import Intake

EXIT_WRONG = 1
"""The verb ran, and what it looked at is not as it should be."""
EXIT_REFUSED = 2
"""A person can put it right; the sentence on stderr says how."""
STOP_GRACE_S = 5
"""Requests and calls that are being answered get this long; then the process ends anyway."""

log = logging.getLogger("hq_hub")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. Returns the exit status."""
    parsed = make_parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        return VERBS[parsed.verb](parsed)
    except RetailError as error:
        print(f"{error.code}: {error.detail_en}\n{error.detail_zh}", file=sys.stderr)
    except ConfigError as error:
        print(f"config: {error}", file=sys.stderr)
    return EXIT_REFUSED


def make_parser() -> argparse.ArgumentParser:
    """Verbs and their options."""
    parser = argparse.ArgumentParser(prog="hq-hub", description="Headquarters of Liushui.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    helps = {
        "init": "make the folder, settings, database, CA and certificate of a new hub",
        "serve": "ingest, apply, console and interface, until SIGTERM",
        **stores.HELPS,
        **people.HELPS,
        **machines.HELPS,
        "doctor": "look at database, facts and books; exit 1 when something is wrong",
        "rebuild": "make the projections again from journals, documents and apply log",
        "backup": "copy the database into a file while the hub serves, and check the copy",
        "restore": "put a backup in place, in a new generation: boxes send again what it lacks",
        "alarms": "show what is wrong with stores' histories, or close an alarm",
        "quarantine": "list, show, retry or drop batches that were refused",
        "new-generation": "the same after pg_restore: this database may have lost something",
    }
    commands = {v: verbs.add_parser(v, help=t, description=t) for v, t in helps.items()}
    for verb, command in commands.items():
        where = command.add_mutually_exclusive_group(required=True)
        where.add_argument(
            "--data", type=pathlib.Path, help=f"the hub's folder, with {CONFIG_FILE}"
        )
        if verb != "init":
            where.add_argument("--config", type=pathlib.Path, help="the settings file")
    _add_options(commands)
    return parser


def _add_options(commands: dict[str, argparse.ArgumentParser]) -> None:
    init = commands["init"]
    init.add_argument("--chain", default="liushui", help="name in the boxes' certificates")
    init.add_argument(
        "--chart",
        choices=sorted(CHARTS),
        default=SMALL_ENTERPRISE_CHART.chart_id,
        help="of accounts, chosen once: 小企业会计准则 (default) or 企业会计准则",
    )
    init.add_argument("--host-name", action="append", default=[], help="of the hub's certificate")
    for key, port in (("http", 8800), ("grpc", 8801), ("mqtt", 8883)):
        init.add_argument(f"--{key}-port", type=int, default=port)
    init.add_argument("--transport", action="append", choices=TRANSPORTS, help="default: both")
    stores.add_options(commands)
    people.add_options(commands)
    machines.add_options(commands)
    alarm = commands["alarms"]
    alarm.add_argument("--close", choices=[kind.value for kind in AlarmKind])
    alarm.add_argument("--store", help="of the alarm to close")
    refused = commands["quarantine"]
    refused.add_argument("do", choices=("list", "show", "retry", "drop"))
    refused.add_argument("--store", help="needed for one batch")
    refused.add_argument("--hash", default="", help="first letters of the batch's hash")
    backup = commands["backup"]
    backup.add_argument("--to", type=pathlib.Path, required=True, help="a new file")
    restore = commands["restore"]
    restore.add_argument("--from", dest="source", type=pathlib.Path, required=True)
    commands["rebuild"].add_argument(
        "--verify", action="store_true", help="only compare; the hub may be running"
    )


def read_config(parsed: argparse.Namespace) -> Config:
    """The settings that the options name."""
    return load_config(parsed.data / CONFIG_FILE if parsed.data else parsed.config)


def database_url(config: Config) -> str:
    """Where the database is.

    Raises:
        HubNoDatabaseError: the file is not there.
    """
    if config.database_url:
        return require_driver(config.database_url)
    path = config.path(config.database)
    if not path.is_file():
        raise HubNoDatabaseError(database=str(path))
    return sqlite_url(str(path))


def require_driver(url: str) -> str:
    """Check that the database of the environment can be spoken to; empty means none is named.

    Raises:
        ConfigError: not a URL, or its driver is not installed.
    """
    try:
        if url:
            sa.make_url(url).get_dialect().import_dbapi()
    except (ImportError, sa.exc.ArgumentError) as error:
        raise ConfigError(f"{DATABASE_VARIABLE} cannot be used: {error}") from error
    return url


def tell_time() -> datetime.datetime:
    """This machine's clock."""
    return datetime.datetime.now(datetime.UTC)


def init(parsed: argparse.Namespace) -> int:
    """Make a new hub. What failed half-way may be repeated."""
    from hq_hub.services.certificates import init_pki

    folder: pathlib.Path = parsed.data
    if (folder / CONFIG_FILE).exists():
        raise HubExistsError(folder=str(folder))
    config = Config(
        folder=folder,
        chain=parsed.chain,
        database_url=read_database_url(),
        host_names=tuple(parsed.host_name),
        http_port=parsed.http_port,
        grpc_port=parsed.grpc_port,
        mqtt_port=parsed.mqtt_port,
        transports=tuple(parsed.transport or TRANSPORTS),
    )
    path = config.path(config.database)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    init_pki(config.path(config.pki), config.chain, config.host_names, tell_time())
    url = require_driver(config.database_url) or sqlite_url(str(path))
    create_hub(url, config.chain, CHARTS[parsed.chart])
    write_config(config)
    print(f"hub of chain {config.chain} is ready in {folder}")
    return 0


@contextlib.contextmanager
def open_to_write(
    parsed: argparse.Namespace, open_as: Callable[[str], sa.Engine] = open_engine
) -> Iterator[sa.Connection]:
    """A connection for one use case of a verb; the hub may be running beside."""
    url = database_url(read_config(parsed))
    require_current(url)
    engine = open_as(url)
    with contextlib.closing(engine.connect()) as db:
        yield db
    engine.dispose()


def run_asked_verb(parsed: argparse.Namespace) -> int:
    """Run one of the verbs of people and stores, in the name of who sits at the terminal."""
    asked = Asked(name_terminal(getpass.getuser()), uuid.uuid4(), tell_time())
    with open_to_write(parsed) as db:
        print(ASKED_VERBS[parsed.verb](db, parsed, asked))
    return 0


def run_machine_verb(parsed: argparse.Namespace) -> int:
    """Run one of the verbs of machines, as `run_asked_verb`."""
    asked = Asked(name_terminal(getpass.getuser()), uuid.uuid4(), tell_time())
    with open_to_write(parsed) as db:
        print(machines.VERBS[parsed.verb](db, read_config(parsed), parsed, asked))
    return 0


def examine(parsed: argparse.Namespace) -> int:
    """Print what the doctor finds."""
    from hq_hub.reports.doctor import examine as look
    from hq_hub.store.engine import read_transaction
    from hq_hub.store.health import read_unsafe_settings

    url = database_url(read_config(parsed))
    require_current(url)
    engine = open_read_engine(url)
    with read_transaction(engine) as db:
        findings, faults = look(db)
        faults += [f"database: {setting}" for setting in read_unsafe_settings(db)]
    engine.dispose()
    for name, finding in findings:
        print(f"{name:24} {finding}")
    for fault in faults:
        print(f"FAULT: {fault}")
    return EXIT_WRONG if faults else 0


def rebuild(parsed: argparse.Namespace) -> int:
    """Make the projections again: beside those in force and compare, or in their place."""
    from hq_hub.services.rebuild import rebuild_projections, verify_projections

    config = read_config(parsed)
    with contextlib.ExitStack() as parts:
        if not parsed.verify:
            parts.enter_context(only_hub(config.folder))
            db = parts.enter_context(open_to_write(parsed, open_seat_engine))
            print(f"{rebuild_projections(db)} facts posted again")
            return 0
        db = parts.enter_context(open_to_write(parsed))
        checks = verify_projections(db, str(config.folder))
    for check in checks:
        verdict = "equal" if check.is_equal else "DIFFERS"
        print(f"{check.table:20} {check.rows:10} rows {check.rebuilt_rows:10} again  {verdict}")
    return 0 if all(check.is_equal for check in checks) else EXIT_WRONG


def back_up(parsed: argparse.Namespace) -> int:
    """Copy the database; a running hub goes on."""
    from hq_hub.store.backup import back_up as copy

    config = read_config(parsed)
    require_sqlite(config)
    require_current(database_url(config))
    copy(config.path(config.database), parsed.to)
    print(f"{parsed.to} holds the database. Keep the folder's pki and hub.toml with it.")
    return 0


def restore(parsed: argparse.Namespace) -> int:
    """Put a backup in force, and say what it lacks."""
    from hq_hub.services.generations import restore_hub

    config = read_config(parsed)
    require_sqlite(config)
    with only_hub(config.folder):
        restored = restore_hub(config.path(config.database), parsed.source, tell_time())
    newest = from_ms(restored.sign.received_at_ms).isoformat()
    print(
        f"generation {restored.generation}: {restored.sign.facts} facts, the last of {newest}\n"
        f"before it: {restored.aside}\n"
        "Stores send again what is missing as soon as the hub serves. What headquarters decided\n"
        "later is gone: enter orders, prices, people and revoked boxes again. Order numbers go on\n"
        "after a gap; facts that name a lost order are parked and shown (document_missing)."
    )
    return 0


def new_generation(parsed: argparse.Namespace) -> int:
    """Begin another life over a database that was restored by other tools."""
    from hq_hub.services.generations import begin_generation

    config = read_config(parsed)
    with only_hub(config.folder), open_to_write(parsed) as db:
        print(f"generation {begin_generation(db, tell_time())}: stores send again what is missing")
    return 0


def show_alarms(parsed: argparse.Namespace) -> int:
    """Print open alarms with their numbers, or close one."""
    from hq_hub.reports.alarms import list_alarms
    from hq_hub.services.recovery import close_alarm

    with open_to_write(parsed) as db:
        if parsed.close:
            close_alarm(db, parsed.store or "", AlarmKind(parsed.close), tell_time())
        lines = list_alarms(db)
    print("\n".join(lines) or "no alarm")
    return EXIT_WRONG if lines else 0


def show_quarantine(parsed: argparse.Namespace) -> int:
    """Print refused batches, or do with one what a person decided."""
    from hq_hub.reports.quarantine import list_refused, show_refused
    from hq_hub.services.release import drop_refused, retry_refused
    from protos.liushui.v1 import sync_pb2

    store, letters = parsed.store or "", parsed.hash
    with open_to_write(parsed) as db:
        if parsed.do == "list":
            lines = list_refused(db, parsed.store)
        elif parsed.do == "show":
            lines = show_refused(db, store, letters)
        elif parsed.do == "retry":
            ack = retry_refused(db, store, letters, tell_time())
            lines = [f"{sync_pb2.Outcome.Name(ack.outcome)} {ack.reason_code}".strip()]
        else:
            drop_refused(db, store, letters)
            lines = [f"{letters} of store {store} is dropped"]
    print("\n".join(lines) or "nothing is in quarantine")
    return 0


def require_sqlite(config: Config) -> None:
    """Check that the database is a file of ours.

    Raises:
        BackupNeedsSqliteError: it is PostgreSQL.
    """
    if config.database_url and not config.database_url.startswith("sqlite"):
        raise BackupNeedsSqliteError


def open_listener(config: Config) -> socket.socket:
    """Take the port before anything else starts.

    Raises:
        NeedsTlsError: reachable from outside without TLS.
        PortInUseError: another program has it.
    """
    host, port = config.http_host, config.http_port
    address = f"{host}:{port}"
    try:
        is_local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_local = False
    if not is_local and not config.http_certificate:
        raise NeedsTlsError(address=address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(name="HTTP", address=address) from error
        raise ConfigError(f"cannot listen on {address}: {error.strerror}") from error
    # Inherited by what it accepts. asyncio sets it only where the socket names its protocol, and
    # this one does not: the second packet of an answer would wait 40 ms for the browser's ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(parsed: argparse.Namespace) -> int:
    """Run the hub until SIGTERM, then finish what is in hand within STOP_GRACE_S."""
    from hq_hub.api.headquarters import Headquarters
    from hq_hub.ingest.intake import Intake
    from hq_hub.services.apply_loop import ApplyLoop
    from hq_hub.services.certificates import load_authority
    from hq_hub.services.setup import bring_to_today

    config = read_config(parsed)
    with contextlib.ExitStack() as parts:
        parts.enter_context(only_hub(config.folder))
        listener = parts.enter_context(contextlib.closing(open_listener(config)))
        url = database_url(config)
        writer = Writer(url)  # First: a second hub must not migrate what the first one works on.
        parts.callback(writer.close)
        bring_to_today(writer, url)
        readers = open_read_engine(url)
        parts.callback(readers.dispose)
        apply_loop = ApplyLoop(writer, tell_time)
        apply_loop.start()
        parts.callback(apply_loop.close)
        tell_stores = start_ingest(config, Intake(writer, readers, tell_time), parts)

        def documents_changed(stores: Collection[str]) -> None:
            apply_loop.nudge()  # A parked fact may have waited for this.
            tell_stores(stores)

        headquarters = Headquarters(
            writer=writer,
            read_engine=readers,
            clock=tell_time,
            authority=load_authority(config.path(config.pki)),
            documents_changed=documents_changed,
            is_https=bool(config.http_certificate),
        )
        run_http(config, headquarters, listener)
        log.info("stopping")
    return 0


def start_ingest(
    config: Config, intake: Intake, parts: contextlib.ExitStack
) -> Callable[[Collection[str]], None]:
    """Open the ways in for boxes; returns how to tell them of new documents."""
    from hq_hub.ingest.grpc_server import GrpcSettings, SyncServer
    from hq_hub.ingest.mqtt_client import MqttIngest, MqttSettings

    pki = config.path(config.pki)
    if "grpc" in config.transports:
        server = SyncServer(
            GrpcSettings(
                config.grpc_host,
                config.grpc_port,
                config.chain,
                ca_pem=(pki / "ca.crt").read_bytes(),
                certificate_pem=(pki / "hub.crt").read_bytes(),
                key_pem=(pki / "hub.key").read_bytes(),
            ),
            intake,
        )
        log.info("boxes push to gRPC %s:%d", config.grpc_host, server.start())
        parts.callback(server.stop, STOP_GRACE_S)
    if "mqtt" not in config.transports:
        return lambda _stores: None
    client = MqttIngest(
        MqttSettings(
            config.mqtt_host,
            config.mqtt_port,
            ca_file=pki / "ca.crt",
            certificate_file=pki / "hub.crt",
            key_file=pki / "hub.key",
        ),
        intake,
    )
    client.start()
    parts.callback(client.stop)
    return client.documents_changed


def run_http(config: Config, headquarters: Headquarters, listener: socket.socket) -> None:
    """Serve console and interface until SIGTERM or SIGINT."""
    import uvicorn

    from hq_hub.api.app import make_app
    from hq_hub.api.connections import BACKLOG, Door, allow_open_files

    allow_open_files()
    certificate, key = config.http_certificate, config.http_key
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(headquarters),
            http=Door().make_protocol,  # type: ignore[arg-type]  # Called like a class of uvicorn's.
            backlog=BACKLOG,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=STOP_GRACE_S,
            ssl_certfile=str(config.path(certificate)) if certificate else None,
            ssl_keyfile=str(config.path(key)) if key else None,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes both while it serves and hands them on afterwards: we are stopping then.
        signal.signal(number, lambda *_: None)
    scheme = "https" if certificate else "http"
    log.info("console at %s://%s:%d/", scheme, *listener.getsockname()[:2])
    server.run(sockets=[listener])


ASKED_VERBS = people.VERBS | stores.VERBS
VERBS: dict[str, Callable[[argparse.Namespace], int]] = {
    "init": init,
    "serve": serve,
    **dict.fromkeys(ASKED_VERBS, run_asked_verb),
    **dict.fromkeys(machines.VERBS, run_machine_verb),
    "doctor": examine,
    "rebuild": rebuild,
    "backup": back_up,
    "restore": restore,
    "new-generation": new_generation,
    "alarms": show_alarms,
    "quarantine": show_quarantine,
}

if __name__ == "__main__":
    sys.exit(main())
