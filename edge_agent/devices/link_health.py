"""Whether the box answers on the device link: said once when it stops, once when it is back."""

from __future__ import annotations

import logging
import threading

import grpc

AWAY = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
    }
)
"""The box is stopped, starting or hanging."""

log = logging.getLogger(__name__)


class LinkHealth:
    """What the last call said. For several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_away = False

    def note_answer(self) -> None:
        """Note that the box answered, whatever it said."""
        with self._lock:
            was_away, self._is_away = self._is_away, False
        if was_away:
            log.info("the box answers again")

    def note_error(self, error: grpc.RpcError) -> grpc.StatusCode:
        """Note a failed call: the box is away, or it answered with an error.

        Returns:
            The status code of the call.
        """
        code = error.code()
        if code not in AWAY:
            self.note_answer()
            return code
        with self._lock:
            was_away, self._is_away = self._is_away, True
        if not was_away:
            log.warning("the box does not answer: %s %s", code.name, error.details())
        return code
