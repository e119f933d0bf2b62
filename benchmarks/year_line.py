"""The line between boxes and hub inside one process: the real core, services and bytes, no socket.

A message is made, signed, serialised and read again as over the wire; what is missing is the way.
"""

from __future__ import annotations

import collections
import pathlib
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from cryptography import x509

from benchmarks import trade
from edge_agent.services import exchange
from edge_agent.services.enrolment import CERTIFICATE_FILE, load_key
from edge_agent.services.exchange import Speaker
from edge_agent.store import feeds, journal
from edge_agent.store.identity import read_identity
from edge_agent.store.sqlite_library import Connection
from edge_agent.sync.signals import (
    ApplyPages,
    Effect,
    Effects,
    MoveCursor,
    RequestPage,
    SendBatch,
    SendHello,
    Transport,
)
from edge_agent.sync.uplink import Uplink
from hq_hub.services import batches
from hq_hub.services import feeds as hub_feeds
from hq_hub.services.batch_rules import Caller
from hq_hub.services.certificates import fingerprint
from protos.liushui.v1 import sync_pb2

NOW_MS = 0
"""Of the core's clock: nothing is lost on this line, so no timeout is ever due."""
NO_JITTER = 0.5


class BoxLine:
    """One box's line. Each step carries out one effect of the core, or lets one answer arrive."""

    def __init__(self, db: Connection, folder: pathlib.Path, hub: sa.Connection) -> None:
        """Open it.

        Args:
            db: of the box.
            folder: with the box's key and certificate.
            hub: the writer's connection.
        """
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE_FILE).read_bytes())
        identity = read_identity(db, str(folder))
        self._db, self._hub = db, hub
        self._speaker = Speaker(identity, load_key(folder), trade.BOOT_ID, "bench")
        self._caller = Caller(identity.store, identity.box_id, fingerprint(certificate))
        self._core = Uplink(journal.read_tail(db), feeds.read_positions(db), lambda: NO_JITTER)
        self._effects: collections.deque[Effect] = collections.deque(
            self._core.connected(Transport.GRPC, NOW_MS)
        )
        self._answers: collections.deque[Callable[[], Effects]] = collections.deque()

    def step(self) -> bool:
        """Do the next thing; False when box and hub are one."""
        if self._effects:
            effect = self._effects.popleft()
            self._effects.extend(DOERS[type(effect)](self, effect))
        elif self._answers:
            self._effects.extend(self._answers.popleft()())
        else:
            assert not self._core.state.unacknowledged_facts, self._core.state
            return False
        return True

    def _hear(self, ack: sync_pb2.Ack) -> None:
        arrived = sync_pb2.Ack.FromString(ack.SerializeToString())
        self._answers.append(lambda: self._core.acknowledged(Transport.GRPC, arrived, NOW_MS))

    def _send_hello(self, _effect: SendHello) -> Effects:
        hello = exchange.make_hello(self._db, self._speaker, trade.START, stopped_reason="")
        arrived = sync_pb2.SignedHello.FromString(hello.SerializeToString())
        self._hear(batches.accept_hello(self._hub, arrived, self._caller, trade.START))
        return ()

    def _send_batch(self, effect: SendBatch) -> Effects:
        batch, last_seq = exchange.make_batch(
            self._db,
            self._speaker,
            after_seq=effect.after_seq,
            facts_max=effect.facts_max,
            bytes_max=effect.bytes_max,
        )
        arrived = sync_pb2.SignedBatch.FromString(batch.SerializeToString())
        self._hear(batches.accept_batch(self._hub, arrived, self._caller, trade.START))
        return self._core.batch_sent(effect.transport, last_seq, NOW_MS)

    def _request_page(self, effect: RequestPage) -> Effects:
        store = self._speaker.identity.store
        request = exchange.make_page_request(
            store, effect.known, effect.after_key, effect.target_version
        )
        with self._hub.begin():
            page = hub_feeds.read_page(self._hub, request, store)
        assert page is not None
        arrived = sync_pb2.FeedPage.FromString(page.SerializeToString())
        self._answers.append(lambda: self._core.page_received(Transport.GRPC, arrived, NOW_MS))
        return ()

    def _move_cursor(self, effect: MoveCursor) -> Effects:
        is_ours, tail = exchange.take_ack(self._db, effect.ack)
        return self._core.cursor_moved(effect.ack, tail, NOW_MS, is_ours=is_ours)

    def _apply_pages(self, effect: ApplyPages) -> Effects:
        is_applied = exchange.take_pages(
            self._db, base_version=effect.base_version, target=effect.target, pages=effect.pages
        )
        assert is_applied
        return self._core.pages_applied(NOW_MS, is_applied=is_applied)


DOERS: dict[type[Effect], Callable[..., Effects]] = {
    SendHello: BoxLine._send_hello,  # noqa: SLF001 - this table is part of the class
    SendBatch: BoxLine._send_batch,  # noqa: SLF001 - as above
    RequestPage: BoxLine._request_page,  # noqa: SLF001 - as above
    MoveCursor: BoxLine._move_cursor,  # noqa: SLF001 - as above
    ApplyPages: BoxLine._apply_pages,  # noqa: SLF001 - as above
}


def run_lines(lines: Iterable[BoxLine]) -> None:
    """Let lines take turns, a step each, until nothing is left to say."""
    busy = list(lines)
    while busy:
        busy = [line for line in busy if line.step()]
