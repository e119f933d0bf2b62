"""Which broker to start and how: Mosquitto where it is installed, the embedded one otherwise."""

from __future__ import annotations

import enum
import importlib.util
import pathlib
import sys
from collections.abc import Callable

from deploy.broker.mosquitto import find_mosquitto, write_config
from deploy.broker.topic_rules import TlsFiles


class BrokerKind(enum.Enum):
    """The brokers we can start."""

    MOSQUITTO = "mosquitto"
    EMBEDDED = "embedded"


def find_brokers() -> list[BrokerKind]:
    """What this machine can run, the best first."""
    is_there = {
        BrokerKind.MOSQUITTO: find_mosquitto() is not None,
        BrokerKind.EMBEDDED: importlib.util.find_spec("amqtt") is not None,
    }
    return [kind for kind in BrokerKind if is_there[kind]]


def make_broker_command(
    kind: BrokerKind, folder: pathlib.Path, tls: TlsFiles, *, host: str, port: int
) -> list[str]:
    """Write what the broker needs into a folder of its own, and say how to start it."""
    return COMMANDS[kind](folder, tls, host=host, port=port)


def _mosquitto(folder: pathlib.Path, tls: TlsFiles, *, host: str, port: int) -> list[str]:
    program = find_mosquitto()
    assert program is not None, "choose from find_brokers()"
    return [program, "-c", str(write_config(folder, tls, host=host, port=port))]


def _embedded(_folder: pathlib.Path, tls: TlsFiles, *, host: str, port: int) -> list[str]:
    files = ["--ca", tls.ca, "--certificate", tls.certificate, "--key", tls.key]
    module = "deploy.broker.embedded_broker"
    return [sys.executable, "-m", module, "--host", host, "--port", str(port), *files]


COMMANDS: dict[BrokerKind, Callable[..., list[str]]] = {
    BrokerKind.MOSQUITTO: _mosquitto,
    BrokerKind.EMBEDDED: _embedded,
}
assert set(COMMANDS) == set(BrokerKind)
