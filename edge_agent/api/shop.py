"""The parts that the routes use, built once by main.py."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping

from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.api import messages
from edge_agent.api.desk import Desk
from edge_agent.api.device_log import DeviceLog, ScanNote
from edge_agent.services import printing
from edge_agent.services.answers import Refusal
from edge_agent.services.attendance import Place
from edge_agent.services.box import Box
from edge_agent.services.errors import (
    NotPrintedError,
    ScaleNotToldError,
    ScanLostError,
    UnboundDeviceError,
    WrongTokenError,
)
from edge_agent.services.floor import DeviceSeen, PlacedDevice, PluggedDevice, WeightSeen
from edge_agent.services.register import Command
from edge_agent.services.transfer_slips import SlipPapers
from edge_agent.services.wallet_errors import WalletRefundDeclinedError
from edge_agent.store import devices, journal, registers
from edge_agent.store.devices import Binding
from edge_agent.store.held_tickets import count_held_tickets
from edge_agent.store.journal import Tail
from edge_agent.store.print_jobs import KeptJob
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.store_settings import read_settings
from edge_agent.store.wallet_payments import WalletRefund
from edge_agent.store.writer import Writer
from hardware.driver import JobKind
from retail_domain.errors import RetailError
from retail_domain.labels.fill import show_yuan
from retail_domain.people.store_settings import StoreSettings
from retail_domain.trade.wallet_payment import RefundState

DEVICES_SILENT_MAX_MS = 15_000
"""Five missed reports of the device process: it hangs, or its line does. One that dies is known at
once, by the call that it keeps open."""
HOSTS_MAX = 64
"""Machines with a device process: the box, and tills."""
SILENT = "The device process of its machine says nothing."
STATUS_INTERVAL_S = 1.0
"""How often the status is compared; a screen hears of it only when it changed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """The line to headquarters, as far as the store needs it; any thread."""

    is_online: Callable[[], bool]
    stopped_reason: Callable[[], str]
    """Code of why nothing is uploaded although there is a line; empty while all is well."""
    journal_grew: Callable[[], None]
    """Says that there is something to send."""
    show_devices: Callable[[Iterable[PlacedDevice]], None] = lambda _devices: None
    """Takes what headquarters is told of the devices."""


@dataclasses.dataclass(frozen=True, slots=True)
class HostSeen:
    """What a device process said last, and when."""

    devices: tuple[DeviceSeen, ...]
    plugged: tuple[PluggedDevice, ...]
    seen_at_ms: int
    """By the monotonic clock."""


@dataclasses.dataclass(slots=True)
class Seen:
    """What the status is made of; written by its sources, read by `Shop.status`."""

    tail: Tail
    held_tickets: int
    settings: StoreSettings
    bindings: Mapping[str, Binding]
    hosts: dict[str, HostSeen] = dataclasses.field(default_factory=dict)
    """Device processes by the machine they run on."""
    attending: dict[str, int] = dataclasses.field(default_factory=dict)
    """How many calls of each machine say that its device process is there."""


class Shop:
    """The store's registers over one database."""

    def __init__(
        self,
        box: Box,
        writer: Writer,
        staff_no: str,
        line: Line,
        key: ec.EllipticCurvePrivateKey,
        *,
        is_training: bool = False,
    ) -> None:
        self.box, self.writer, self.staff_no, self.line = box, writer, staff_no, line
        self.key, self.is_training = key, is_training
        self.slip_papers: SlipPapers | None = None
        """Set by main; None where no transfer slip is signed or taken."""
        self.training: Shop | None = None
        """Where the same registers are practised at, once somebody did."""
        tail, held_tickets, settings, bindings, register_nos = writer.submit(_read_start).result()
        self._seen = Seen(tail, held_tickets, settings, bindings)
        self.log = DeviceLog()
        self.jobs_grew: Callable[[], None] = lambda: None
        """Wakes who waits for jobs; set by main, called on the loop."""
        self.payments_grew: Callable[[], None] = lambda: None
        """Wakes who asks the payment provider; set by main, called on the loop."""
        self.desks = {
            register_no: Desk(box, writer, register_no, staff_no, self)
            for register_no in register_nos
        }
        self._shown = self.status()

    def desk(self, register_no: str) -> Desk:
        """A register's desk.

        Raises:
            WrongTokenError: no such register.
        """
        if register_no not in self.desks:
            raise WrongTokenError(register_no=register_no)
        return self.desks[register_no]

    def place(self, register_no: str) -> Place:
        """A register as a place where people act."""
        return Place(register_no, unstaffed_no=self.staff_no)

    async def scan(self, device_id: str, command: Command) -> messages.Result:
        """Do a device's scan at the register that it is bound to.

        Raises:
            UnboundDeviceError: to none.
        """
        code = ""
        try:
            result = await self._scan(device_id, command)
            code = result.refusal.code if result.refusal else ""
        except RetailError as error:
            code = error.code
            raise
        finally:
            self.log.note(self._describe_scan(device_id, command, code))
        return result

    async def _scan(self, device_id: str, command: Command) -> messages.Result:
        if device_id not in self._seen.bindings:
            raise UnboundDeviceError(device_id=device_id)
        desk = self._desk_of(device_id)
        if desk is None:
            raise WrongTokenError(register_no=self._seen.bindings[device_id].register_no)
        return await desk.scan(command)

    def _describe_scan(self, device_id: str, command: Command, refusal_code: str) -> ScanNote:
        return ScanNote(
            read_at=self.box.wall_at(),
            device_id=device_id,
            register_no=self.find_register(device_id) or "",
            text=command.code,
            symbology=command.symbology,
            refusal_code=refusal_code,
        )

    def see_weight(self, seen: WeightSeen) -> None:
        """Take note of what a scale shows; one that is bound to no register shows it nobody."""
        desk = self._desk_of(seen.device_id)
        if desk is not None:
            desk.see_weight(seen)

    def note_fact(self) -> None:
        """A fact was committed: send it on, and print what it queued."""
        self.line.journal_grew()
        self.jobs_grew()

    def note_jobs(self) -> None:
        """Something may wait for a printer or a display."""
        self.jobs_grew()

    def note_payments(self) -> None:
        """The payment provider is to be asked something."""
        self.payments_grew()

    def hear_refund(self, refund: WalletRefund) -> None:
        """Say at every register when a customer did not get a refund: somebody has to see to it."""
        if refund.state is not RefundState.DECLINED:
            return
        error = WalletRefundDeclinedError(
            amount_yuan=show_yuan(refund.amount_fen), reason=refund.reason or "-"
        )
        for desk in self.desks.values():
            desk.show_refusal(Refusal.of(error))

    def see_jobs(self, jobs: tuple[KeptJob, ...]) -> None:
        """Say at the register when something did not come out, or nobody knows."""
        for job in jobs:
            desk = self.desks.get(job.register_no)
            if (
                desk is None
                or job.state not in printing.TOLD
                or job.kind not in printing.TOLD_KINDS
            ):
                continue
            desk.show_refusal(Refusal.of(_say_not_out(job)))

    def see_devices(
        self, seen: tuple[DeviceSeen, ...], host: str, plugged: tuple[PluggedDevice, ...] = ()
    ) -> None:
        """Take note of one machine's devices, and say at the register when a scan was lost."""
        hosts = self._seen.hosts
        known = hosts.get(host, HostSeen((), (), 0)).devices
        before = {device.device_id: device for device in known}
        seen = tuple(_keep_since(device, before.get(device.device_id)) for device in seen)
        hosts.pop(host, None)  # The one that spoke last comes last, and the oldest goes.
        hosts[host] = HostSeen(seen, plugged, self.box.clock.monotonic_ms())
        if len(hosts) > HOSTS_MAX:
            del hosts[next(iter(hosts))]
        for device in seen:
            desk = self._desk_of(device.device_id)
            was = before.get(device.device_id)
            if desk is not None and device.lost > (0 if was is None else was.lost):
                desk.show_refusal(Refusal.of(ScanLostError(device_id=device.device_id)))
        self._tell_status()

    def attend(self, host: str) -> None:
        """A machine's device process is there; a new call may overlap with its last one."""
        self._seen.attending[host] = self._seen.attending.get(host, 0) + 1

    def leave(self, host: str) -> None:
        """It is gone, as often as it came: its devices are away at once."""
        attending = self._seen.attending
        attending[host] -= 1
        if attending[host] == 0:
            del attending[host]
            known = self._seen.hosts.get(host)
            if known is not None:
                gone_at_ms = self.box.clock.monotonic_ms() - DEVICES_SILENT_MAX_MS
                self._seen.hosts[host] = dataclasses.replace(known, seen_at_ms=gone_at_ms)
            self._tell_status()

    def devices(self) -> list[DeviceSeen]:
        """All devices of the store as they are now, by name: those of a silent machine are away."""
        now_ms = self.box.clock.monotonic_ms()
        found: dict[str, DeviceSeen] = {}
        for host in self._seen.hosts.values():
            is_silent = now_ms - host.seen_at_ms >= DEVICES_SILENT_MAX_MS
            for device in host.devices:
                if not is_silent:
                    found[device.device_id] = device
                else:
                    found.setdefault(
                        device.device_id, dataclasses.replace(device, state="absent", text=SILENT)
                    )
        return [found[device_id] for device_id in sorted(found)]

    def plugged(self) -> list[tuple[str, PluggedDevice]]:
        """What hangs on each machine that speaks, by machine."""
        hosts = self._seen.hosts
        return [(host, one) for host in sorted(hosts) for one in hosts[host].plugged]

    def status(self) -> messages.Status:
        """What a cashier should always see."""
        seen = self._seen
        oldest_ms = seen.tail.oldest_unacknowledged_at_ms
        return messages.Status(
            line="online" if self.line.is_online() else "offline",
            line_stopped_reason=self.line.stopped_reason(),
            unacknowledged_facts=seen.tail.seq - seen.tail.durable_seq,
            oldest_unacknowledged_at=None if oldest_ms is None else _instant(oldest_ms),
            devices=[
                _show_device(device, seen.bindings.get(device.device_id))
                for device in self.devices()
            ],
            held_tickets=seen.held_tickets,
            journal_ok=self.writer.damage is None,
            rights_off=sorted(right.value for right in seen.settings.rights_off),
        )

    async def watch_status(self) -> None:
        """Tell the screens whenever the status changed or a job is overdue; until cancelled."""
        while True:
            await asyncio.sleep(STATUS_INTERVAL_S)
            seen = self._seen
            try:
                growth = await self.writer.run(_read_growth)
                seen.tail, seen.held_tickets, seen.settings, seen.bindings = growth
            finally:  # Damage is the last thing that is told.
                self._tell_status()
            self.see_jobs(await self.writer.run(printing.end_overdue, self.box))

    def _tell_status(self) -> None:
        """Tell the screens, if anything changed since they were told."""
        status = self.status()
        if status != self._shown:
            self._shown = status
            self._tell_headquarters()
            for desk in self.desks.values():
                desk.show_status(status)

    def _tell_headquarters(self) -> None:
        bindings = self._seen.bindings
        self.line.show_devices(
            PlacedDevice(
                device,
                bindings[device.device_id].register_no if device.device_id in bindings else "",
            )
            for device in self.devices()
        )

    def find_register(self, device_id: str) -> str | None:
        """The register that a device is bound to; any thread."""
        binding = self._seen.bindings.get(device_id)
        return None if binding is None else binding.register_no

    def is_revoked(self, fingerprint: bytes) -> bool:
        """Whether a till's certificate counts no more; any thread."""
        return self._seen.settings.is_revoked(fingerprint)

    def _desk_of(self, device_id: str) -> Desk | None:
        """The register that a device is for: that of practice while only its screen is open."""
        binding = self._seen.bindings.get(device_id)
        if binding is None:
            return None
        desk = self.desks.get(binding.register_no)
        if desk is None or desk.has_screens or self.training is None:
            return desk
        practised = self.training.desks.get(binding.register_no)
        return practised if practised is not None and practised.has_screens else desk


def _say_not_out(job: KeptJob) -> RetailError:
    reason = job.reason or "-"
    if job.kind == JobKind.SCALE.value:
        return ScaleNotToldError(state=job.state, reason=reason)
    return NotPrintedError(job=job.kind, state=job.state, reason=reason)


def _keep_since(device: DeviceSeen, before: DeviceSeen | None) -> DeviceSeen:
    """A state that lasts began when it was first heard of: ages differ by some milliseconds."""
    if before is None or before.state != device.state:
        return device
    return dataclasses.replace(device, since_ms=before.since_ms)


def _show_device(device: DeviceSeen, binding: Binding | None) -> messages.Device:
    return messages.Device(
        device_id=device.device_id,
        kind=device.driver,
        role=device.role.value,
        state=device.state,
        health_code=device.health_code,
        text=device.text,
        register_no=None if binding is None else binding.register_no,
        capabilities=list(device.capabilities),
    )


Growth = tuple[Tail, int, StoreSettings, dict[str, Binding]]


def _read_growth(db: Connection) -> Growth:
    settings, bindings = read_settings(db), devices.read_bindings(db)
    return journal.read_tail(db), count_held_tickets(db), settings, bindings


def _read_start(db: Connection) -> tuple[Tail, int, StoreSettings, dict[str, Binding], list[str]]:
    return *_read_growth(db), registers.read_register_nos(db)


def _instant(wall_ms: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(wall_ms // 1000, datetime.UTC)
