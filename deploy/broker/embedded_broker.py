"""The broker for a machine without Mosquitto: amqtt with our certificate and topic rules.

For demo and tests only: it acknowledges before it delivers. Nothing of ours relies on that.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import signal
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from cryptography import x509
from cryptography.x509.oid import NameOID

from deploy.broker.topic_rules import TlsFiles, may_read, may_write

MODULE = "deploy.broker.embedded_broker"
"""amqtt imports its plugins by name."""
CONNECTIONS_MAX = 2_000
"""More than the largest chain of a demo."""


class CertificateAuth(BaseAuthPlugin):  # type: ignore[misc]  # amqtt's base has no types.
    """Refuses a client without a certificate of our CA, and makes its CN the user."""

    @dataclasses.dataclass
    class Config:
        """Needs nothing, but amqtt looks for it."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """Let a client in. TLS has checked the certificate, if there was one at all."""
        encoded = session.ssl_object and session.ssl_object.getpeercert(binary_form=True)
        if not encoded:
            return False
        subject = x509.load_der_x509_certificate(encoded).subject
        names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        if len(names) != 1:
            return False
        session.username = str(names[0].value)
        return True


class StoreTopics(BaseTopicPlugin):  # type: ignore[misc]  # amqtt's base has no types.
    """Keeps each store to its own branch."""

    @dataclasses.dataclass
    class Config:
        """Needs nothing, but amqtt looks for it."""

    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool | None:
        """Whether a client may publish to, subscribe to or get a topic."""
        if session is None or session.username is None or topic is None:
            return False
        return (may_write if action == Action.PUBLISH else may_read)(session.username, topic)


def make_settings(tls: TlsFiles, *, host: str, port: int) -> dict[str, Any]:
    """Settings as amqtt takes them."""
    listener = {
        "type": "tcp",
        "bind": f"{host}:{port}",
        "max_connections": CONNECTIONS_MAX,
        "ssl": True,
        "cafile": tls.ca,
        "certfile": tls.certificate,
        "keyfile": tls.key,
    }
    return {
        "listeners": {"default": listener},
        "timeout_disconnect_delay": 2,
        "plugins": {f"{MODULE}.CertificateAuth": {}, f"{MODULE}.StoreTopics": {}},
    }


async def serve(tls: TlsFiles, *, host: str, port: int) -> None:
    """Run until SIGTERM or Ctrl-C."""
    broker = Broker(make_settings(tls, host=host, port=port))
    await broker.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await broker.shutdown()


def main() -> None:
    """Run as a program of its own."""
    parser = argparse.ArgumentParser(description="Embedded MQTT broker, for demo and tests.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    for name in ("ca", "certificate", "key"):
        parser.add_argument(f"--{name}", required=True, help="PEM file")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    tls = TlsFiles(options.ca, options.certificate, options.key)
    asyncio.run(serve(tls, host=options.host, port=options.port))


if __name__ == "__main__":
    main()
