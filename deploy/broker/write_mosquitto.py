"""Writes the settings of a Mosquitto server for production."""

from __future__ import annotations

import argparse
import pathlib

from deploy.broker.mosquitto import write_config
from deploy.broker.topic_rules import TlsFiles

MQTT_PORT = 8883


def main() -> None:
    """Write the files and say how to start the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="settings and data")
    parser.add_argument("--pki", type=pathlib.Path, required=True, help="ca.crt, hub.crt, hub.key")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=MQTT_PORT)
    options = parser.parse_args()
    pki: pathlib.Path = options.pki.absolute()
    tls = TlsFiles(*(str(pki / name) for name in ("ca.crt", "hub.crt", "hub.key")))
    config = write_config(options.folder.absolute(), tls, host=options.host, port=options.port)
    print(f"mosquitto -c {config}")


if __name__ == "__main__":
    main()
