"""Settings of a Mosquitto server: mutual TLS, one topic branch a store, nothing dropped."""

from __future__ import annotations

import os
import pathlib
import shutil

from deploy.broker.topic_rules import HUB_USER, STORE_READS, STORE_WRITES, TlsFiles
from protos.topics import ROOT as TOPIC_ROOT

SEARCH_PATH = os.pathsep.join((os.defpath, "/usr/sbin", "/usr/local/sbin"))
"""Debian keeps servers in sbin, which is not in everybody's PATH."""
MESSAGE_BYTES_MAX = 1 << 20
"""Four batches of 256 kB: an oversized fact still passes, a flood does not."""

CONFIG = """\
# Written by deploy/broker/mosquitto.py.
{run_as}listener {port} {host}
cafile {tls.ca}
certfile {tls.certificate}
keyfile {tls.key}
tls_version tlsv1.2
# Nobody without a certificate of the chain's CA; its CN is the user of the rules below.
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {acl}
# An acknowledgement must not wait 40 ms for the next packet.
set_tcp_nodelay true
# The default of 1,000 drops messages that were acknowledged. Boxes send again, so this saves time.
max_queued_messages 0
max_packet_size {message_bytes_max}
persistence true
persistence_location {folder}/
log_dest stderr
log_type error
log_type warning
log_type notice
"""


def find_mosquitto() -> str | None:
    """Path of the server, None when it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=SEARCH_PATH)


def write_acl() -> str:
    """Text of the access list. %u is the client's CN, the store number."""
    lines = [f"user {HUB_USER}", f"topic readwrite {TOPIC_ROOT}/#"]
    lines += [f"pattern write {TOPIC_ROOT}/%u/{rule}" for rule in STORE_WRITES]
    lines += [f"pattern read {TOPIC_ROOT}/%u/{rule}" for rule in STORE_READS]
    return "\n".join(lines) + "\n"


def write_config(folder: pathlib.Path, tls: TlsFiles, *, host: str, port: int) -> pathlib.Path:
    """Write settings, access list and an empty data folder. A repeat replaces them.

    Returns:
        The settings file, for `mosquitto -c`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    acl = folder / "acl"
    acl.write_text(write_acl(), encoding="utf-8")
    acl.chmod(0o600)
    config = folder / "mosquitto.conf"
    text = CONFIG.format(
        # As root it would drop to its own user, which can't write into our folder.
        run_as="user root\n" if os.geteuid() == 0 else "",
        host=host,
        port=port,
        tls=tls,
        acl=acl,
        folder=folder,
        message_bytes_max=MESSAGE_BYTES_MAX,
    )
    config.write_text(text, encoding="utf-8")
    return config
