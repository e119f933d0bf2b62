"""Three NATS servers with JetStream that speak MQTT 3.1.1 to boxes and hub, over mutual TLS."""

from __future__ import annotations

import pathlib
import shutil
import sysconfig
from collections.abc import Sequence

from deploy.demo.hub_set_up import PKI
from deploy.demo.layout import DemoFolder

# Any certificate of the chain's CA may speak; who may say what is told by topic rules, which are
# Mosquitto's test (tests/deploy/test_broker.py).
CONFIG = """\
server_name: node{number}
listen: 127.0.0.1:{own}
jetstream {{ store_dir: "{folder}/node{number}", max_mem: 64M, max_file: 256M }}
cluster {{ name: chain, listen: 127.0.0.1:{cluster}, routes: [{routes}] }}
mqtt {{
  listen: 127.0.0.1:{mqtt}
  tls {{
    cert_file: "{pki}/hub.crt"
    key_file: "{pki}/hub.key"
    ca_file: "{pki}/ca.crt"
    verify: true
  }}
}}
"""


def find_nats() -> str | None:
    """Path of the server: of the development packages, or of the system; None without one."""
    scripts = sysconfig.get_path("scripts")
    return shutil.which("nats-server", path=scripts) or shutil.which("nats-server")


def write_cluster(folder: DemoFolder, ports: Sequence[int]) -> list[list[str]]:
    """Write the settings of each node, and say how to start it."""
    program = find_nats()
    assert program is not None, "ask find_nats() first"
    nodes = [ports[start : start + 3] for start in range(0, len(ports), 3)]
    routes = ", ".join(f"nats://127.0.0.1:{cluster}" for _mqtt, _own, cluster in nodes)
    commands = []
    for number, (mqtt, own, cluster) in enumerate(nodes, start=1):
        path: pathlib.Path = folder.broker / f"node{number}.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = CONFIG.format(
            number=number,
            own=own,
            cluster=cluster,
            mqtt=mqtt,
            routes=routes,
            folder=folder.broker,
            pki=folder.hub / PKI,
        )
        path.write_text(text, "utf-8")
        commands.append([program, "-c", str(path)])
    return commands
