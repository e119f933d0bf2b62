"""What the bench tools share: a device of the command line, run for a while by the real host."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence

from hardware.clock import monotonic_ms
from hardware.driver import Driver, Job, JobState, Spool
from hardware.errors import DeviceError
from hardware.host.bench_spool import BenchSpool
from hardware.host.device import Device, DeviceState, DeviceStatus, Reading
from hardware.host.drivers import DRIVERS, OptionError, fill_options
from hardware.host.supervisor import Supervisor
from hardware.host.transport import open_transport
from hardware.reading import Scan, Weight

Tell = Callable[[str], None]
"""Takes a line for the person at the bench."""
BENCH_ID = "bench"
STEP_S = 0.1
"""Between two looks at a device."""
MG_A_KILOGRAM = 1_000_000


class BenchError(DeviceError):
    """What was typed can't be done; the text says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """One device, as it stands on the command line."""

    address: str
    kind: str
    line: str = ""
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def driver(self) -> Driver:
        """The driver.

        Raises:
            BenchError: there is none of this name.
        """
        if self.kind not in DRIVERS:
            raise BenchError(f"there is no driver {self.kind}; there are: {', '.join(DRIVERS)}")
        return DRIVERS[self.kind]

    def make_device(self) -> Device:
        """The supervisor's value.

        Raises:
            BenchError: an option that the driver does not have.
        """
        driver, line = self.driver(), self.line or self.driver().line
        try:
            options = fill_options(driver, self.options)
        except OptionError as error:
            choices = ", ".join(error.choices) or "nothing: there is no such option"
            raise BenchError(f"{error}; it can be {choices}") from error
        return Device(BENCH_ID, driver, lambda: open_transport(driver, self.address, line), options)


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """What came of running a device."""

    status: DeviceStatus
    readings: tuple[Reading, ...]

    @property
    def is_well(self) -> bool:
        """Whether it was open, and needed nobody, in the end."""
        return self.status.state is DeviceState.READY


def run_device(
    device: Device,
    timeout_s: float,
    tell: Tell,
    *,
    spool: Spool | None = None,
    is_done: Callable[[], bool] = lambda: False,
) -> Trial:
    """Run a device under the host's supervisor, and tell what it says.

    Args:
        device: the device.
        timeout_s: for how long.
        tell: gets each reading and each new state.
        spool: of its jobs, if it gets any.
        is_done: ends it before.
    """
    readings: list[Reading] = []

    def note(reading: Reading) -> None:
        readings.append(reading)
        tell(f"  {show_reading(reading)}")

    supervisor = Supervisor(
        [device], note, spool or BenchSpool(), clock=monotonic_ms, on_change=lambda: None
    )
    supervisor.start()
    shown, give_up_at = "", time.monotonic() + timeout_s
    while time.monotonic() < give_up_at and not is_done():
        words = show_status(supervisor.read_statuses()[0])
        if words != shown:
            shown = words
            tell(f"  {words}")
        time.sleep(STEP_S)
    status = supervisor.read_statuses()[0]
    supervisor.stop()
    return Trial(status, tuple(readings))


def run_jobs(
    device: Device, jobs: Sequence[Job], spool: BenchSpool, timeout_s: float, tell: Tell
) -> list[JobState]:
    """Have jobs put out, and tell how far they are. Returns their last states."""
    for job in jobs:
        spool.put(job)

    def is_done() -> bool:
        return all(spool.is_over(job.job_id) for job in jobs)

    run_device(device, timeout_s, tell, spool=spool, is_done=is_done)
    states = []
    for job in jobs:
        noted = spool.noted[job.job_id]
        tell(f"  job: {' > '.join(n.state.value for n in noted)} {noted[-1].reason}".rstrip())
        states.append(noted[-1].state)
    return states


def show_status(status: DeviceStatus) -> str:
    """A state in words."""
    words = status.health.code or status.state.value
    reason = status.health.text or status.last_error
    lost = f", {status.lost_scans} scans lost" if status.lost_scans else ""
    return f"{words}{lost}{': ' + reason if reason else ''}"


def show_reading(reading: Reading) -> str:
    """A reading in words."""
    value = reading.value
    if isinstance(value, Scan):
        return f"scan {value.symbology} {value.text!r}"
    return f"weight {show_weight(value)}"


def show_weight(weight: Weight) -> str:
    """Kilograms with three digits, and the state."""
    if weight.weight_mg is None:
        return weight.state.value
    whole, rest = divmod(abs(weight.weight_mg), MG_A_KILOGRAM)
    sign = "-" if weight.weight_mg < 0 else ""
    net = " net" if weight.is_net else ""
    return f"{sign}{whole}.{rest:06} kg{net} {weight.state.value}"
