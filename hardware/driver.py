"""The contract between a driver and the host that runs it. How to write one: hardware/README.md."""

from __future__ import annotations

import dataclasses
import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from hardware.clock import Clock
from hardware.reading import DeviceEvent


class Role(enum.Enum):
    """What a device is for at a register."""

    SCANNER = "scanner"
    SCALE = "scale"
    PRINTER = "printer"
    """Receipts; a drawer hangs at it."""
    LABEL_PRINTER = "label_printer"
    DISPLAY = "display"
    """What the customer sees."""
    LABEL_SCALE = "label_scale"
    """A scale that prints its own labels and is sent the prices."""


class Port(enum.Enum):
    """How a device is connected; each has a transport in hardware/host."""

    EVENT_NODE = "event_node"
    """/dev/input/event...: bytes are struct input_event of linux/input.h."""
    SERIAL = "serial"
    """A tty, or a URL of pyserial that has a descriptor (socket://)."""
    USB_PRINTER = "usb_printer"
    """/dev/usb/lp..."""
    TCP = "tcp"
    """tcp://host:port, 9100 for printers."""
    REPLAY = "replay"
    """replay:PATH: bytes of a capture, then silence. Any driver reads it."""


class Transport(Protocol):
    """An opened byte stream. The host opens and closes it; one thread uses it."""

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes, at most timeout_s. Empty means that nothing came.

        Raises:
            DeviceAbsentError: the device is gone.
        """

    def write(self, data: bytes, timeout_s: float) -> int:
        """Send bytes, for at most timeout_s.

        Returns:
            How many the device took; fewer than all when it stopped to take them.

        Raises:
            DeviceAbsentError: the device is gone; how many bytes it took before is not known.
        """

    def read_port_status(self) -> int | None:
        """IEEE 1284 status byte of a USB printer (0x18 well, 0x20 set: no paper); None elsewhere.

        Raises:
            DeviceAbsentError: the device is gone.
        """


@dataclasses.dataclass(frozen=True, slots=True)
class Health:
    """What an open device needs of a person, if anything."""

    code: str = ""
    """Stable name such as `paper_out`, `cover_open`, `unreadable`; empty while all is well."""
    text: str = ""
    """One English sentence with values, for IT."""


WELL = Health()


class JobKind(enum.Enum):
    """What is put out; it decides what may be repeated and how long it waits."""

    RECEIPT = "receipt"
    LABEL = "label"
    DRAWER = "drawer"
    DISPLAY = "display"
    SCALE = "scale"
    """A command such as zero or tare."""


class JobState(enum.Enum):
    """How far a job is."""

    QUEUED = "queued"
    CHECKING = "checking"
    """The device is asked whether it can."""
    SENDING = "sending"
    SENT = "sent"
    """All bytes were taken; the device can't say more."""
    CONFIRMED = "confirmed"
    """The device said that it is done."""
    UNKNOWN = "unknown"
    """It broke while it was sent: a person looks at the paper. Never sent again by itself."""
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


FINAL_STATES = frozenset(
    {
        JobState.SENT,
        JobState.CONFIRMED,
        JobState.UNKNOWN,
        JobState.FAILED,
        JobState.EXPIRED,
        JobState.CANCELLED,
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """Bytes to put out, in the device's own language."""

    job_id: uuid.UUID
    device_id: str
    kind: JobKind
    parts: Sequence[bytes]
    """In order; a spool may make each when it is asked for. A batch of labels has one a label, so
    that it can go on where it broke."""
    parts_done: int = 0
    """How many of them are surely out."""


class Spool(Protocol):
    """Where output drivers get their jobs. Durable in the device process, plain on a bench."""

    def take(self, device_id: str) -> Job | None:
        """The device's next job, now CHECKING; None when there is none.

        A job that expired is not given any more. The one that is not final is given again.
        """

    def note(
        self, job_id: uuid.UUID, state: JobState, *, parts_done: int = 0, reason: str = ""
    ) -> None:
        """Keep how far a job is, before the driver goes on. SENDING is kept before the first byte.

        Args:
            job_id: as taken.
            state: its new state.
            parts_done: parts that are surely out.
            reason: why it is not, English, for IT.
        """


class OpenDevice(Protocol):
    """An opened device. One thread uses it; it owns nothing that has to be closed."""

    @property
    def health(self) -> Health:
        """What it needs of a person, by what it last said."""

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way that is lost when the device goes now."""

    def work(self, timeout_s: float) -> Sequence[DeviceEvent]:
        """Do the device's work for at most timeout_s: read, poll, or put out one job.

        Returns:
            What it told meanwhile, in order.

        Raises:
            DeviceUnavailableError: the device went away or broke. A job under way was noted.
        """


@dataclasses.dataclass(frozen=True, slots=True)
class Opening:
    """What a driver gets to work with."""

    device_id: str
    transport: Transport
    options: Mapping[str, str]
    """All of the driver's options, checked; by the driver's first choice where IT set none."""
    clock: Clock
    spool: Spool


@dataclasses.dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that the machine sees, driven or not."""

    identity: str
    """Stays the same over replug and restart: `usb:0c2e:0b61:SCN-01`, or with the USB path when
    it has no serial number or shares it: `usb:0c2e:0b61@1-2.3`."""
    port: Port
    address: str
    """Where it is now; goes to another device after the next plug."""
    name: str = ""
    """What it calls itself."""
    vendor_id: int = 0
    product_id: int = 0
    serial_no: str = ""
    usb_path: str = ""
    """Where it is plugged: `1-2.3`."""
    command_set: str = ""
    """CMD field of a printer's IEEE 1284 id: `TSPL,ESC/POS`."""


@dataclasses.dataclass(frozen=True, slots=True)
class Driver:
    """A driver is this value; the table of all is hardware/host/drivers.py."""

    kind: str
    """Stable name, such as `toledo8217`: IT writes it, tables and the wire carry it."""
    role: Role
    ports: frozenset[Port]
    """What it can hang on; REPLAY goes without saying."""
    match: Callable[[FoundDevice], int]
    """How likely a found device is one of these: 0 surely not, 100 surely."""
    open: Callable[[Opening], OpenDevice]
    """Start to drive. Raises DeviceUnavailableError."""
    line: str = "9600 8N1"
    """Serial settings that the protocol starts from: speed, data bits, parity, stop bits."""
    options: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    """Name to choices, the first of them is taken when IT says nothing; no choices: any text."""
    capabilities: frozenset[str] = frozenset()
    """What its devices can besides, such as `tare`, `cut`, `drawer`, `status`, `raster`."""
