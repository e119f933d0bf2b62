"""Brings the box's documents to where the hub's are: one scope at a time, page by page. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from edge_agent.store.feeds import INT64_MAX, ScopePosition
from edge_agent.sync.path import ACK_TIMEOUT_MS, Jitter, make_pause_ms
from edge_agent.sync.signals import ApplyPages, RequestPage, Transport
from protos.documents import (
    ITEMS_FEED,
    ORDERS_FEED,
    PEOPLE_FEED,
    PRICES_FEED,
    RETURNS_FEED,
    ROLES_FEED,
    SETTINGS_FEED,
    TEMPLATES_FEED,
)
from protos.liushui.v1 import sync_pb2

FEED_ORDER = (
    ROLES_FEED,
    PEOPLE_FEED,
    SETTINGS_FEED,
    RETURNS_FEED,
    ITEMS_FEED,
    PRICES_FEED,
    ORDERS_FEED,
    TEMPLATES_FEED,
)
"""Who left goes first, whatever else has to come; then what a customer waits for, and items before
what speaks of them."""
PAGE_TRIES_MAX = 5
"""A page that never comes must not keep the other feeds waiting."""
PULL_BYTES_MAX = 64 * 1024 * 1024
"""Pages held until the last is there: 50,000 items are some 10 MB."""


@dataclasses.dataclass(slots=True)
class _Pull:
    """One scope on its way."""

    known: ScopePosition
    target: ScopePosition | None = None
    """Named by the first page."""
    base_version: int = 0
    pages: list[sync_pb2.FeedPage] = dataclasses.field(default_factory=list)
    size_bytes: int = 0
    after_key: bytes = b""
    asked_on: Transport | None = None
    """None while the next page has yet to be asked for."""
    asked_at_ms: int = 0
    tries: int = 0
    """Of the present page."""
    is_applying: bool = False


class FeedPull:
    """State of all feeds that the box reads."""

    def __init__(self, positions: Iterable[ScopePosition], jitter: Jitter) -> None:
        self._known = {position.feed: position for position in positions}
        self._hub: dict[str, ScopePosition] = {}
        self._wanted_whole: set[str] = set()
        self._pull: _Pull | None = None
        self._order = list(FEED_ORDER)
        self._failures = 0
        self._resume_at_ms = 0
        self._jitter = jitter

    def hear_positions(self, positions: Iterable[sync_pb2.FeedPosition]) -> None:
        """The hub said where its documents stand."""
        for said in positions:
            position = _read_position(said)
            known = self._known.get(position.feed)
            is_countable = max(position.generation, position.version) <= INT64_MAX
            if known is not None and known.scope == position.scope and is_countable:
                self._hub[position.feed] = position

    def ask(self, transport: Transport, now_ms: int) -> RequestPage | None:
        """Ask for the page that is due, if any; a repeat of an unanswered one after its timeout."""
        if self._pull is None:
            self._start(now_ms)
        pull = self._pull
        if pull is None or pull.is_applying:
            return None
        if pull.asked_on is not None:
            if now_ms - pull.asked_at_ms < ACK_TIMEOUT_MS:
                return None
            if pull.tries >= PAGE_TRIES_MAX:
                self._give_up(now_ms)
                return None
        pull.asked_on, pull.asked_at_ms = transport, now_ms
        pull.tries += 1
        target_version = 0 if pull.target is None else pull.target.version
        return RequestPage(transport, pull.known, pull.after_key, target_version)

    def lose(self, transport: Transport) -> None:
        """What was asked on this transport will not be answered."""
        if self._pull is not None and self._pull.asked_on is transport:
            self._pull.asked_on = None

    def take(self, page: sync_pb2.FeedPage, now_ms: int) -> ApplyPages | None:
        """Add a page; the last one completes the pull. One that was not asked for is dropped."""
        pull = self._pull
        if pull is None or pull.is_applying or pull.asked_on is None:
            return None
        target = _read_position(page.target)
        if (target.feed, target.scope, page.after_key) != (
            pull.known.feed,
            pull.known.scope,
            pull.after_key,
        ):
            return None
        if pull.target is None:
            pull.target, pull.base_version = target, page.base.version
        elif (target.generation, target.version, page.base.version) != (
            pull.target.generation,
            pull.target.version,
            pull.base_version,
        ):
            self._pull = None  # The hub was restored meanwhile: begin again.
            return None
        pull.size_bytes += page.ByteSize()
        if pull.size_bytes > PULL_BYTES_MAX or not (page.changes or page.is_last):
            self._give_up(now_ms)
            return None
        pull.pages.append(page)
        pull.asked_on, pull.tries = None, 0
        if not page.is_last:
            pull.after_key = page.changes[-1].key
            return None
        pull.is_applying = True
        return ApplyPages(pull.base_version, pull.target, tuple(pull.pages))

    def finish(self, now_ms: int, *, is_applied: bool) -> None:
        """The box applied what was pulled, or found that the content is not the hub's."""
        pull, self._pull = self._pull, None
        assert pull is not None
        assert pull.target is not None
        feed = pull.target.feed
        if is_applied:
            self._known[feed] = pull.target
            self._wanted_whole.discard(feed)
            self._failures = 0
        elif pull.base_version:
            self._wanted_whole.add(feed)
        else:
            self._pause(now_ms)

    def _start(self, now_ms: int) -> None:
        if now_ms < self._resume_at_ms:
            return
        for feed in self._order:
            known, hub = self._known.get(feed), self._hub.get(feed)
            if known is None or hub is None or not _is_behind(known, hub):
                continue
            if feed in self._wanted_whole:
                known = dataclasses.replace(known, version=0)
            self._pull = _Pull(known)
            return

    def _give_up(self, now_ms: int) -> None:
        assert self._pull is not None
        feed, self._pull = self._pull.known.feed, None
        self._order.remove(feed)
        self._order.append(feed)  # The others get their turn.
        self._pause(now_ms)

    def _pause(self, now_ms: int) -> None:
        self._failures += 1
        self._resume_at_ms = now_ms + make_pause_ms(self._failures, self._jitter)


def _is_behind(known: ScopePosition, hub: ScopePosition) -> bool:
    """An older statement of the hub, come late, is no reason to pull."""
    before, after = (known.generation, known.version), (hub.generation, hub.version)
    return after > before or (after == before and known.content_hash != hub.content_hash)


def _read_position(wire: sync_pb2.FeedPosition) -> ScopePosition:
    return ScopePosition(wire.feed, wire.scope, wire.generation, wire.version, wire.content_hash)
