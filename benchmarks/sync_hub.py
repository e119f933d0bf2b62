"""The hub's end of the sync benchmark, a process of its own: the product's ways in, and raw ones.

The raw ways take the same messages over the same transports and append rows that are ready, to the
same table of a second database: all that is left out is judging the batch.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import datetime
import logging
import pathlib
import socket
import ssl
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from typing import Any

import grpc
import paho.mqtt.client as mqtt
import sqlalchemy as sa
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.measure import peak_rss_mb
from hq_hub.config import Config
from hq_hub.ingest.intake import Intake
from hq_hub.main import start_ingest
from hq_hub.store.engine import open_read_engine, sqlite_url, write_transaction
from hq_hub.store.rows import insert_rows
from hq_hub.store.schema_ingest import durable_cursor, hub_journal
from hq_hub.store.writer import Writer
from protos import topics

RAW_METHOD = "/liushui.bench.Raw/Append"
RAW = "raw"
"""Kind of the raw topics, in a store's own branch, so that the broker's rules hold for them too."""
CALLS_AT_ONCE = 8
ACK = b"ok"


@dataclasses.dataclass(frozen=True, slots=True)
class HubPlace:
    """Where the hub's end lives."""

    config: Config
    raw_database: str
    raw_grpc_port: int
    has_mqtt: bool

    @property
    def database(self) -> str:
        """URL of the product's arm."""
        return sqlite_url(str(self.config.path(self.config.database)))


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What the process took so far."""

    cpu_s: float
    peak_rss_mb: float


class RawHub:
    """Appends prepared rows, one transaction a message."""

    def __init__(self, url: str, product: Writer) -> None:
        self._writer, self._product = Writer(url), product
        self._blocks: dict[str, list[list[tuple[Any, ...]]]] = {}

    def prepare(self, store: str, last_seqs: list[int]) -> None:
        """Take the rows that the product kept of a store, a block a batch."""
        rows = self._product.submit(_read_rows, store).result()
        starts = [0, *last_seqs[:-1]]
        self._blocks[store] = [
            rows[start:end] for start, end in zip(starts, last_seqs, strict=True)
        ]
        self._writer.submit(_open_epoch, store).result()

    def append(self, store: str) -> concurrent.futures.Future[bytes]:
        """Append the store's next block; the future is done after the commit."""
        return self._writer.submit(_append, self._blocks[store].pop(0))

    def count(self, store: str) -> int:
        """How many rows of a store were appended."""
        return len(self._writer.submit(_read_rows, store).result())

    def close(self) -> None:
        """Give the database back."""
        self._writer.close()


def serve(pipe: Pipe, place: HubPlace) -> None:
    """Listen until told to stop; answer every question on the pipe."""
    logging.basicConfig(level=logging.WARNING)
    with contextlib.ExitStack() as parts:
        writer = Writer(place.database)
        parts.callback(writer.close)
        readers = open_read_engine(place.database)
        parts.callback(readers.dispose)
        raw = RawHub(place.raw_database, writer)
        parts.callback(raw.close)
        start_ingest(place.config, Intake(writer, readers, _now), parts)
        start_raw_grpc(place, raw, parts)
        if place.has_mqtt:
            start_raw_mqtt(place.config, raw, parts)
        answers: dict[str, Callable[..., object]] = {
            "prepare": raw.prepare,
            "count": raw.count,
            "usage": lambda: Usage(time.process_time(), peak_rss_mb()),
        }
        pipe.send("ready")
        while (asked := pipe.recv()) is not None:
            name, *arguments = asked
            pipe.send(answers[name](*arguments))


def start_raw_grpc(place: HubPlace, raw: RawHub, parts: contextlib.ExitStack) -> None:
    """Open the raw way over gRPC, with the same certificates."""
    pki = place.config.path(place.config.pki)

    def append(content: bytes, _context: grpc.ServicerContext) -> bytes:
        return raw.append(content[: content.index(b"\0")].decode()).result()

    _, service, method = RAW_METHOD.split("/")
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        method: grpc.unary_unary_rpc_method_handler(append)
    }
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(CALLS_AT_ONCE))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    papers = ((pki / "hub.key").read_bytes(), (pki / "hub.crt").read_bytes())
    credentials = grpc.ssl_server_credentials(
        [papers], (pki / "ca.crt").read_bytes(), require_client_auth=True
    )
    server.add_secure_port(f"127.0.0.1:{place.raw_grpc_port}", credentials)
    server.start()
    parts.callback(lambda: server.stop(1).wait())


def start_raw_mqtt(config: Config, raw: RawHub, parts: contextlib.ExitStack) -> None:
    """Open the raw way over the broker, with the same certificates."""
    client = open_mqtt(config.mqtt_port, config.path(config.pki), "hub", client_id="raw-hub")

    def hear(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        store = message.topic.split("/")[2]
        done = raw.append(store)
        done.add_done_callback(lambda _done: client.publish(topics.down(store, RAW), ACK))

    client.on_message = hear
    subscribe(client, topics.up("+", RAW))
    parts.callback(client.loop_stop)
    parts.callback(client.disconnect)


def open_mqtt(port: int, pki: pathlib.Path, name: str, *, client_id: str) -> mqtt.Client:
    """A plain paho client with its thread, connected."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv311)
    context = ssl.create_default_context(cafile=pki / "ca.crt")
    context.load_cert_chain(pki / f"{name}.crt", pki / f"{name}.key")
    client.tls_set_context(context)
    client.on_socket_open = _set_no_delay
    client.connect("localhost", port)
    client.loop_start()
    return client


def subscribe(client: mqtt.Client, topic: str) -> None:
    """Subscribe and wait until the broker says so."""
    done: concurrent.futures.Future[None] = concurrent.futures.Future()
    client.on_subscribe = lambda *_: done.set_result(None)
    client.subscribe(topic)
    done.result(10)


def _set_no_delay(_client: mqtt.Client, _data: object, opened: Any) -> None:  # noqa: ANN401 - paho's socket
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _read_rows(db: sa.Connection, store: str) -> list[tuple[Any, ...]]:
    question = sa.select(hub_journal).where(hub_journal.c.store == store)
    return [tuple(row) for row in db.execute(question.order_by(hub_journal.c.seq))]


def _open_epoch(db: sa.Connection, store: str) -> None:
    with write_transaction(db):
        insert_rows(db, durable_cursor, [(store, 1, 0, bytes(32), bytes(32))])


MOVE_CURSOR = "UPDATE durable_cursor SET durable_seq = ?, durable_head = ? WHERE store = ?"


def _append(db: sa.Connection, rows: list[tuple[Any, ...]]) -> bytes:
    with write_transaction(db):
        insert_rows(db, hub_journal, rows)
        _no, store, _epoch, seq, *_, head, _at = rows[-1]
        db.exec_driver_sql(MOVE_CURSOR, (seq, head, store))
    return ACK
