"""Settings files and commands of the programs of a demo."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Mapping, Sequence

from deploy.broker.broker_command import BrokerKind, find_brokers, make_broker_command
from deploy.broker.topic_rules import TlsFiles
from deploy.demo.errors import BrokerMissingError
from deploy.demo.hub_set_up import DATABASE, PKI
from deploy.demo.layout import CHAIN, DemoFolder, Ports, write_whole
from deploy.demo.programs import find_free_ports
from hq_hub.config import Config, write_config

HOST = "127.0.0.1"
BOX_PORT_STEP = 10


def choose_ports(port_base: int | None, boxes: int = 0) -> Ports:
    """Ports as the design lays them out from a base on, or free ones."""
    if port_base is None:
        hub_http, hub_grpc, mqtt, *screens = find_free_ports(3 + boxes)
        return Ports(hub_http, hub_grpc, mqtt, tuple(screens))
    first_box = port_base + 100
    return Ports(
        hub_http=port_base,
        hub_grpc=port_base + 1,
        mqtt=port_base + 83,
        boxes=tuple(first_box + BOX_PORT_STEP * place for place in range(boxes)),
    )


Values = Mapping[str, str | int | Sequence[str]]


def write_toml(path: pathlib.Path, values: Values, devices: Sequence[Values] = ()) -> None:
    """Write settings and a table a device; JSON's strings, numbers and lists are TOML's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = _toml_lines(values)
    for device in devices:
        lines += ["", "[[devices]]", *_toml_lines(device)]
    write_whole(path, "\n".join([*lines, ""]))


def _toml_lines(values: Values) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]


def write_hub_config(folder: DemoFolder, ports: Ports, transports: Sequence[str]) -> None:
    """Write hub.toml; ports may differ from one start to the next."""
    config = Config(
        folder=folder.hub,
        chain=CHAIN,
        database=DATABASE,
        pki=PKI,
        http_port=ports.hub_http,
        grpc_port=ports.hub_grpc,
        mqtt_port=ports.mqtt,
        transports=tuple(transports),
    )
    write_config(config)


def write_box_config(
    folder: DemoFolder,
    store: str,
    ports: Ports,
    transports: Sequence[str],
    *,
    screens: Mapping[str, str | int] | None = None,
    devices: Sequence[Values] = (),
) -> None:
    """Write a store's box.toml; a box with screens has an http_port, and what else they need."""
    values: dict[str, str | int | Sequence[str]] = {
        "hub_grpc": f"localhost:{ports.hub_grpc}",
        "mqtt_port": ports.mqtt,
        "transports": list(transports),
    }
    values |= screens or {}
    write_toml(folder.box_config(store), values, devices)


def make_hub_command(folder: DemoFolder) -> list[str]:
    """Say how to start the hub."""
    return [sys.executable, "-m", "hq_hub.main", "serve", "--data", str(folder.hub)]


def make_boxes_command(folder: DemoFolder, ports: Ports, until_ms: int | None = None) -> list[str]:
    """Say how to start the process of many boxes."""
    command = [sys.executable, "-m", "deploy.demo.boxes", "--data", str(folder.root)]
    command += ["--hub", f"http://{HOST}:{ports.hub_http}"]
    return command if until_ms is None else [*command, "--until", str(until_ms)]


def make_box_command(folder: DemoFolder, store: str, verb: str) -> list[str]:
    """Say how to start one of the two processes of a store's box."""
    return [
        *(sys.executable, "-m", "edge_agent.main", verb),
        *("--config", str(folder.box_config(store))),
    ]


def make_broker(folder: DemoFolder, port: int, kind: BrokerKind | None) -> list[str]:
    """Prepare a broker in the demo's folder and say how to start it.

    Raises:
        BrokerMissingError: nothing is installed, or not the one that is wanted.
    """
    there = find_brokers()
    wanted = [kind] if kind else there
    if not set(wanted) & set(there):
        raise BrokerMissingError
    pki = folder.hub / PKI
    tls = TlsFiles(*(str(pki / name) for name in ("ca.crt", "hub.crt", "hub.key")))
    return make_broker_command(wanted[0], folder.broker, tls, host=HOST, port=port)
