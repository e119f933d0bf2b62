"""Brings the store's former facts from the hub, page by page, for another life of the box. Pure."""

from __future__ import annotations

from edge_agent.store.history import Life
from edge_agent.sync.path import ACK_TIMEOUT_MS, Jitter, make_pause_ms
from edge_agent.sync.signals import RequestFacts, TakeFacts, Transport
from protos.liushui.v1 import sync_pb2

FIRST = (0, 0)
"""Place before the first fact."""


class JournalPull:
    """State of the one pull; there is none in most boxes for years."""

    def __init__(self, life: Life | None, jitter: Jitter) -> None:
        """Build it.

        Args:
            life: whose former facts are missing; None when the journal is whole.
            jitter: for the pauses.
        """
        self.life = life
        self._jitter = jitter
        self._after = FIRST
        self._asked_on: Transport | None = None
        self._asked_at_ms = 0
        self._is_taking = False
        self._failures = 0
        self._resume_at_ms = 0

    def want(self, life: Life) -> None:
        """The hub granted a life; a repeat changes nothing."""
        if life != self.life:
            self.life = life
            self._after, self._asked_on = FIRST, None

    def forget_grant(self, epoch: int, hub_generation: int) -> None:
        """The hub greets the box in an epoch: one that it granted in a former life is off."""
        life = self.life
        if life is not None and life.epoch > epoch and life.hub_generation < hub_generation:
            self.life = None

    def ask(self, transport: Transport, now_ms: int) -> RequestFacts | None:
        """Ask for the page that is due; a repeat of an unanswered one after its timeout."""
        if self.life is None or self._is_taking or now_ms < self._resume_at_ms:
            return None
        if self._asked_on is not None and now_ms - self._asked_at_ms < ACK_TIMEOUT_MS:
            return None
        self._asked_on, self._asked_at_ms = transport, now_ms
        return RequestFacts(transport, *self._after)

    def lose(self, transport: Transport) -> None:
        """What was asked on this transport will not be answered."""
        if self._asked_on is transport:
            self._asked_on = None

    def take(self, page: sync_pb2.JournalPage) -> TakeFacts | None:
        """A page came; one that was not asked for is dropped."""
        if self.life is None or self._is_taking or self._asked_on is None:
            return None
        if (page.after_epoch, page.after_seq) != self._after:
            return None
        if not page.facts and not page.is_last:
            return None
        self._asked_on, self._is_taking = None, True
        return TakeFacts(self.life, page)

    def finish(self, page: sync_pb2.JournalPage, now_ms: int, *, is_taken: bool) -> None:
        """TakeFacts was carried out, and its page was not the last that fits."""
        self._is_taking = False
        if is_taken:
            self._after, self._failures = (page.facts[-1].epoch, page.facts[-1].seq), 0
            return
        self._after = FIRST
        self._failures += 1
        self._resume_at_ms = now_ms + make_pause_ms(self._failures, self._jitter)
