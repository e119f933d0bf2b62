"""Where the two ends of the device link meet: a Unix socket, or mutual TLS with a till."""

from __future__ import annotations

import dataclasses
import hashlib
import pathlib
import re
import ssl

import grpc

from edge_agent.devices.link_messages import JOB_BYTES_MAX

TILL_URI = re.compile(r"spiffe://([^/]+)/till/([^/]+)/([^/]+)")
"""Name in a till's certificate: chain, store, register."""
CHANNEL_OPTIONS = (
    # gRPC's own pauses grow to minutes; a box that restarts on this machine is back in seconds.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", 500),
    ("grpc.enable_http_proxy", 0),  # A proxy of the environment is no way into the store.
    ("grpc.max_receive_message_length", JOB_BYTES_MAX + 1024 * 1024),
)
PING_OPTIONS = (
    # A cable that was pulled says nothing; a scan must not wait for TCP to find out.
    ("grpc.keepalive_time_ms", 5_000),
    ("grpc.keepalive_timeout_ms", 2_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Papers:
    """Key, certificate and the authority that the other side's certificate has to come from."""

    key_pem: bytes
    certificate_pem: bytes
    ca_pem: bytes

    @staticmethod
    def read(key: pathlib.Path, certificate: pathlib.Path, ca: pathlib.Path) -> Papers:
        """Read the files. Raises OSError."""
        return Papers(key.read_bytes(), certificate.read_bytes(), ca.read_bytes())


@dataclasses.dataclass(frozen=True, slots=True)
class LocalBox:
    """The box of this machine."""

    socket_path: pathlib.Path

    def open_channel(self) -> grpc.Channel:
        """Nothing is sent before the first call; the box need not be there yet."""
        address = f"unix:{self.socket_path.absolute()}"
        return grpc.insecure_channel(address, options=CHANNEL_OPTIONS)


@dataclasses.dataclass(frozen=True, slots=True)
class RemoteBox:
    """A box elsewhere in the store; this machine is a till."""

    target: str
    """Host and port; the host is a name in the box's certificate."""
    papers: Papers

    def open_channel(self) -> grpc.Channel:
        """As LocalBox."""
        credentials = grpc.ssl_channel_credentials(
            self.papers.ca_pem, self.papers.key_pem, self.papers.certificate_pem
        )
        options = (*CHANNEL_OPTIONS, *PING_OPTIONS)
        return grpc.secure_channel(self.target, credentials, options=options)


BoxPlace = LocalBox | RemoteBox


@dataclasses.dataclass(frozen=True, slots=True)
class TillDoor:
    """Where a box lets device processes of its tills in."""

    address: str
    """Host and port to listen on."""
    papers: Papers
    """Of the box as a server, and the authority of the tills."""
    chain: str
    store: str

    def credentials(self) -> grpc.ServerCredentials:
        """Nobody without a certificate gets in."""
        papers = (self.papers.key_pem, self.papers.certificate_pem)
        return grpc.ssl_server_credentials([papers], self.papers.ca_pem, require_client_auth=True)

    @staticmethod
    def read_fingerprint(pem: bytes) -> bytes:
        """SHA-256 of a certificate in DER: what headquarters knows it by."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))).digest()

    def find_register(self, names: tuple[bytes, ...]) -> str | None:
        """The register that a certificate's names speak for; None for none of this store."""
        for name in names:
            match = TILL_URI.fullmatch(name.decode("utf-8", errors="replace"))
            if match and (match[1], match[2]) == (self.chain, self.store):
                return match[3]
        return None
