"""The drivers of customer displays: bytes go out, nothing comes back."""

from __future__ import annotations

from hardware.driver import (
    WELL,
    Driver,
    FoundDevice,
    Health,
    Job,
    JobState,
    Opening,
    Port,
    Role,
)
from hardware.errors import DeviceUnavailableError
from hardware.printer.errors import PageError
from hardware.reading import DeviceEvent

SEND_TIMEOUT_S = 0.5
"""For some forty bytes, which take 0.2 s at 2400 baud."""
NOT_TAKING = Health("not_taking", "The display takes no bytes. Check its cable.")


class OpenDisplay:
    """An opened display."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._health = WELL

    @property
    def health(self) -> Health:
        """Whether it takes bytes; more a display does not tell."""
        return self._health

    @property
    def is_half(self) -> bool:
        """A display has no scans."""
        return False

    def work(self, timeout_s: float) -> tuple[DeviceEvent, ...]:
        """Show the next job, or wait for at most timeout_s; see OpenDevice.

        What a display says is dropped.
        """
        job = self._opening.spool.take(self._opening.device_id)
        if job is None:
            self._opening.transport.read(timeout_s)
        else:
            self._show(job)
        return ()

    def _show(self, job: Job) -> None:
        spool = self._opening.spool
        try:
            data = b"".join(job.parts)
        except PageError as error:
            spool.note(job.job_id, JobState.FAILED, reason=f"{error.code}: {error}")
            return
        spool.note(job.job_id, JobState.SENDING)
        try:
            taken = self._opening.transport.write(data, SEND_TIMEOUT_S)
        except DeviceUnavailableError as error:
            spool.note(job.job_id, JobState.UNKNOWN, reason=f"the display went away: {error}")
            raise
        if taken < len(data):
            self._health = NOT_TAKING
            spool.note(job.job_id, JobState.FAILED, reason=NOT_TAKING.text)
            return
        self._health = WELL
        spool.note(job.job_id, JobState.SENT, parts_done=len(job.parts))


def match_display(found: FoundDevice) -> int:
    """Displays have no names of their own: only IT knows."""
    return 1 if found.port is Port.SERIAL else 0


def _driver(kind: str, line: str, options: dict[str, tuple[str, ...]]) -> Driver:
    return Driver(
        kind=kind,
        role=Role.DISPLAY,
        ports=frozenset({Port.SERIAL, Port.TCP}),
        match=match_display,
        open=OpenDisplay,
        line=line,
        options=options,
        capabilities=frozenset({"amount"} if kind == "led_pole" else {"text"}),
    )


DISPLAY_DRIVERS = (
    _driver("led_pole", "2400 8N1", {"lamp_number": ("raw", "digit")}),
    _driver("cd5220", "9600 8N1", {}),
    _driver("epson_display", "9600 8N1", {}),
)
