"""Drives one printer: takes jobs from the spool, and never prints a receipt twice.

A job goes through four stages, a step of them a call of `work`, so that the host sees the printer's
health while a job is under way. Nothing is sent before the printer said that it can; what broke
after the first byte is UNKNOWN for a receipt, and goes on at the broken one for labels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from hardware.clock import Clock
from hardware.driver import WELL, Health, Job, JobKind, JobState, Opening, Transport
from hardware.errors import DeviceUnavailableError
from hardware.printer.errors import PageError
from hardware.printer.language import Answer, Garbage, Language
from hardware.printer.status import (
    PASSING,
    READY,
    Condition,
    Status,
    find_hindrances,
    read_port_status,
    to_health,
)
from hardware.reading import DeviceEvent

ANSWER_TIMEOUT_MS = 1_500
"""For a question about the state: at 9600 baud the longest answer takes 90 ms."""
POLL_PERIOD_MS = 1_500
"""Between two questions to an idle printer, so that no paper is seen within 2 s or so."""
BUSY_POLL_PERIOD_MS = 150
"""While it prints: a label takes half a second, and the printer must be seen at it."""
RETRY_PAUSE_MS = 500
"""Before a printer that could not is asked again."""
GARBAGE_MIN = 2
"""Wrong answers in a row before the printer is called unreadable; one is noise."""
WRITE_BYTES = 4_096
"""At once: a slow printer takes them in a second or two."""
WRITE_WAIT_S = 0.5
STALL_MS = 8_000
"""Without a byte taken: a printer that cools down or cuts goes on sooner."""
STALL_SHOWN_MS = 1_000
"""Until the register is told that the printer takes nothing."""
CONFIRM_TIMEOUT_MS = 30_000
"""From the last byte to the last millimetre: 2 m of receipt at 70 mm a second."""
IDLE_MS = 1_000
"""After the last byte: a printer that can't say "done" and is idle for so long is left alone."""
END_WAIT_MS = 6_000
"""Instead, while it may yet answer the question about the end, which waits behind the data."""

REPEATED_KINDS = frozenset({JobKind.LABEL, JobKind.DISPLAY})
"""What may be put out again by itself when it broke; one too many does no harm."""

NOT_TAKING = Health("not_taking", "It accepts the connection, but takes no bytes.")


@dataclasses.dataclass(slots=True)
class _Sending:
    """A job whose part is on its way."""

    job: Job
    part: bytes
    """The one that is sent now."""
    parts_done: int
    sent_bytes: int = 0
    moved_at_ms: int = 0
    """When the last byte was taken, then when the confirmation began to be waited for."""
    was_printing: bool = False
    """Whether the printer said so since the last byte."""


@dataclasses.dataclass(slots=True)
class _Question:
    """A question that was asked and not answered yet."""

    asked_at_ms: int
    received: bytes = b""


class OutputDevice:
    """An opened printer."""

    def __init__(self, opening: Opening, language: Language) -> None:
        self._device_id = opening.device_id
        self._transport: Transport = opening.transport
        self._clock: Clock = opening.clock
        self._spool = opening.spool
        self._language = language
        self._answers = opening.options.get("status", "yes") == "yes"
        self._status: Status = READY
        self._health = WELL
        self._question: _Question | None = None
        self._garbage = 0
        self._has_ended = False
        self._idle_ms = END_WAIT_MS if language.ask_end else IDLE_MS
        self._polled_at_ms = self._clock() - POLL_PERIOD_MS
        self._must_clear = True
        """The printer may hold the half of a job that broke, of an earlier opening, too."""
        self._next_try_ms = self._clock()
        self._job: Job | None = None
        """Taken from the spool, about to be begun."""
        self._sending: _Sending | None = None
        self._stage: Callable[[float], None] = self._idle

    @property
    def health(self) -> Health:
        """What the printer needs of a person, by what it last said."""
        return self._health

    @property
    def is_half(self) -> bool:
        """Printers scan nothing."""
        return False

    def work(self, timeout_s: float) -> tuple[DeviceEvent, ...]:
        """Go on with the job under way, or look for one; at most timeout_s.

        Raises:
            DeviceAbsentError: it went away. A job under way was noted.
        """
        try:
            self._stage(timeout_s)
        except DeviceUnavailableError as error:
            if self._sending is not None:
                # How many bytes of the last write it took is not known.
                self._break_off(f"the printer went away: {error}", is_untouched=False)
            raise
        return ()

    def _idle(self, timeout_s: float) -> None:
        """Keep the state fresh until there is a job that the printer may be asked about."""
        now_ms = self._clock()
        if self._question is not None or now_ms - self._polled_at_ms >= POLL_PERIOD_MS:
            self._ask(timeout_s)
            return
        job = self._spool.take(self._device_id) if now_ms >= self._next_try_ms else None
        if job is None:
            self._receive(timeout_s)  # Nothing is expected; it shows an unplugging.
            return
        self._job = job
        self._stage = self._check

    def _check(self, timeout_s: float) -> None:
        """Ask the printer whether it can, and begin the job or leave it with the spool."""
        answer = self._ask(timeout_s)
        if answer is None:
            return
        job, self._job = self._job, None
        assert job is not None
        self._stage = self._idle
        if find_hindrances(answer.status):
            # The spool gives it again, until it expires there.
            self._next_try_ms = self._clock() + RETRY_PAUSE_MS
        else:
            self._begin(job, job.parts_done)

    def _begin(self, job: Job, parts_done: int) -> None:
        """Send a part of a job; a page that can't be drawn ends the job with the reason."""
        try:
            part = job.parts[parts_done]
        except PageError as error:
            reason = f"{error.code}: part {parts_done + 1}: {error}"
            self._spool.note(job.job_id, JobState.FAILED, parts_done=parts_done, reason=reason)
            self._rest()
            return
        self._spool.note(job.job_id, JobState.SENDING, parts_done=parts_done)
        if self._answers and job.kind is not JobKind.DRAWER:
            part += self._language.ask_end
        self._sending = _Sending(job, part, parts_done, moved_at_ms=self._clock())
        self._has_ended = False
        self._stage = self._send

    def _send(self, timeout_s: float) -> None:
        """Hand over some bytes."""
        sending = self._now_sending()
        chunk = sending.part[sending.sent_bytes : sending.sent_bytes + WRITE_BYTES]
        taken = self._transport.write(chunk, min(timeout_s, WRITE_WAIT_S))
        now_ms = self._clock()
        if taken:
            sending.sent_bytes += taken
            sending.moved_at_ms = now_ms
            self._health = to_health(self._status)
        elif now_ms - sending.moved_at_ms >= STALL_MS:
            reason = f"it took {sending.sent_bytes} of {len(sending.part)} bytes"
            self._break_off(reason, is_untouched=sending.sent_bytes == 0)
        elif now_ms - sending.moved_at_ms >= STALL_SHOWN_MS:
            self._health = NOT_TAKING
        if self._sending is sending and sending.sent_bytes == len(sending.part):
            self._end_sending(sending)

    def _end_sending(self, sending: _Sending) -> None:
        if self._answers and sending.job.kind is not JobKind.DRAWER:
            sending.moved_at_ms = self._clock()
            self._stage = self._confirm
        else:
            self._finish_part(JobState.SENT)

    def _confirm(self, timeout_s: float) -> None:
        """Wait until the printer says that all is on paper."""
        sending = self._now_sending()
        if self._question is None and self._clock() - self._polled_at_ms < BUSY_POLL_PERIOD_MS:
            self._receive(min(timeout_s, BUSY_POLL_PERIOD_MS / 1000))
            answer = None
        else:
            answer = self._ask(timeout_s)
        if self._has_ended:
            self._idle_ms = END_WAIT_MS
            self._finish_part(JobState.CONFIRMED)
        elif answer is not None and not answer.is_silence:
            self._settle(answer, sending)
        elif self._clock() - sending.moved_at_ms >= CONFIRM_TIMEOUT_MS:
            # Silence alone breaks nothing: the question may wait behind the data.
            self._break_off("all bytes were taken, but it did not say that it is done")

    def _settle(self, answer: Answer, sending: _Sending) -> None:
        """End the wait for this part if an answer says so."""
        broken = [c for c in find_hindrances(answer.status) if c not in PASSING]
        is_printing = Condition.PRINTING in answer.status
        waited_ms = self._clock() - sending.moved_at_ms
        if broken:
            self._break_off(f"while it printed: {broken[0].value}")
        elif answer.is_done or (sending.was_printing and not is_printing):
            self._finish_part(JobState.CONFIRMED)
        elif answer.is_done is None and not is_printing and waited_ms >= self._idle_ms:
            # That it is idle is no proof of paper. It seems not to know the question about the end.
            self._idle_ms = IDLE_MS
            self._finish_part(JobState.SENT)
        elif waited_ms >= CONFIRM_TIMEOUT_MS:
            self._break_off("it has been printing for too long")
        sending.was_printing |= is_printing

    def _finish_part(self, state: JobState) -> None:
        sending = self._now_sending()
        job, done = sending.job, sending.parts_done + 1
        if done < len(job.parts):
            self._begin(job, done)
            return
        self._spool.note(job.job_id, state, parts_done=done)
        self._rest()

    def _break_off(self, reason: str, *, is_untouched: bool = False) -> None:
        """End a job that broke. Labels go on at the one that broke: one too many does no harm.

        Of a receipt nobody knows how much is on paper, unless not a byte was taken.
        """
        sending = self._now_sending()
        self._must_clear = True
        can_repeat = sending.job.kind in REPEATED_KINDS or is_untouched
        state = JobState.CHECKING if can_repeat else JobState.UNKNOWN
        self._spool.note(sending.job.job_id, state, parts_done=sending.parts_done, reason=reason)
        self._rest()

    def _rest(self) -> None:
        self._sending = None
        self._next_try_ms = self._clock()
        self._stage = self._idle

    def _now_sending(self) -> _Sending:
        assert self._sending is not None
        return self._sending

    def _ask(self, timeout_s: float) -> Answer | None:
        """Ask for the state unless it was asked, and take the answer if it came.

        Silence and garbage are answers, too: they go into the health.
        """
        port_status = read_port_status(self._transport.read_port_status())
        if self._must_clear:
            taken = self._transport.write(self._language.clear, WRITE_WAIT_S)
            self._must_clear = taken < len(self._language.clear)
        if not self._answers:
            self._polled_at_ms = self._clock()
            return self._note_answer(Answer(port_status))
        if self._question is None:
            self._receive(0)  # What comes late is no answer to this question.
            self._polled_at_ms = self._clock()
            self._transport.write(self._language.ask, WRITE_WAIT_S)
            self._question = _Question(self._polled_at_ms)
        answer = self._read_answer(self._question, timeout_s)
        if answer is None:
            return None
        self._question = None
        return self._note_answer(dataclasses.replace(answer, status=answer.status | port_status))

    def _read_answer(self, question: _Question, timeout_s: float) -> Answer | None:
        question.received += self._receive(timeout_s)
        try:
            answer = self._language.read(question.received)
        except Garbage:
            self._garbage += 1
            if self._garbage < GARBAGE_MIN:
                self._question = None  # Noise, or a late answer: ask once more.
                return None
            return Answer(frozenset({Condition.UNREADABLE}))
        if answer is not None:
            self._garbage = 0
            return answer
        if self._clock() - question.asked_at_ms < ANSWER_TIMEOUT_MS:
            return None
        return Answer(frozenset({self._language.silence}), is_silence=True)

    def _receive(self, timeout_s: float) -> bytes:
        """Wait for bytes; the answer about the end is noted and taken out."""
        has_ended, rest = self._language.split_end(self._transport.read(timeout_s))
        self._has_ended |= has_ended
        return rest

    def _note_answer(self, answer: Answer) -> Answer:
        self._status = answer.status
        self._health = to_health(answer.status)
        return answer
