"""Runs one scale: asks, listens, judges what it hears, and passes commands on."""

from __future__ import annotations

import dataclasses

from hardware.driver import WELL, Health, Job, JobState, Opening
from hardware.errors import DeviceUnavailableError
from hardware.reading import DeviceEvent, Weight, WeightState
from hardware.scale.protocol import ScaleCommand, ScaleProtocol
from hardware.scale.stability import StabilityGate, StabilityRule
from hardware.scale.word import Answer

ASK_AGAIN_MS = 250
"""Four weights a second are more than a person can follow. An answer is given up then, too."""
REPLIES_MAX = 4
"""On the way to one weight; noise that looks like answers gets no more."""
LISTEN_S = 0.05
"""A read waits no longer, so that asking and stopping stay on time."""
SEND_TIMEOUT_S = 0.5
"""For some bytes; a line that takes longer is stuck."""
OFFLINE_MS = 2_000
"""So long without a frame, and the scale is not there for the cashier."""
REPEAT_MS = 500
"""An unchanged weight is told again after this, so that its reader knows that it is no old one."""
UNREADABLE_BYTES = 256
"""So many bytes without a single frame between them are another protocol or another speed."""

NO_ANSWER = Health("no_answer", "The scale does not answer. Check power, cable and its settings.")
UNREADABLE = Health(
    "unreadable", "What comes over the line is no {kind} frame. Check protocol, speed and parity."
)
COMPLAINTS = {
    WeightState.FAULT: Health("fault", "The scale reports a fault of its own."),
    WeightState.ERROR_ZERO: Health("no_zero", "The scale finds no zero. Clear the pan, level it."),
}


class ScaleReader:
    """An opened scale."""

    def __init__(self, opening: Opening, protocol: ScaleProtocol) -> None:
        self._opening, self._protocol = opening, protocol
        self._parser = protocol.make_parser(opening.options)
        self._gate = StabilityGate(
            StabilityRule(
                division_mg=int(opening.options["division_g"]) * 1_000,
                has_motion_flag=protocol.has_motion_flag(opening.options),
            )
        )
        self._ask = protocol.ask or opening.options.get("ask", "").encode()
        now_ms = opening.clock()
        self._say_at_ms = self._ask_at_ms = now_ms
        self._last_weight_at_ms = now_ms
        self._replies_left = 0
        self._noise_before = 0
        self._told: Weight | None = None
        self._told_at_ms = now_ms
        self._health = WELL

    @property
    def health(self) -> Health:
        """What the scale needs of a person, by what it last said."""
        return self._health

    @property
    def is_half(self) -> bool:
        """A scale has no scans."""
        return False

    def work(self, timeout_s: float) -> list[DeviceEvent]:
        """Ask and listen for at most timeout_s; see OpenDevice."""
        until_ms = self._opening.clock() + int(timeout_s * 1_000)
        events: list[DeviceEvent] = []
        while not events and (left_ms := until_ms - self._opening.clock()) > 0:
            self._speak()
            data = self._opening.transport.read(min(LISTEN_S, left_ms / 1_000))
            events = self._listen(data, self._opening.clock())
        return events

    def _speak(self) -> None:
        """Send a command that waits, or ask for a weight when it is time."""
        now_ms = self._opening.clock()
        if now_ms < self._say_at_ms:
            return
        job = self._opening.spool.take(self._opening.device_id)
        if job is not None:
            self._do(job)
        elif self._ask and now_ms >= self._ask_at_ms:
            self._ask_at_ms = now_ms + ASK_AGAIN_MS
            self._replies_left = REPLIES_MAX
            self._say(self._ask)

    def _do(self, job: Job) -> None:
        """Tell the scale what a job wants. Whether it did so is seen by its weight."""
        command = COMMANDS.get(b"".join(job.parts))
        data = None if command is None else self._protocol.commands.get(command)
        if data is None:
            reason = f"a {self._protocol.kind} scale can't do this"
            self._opening.spool.note(job.job_id, JobState.FAILED, reason=reason)
            return
        note = self._opening.spool.note
        note(job.job_id, JobState.SENDING)
        try:
            is_taken = self._say(data)
        except DeviceUnavailableError as error:
            note(job.job_id, JobState.UNKNOWN, reason=f"the scale went away: {error}")
            raise
        if is_taken:
            note(job.job_id, JobState.SENT, parts_done=len(job.parts))
        else:
            note(job.job_id, JobState.FAILED, reason="the scale takes no bytes")

    def _say(self, data: bytes) -> bool:
        """Send bytes; False when the line did not take them all. Silence follows either way."""
        taken = self._opening.transport.write(data, SEND_TIMEOUT_S)
        self._say_at_ms = self._opening.clock() + self._protocol.pause_ms
        return taken == len(data)

    def _listen(self, data: bytes, now_ms: int) -> list[DeviceEvent]:
        words = self._parser.feed(data) if data else []
        for word in words:
            if isinstance(word, Answer):
                self._reply(word)
        weights = [self._gate.take(word, now_ms) for word in words if isinstance(word, Weight)]
        if not weights:
            return self._complain(now_ms)
        self._last_weight_at_ms = now_ms
        self._noise_before = self._parser.noise_bytes
        self._health = COMPLAINTS.get(weights[-1].state, WELL)
        return self._tell(weights[-1], now_ms)

    def _reply(self, answer: Answer) -> None:
        """Go on with the dialogue that a question began."""
        if self._replies_left and answer in self._protocol.replies:
            self._replies_left -= 1
            self._opening.transport.write(self._protocol.replies[answer], SEND_TIMEOUT_S)

    def _complain(self, now_ms: int) -> list[DeviceEvent]:
        """Say what silence or noise means, if it lasts."""
        if self._parser.noise_bytes - self._noise_before >= UNREADABLE_BYTES:
            text = UNREADABLE.text.format(kind=self._protocol.kind)
            self._health = dataclasses.replace(UNREADABLE, text=text)
            return self._tell(Weight(WeightState.FAULT, None), now_ms)
        if now_ms - self._last_weight_at_ms >= OFFLINE_MS:
            if self._health.code != UNREADABLE.code:
                self._health = NO_ANSWER
            return self._tell(Weight(WeightState.OFFLINE, None), now_ms)
        stale = self._gate.idle(now_ms)
        return [] if stale is None else self._tell(stale, now_ms)

    def _tell(self, weight: Weight, now_ms: int) -> list[DeviceEvent]:
        """Pass a weight on if it is another one, or if the last word was long ago."""
        if weight == self._told and now_ms - self._told_at_ms < REPEAT_MS:
            return []
        self._told, self._told_at_ms = weight, now_ms
        return [weight]


COMMANDS = {command.value: command for command in ScaleCommand}
