"""What a device process drives, as IT set it up, checked against the drivers."""

from __future__ import annotations

import dataclasses
import pathlib
import uuid
from collections.abc import Mapping

from edge_agent.config import Config, ConfigError
from edge_agent.devices.errors import (
    DeviceIdError,
    DeviceLineError,
    DeviceOptionError,
    TooManyDevicesError,
    UnknownDriverError,
)
from edge_agent.devices.link_messages import DEVICE_ID_CHARACTERS_MAX
from edge_agent.devices.link_place import BoxPlace, LocalBox, Papers, RemoteBox, TillDoor
from edge_agent.store.identity import Identity
from hardware.driver import Driver
from hardware.host.device import Device
from hardware.host.drivers import DRIVERS, OptionError, fill_options
from hardware.host.openers import split_line
from hardware.host.supervisor import DEVICES_MAX
from hardware.host.transport import open_transport


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device, as IT set it up.

    Raises:
        UnknownDriverError: there is no such driver.
        DeviceOptionError: an option that the driver does not have, or can't be set so.
        DeviceLineError: a serial setting that is none.
        DeviceIdError: a name that is empty or too long.
    """

    device_id: str
    """The box binds it to a register."""
    kind: str
    """Its driver."""
    address: str
    """A name of the registry (usb:0c2e:0b61:SERIAL, `edge-agent hw list` shows them), a path that
    survives a new plug (/dev/serial/by-id/...), a pyserial URL, tcp://host:port, or replay:PATH."""
    line: str = ""
    """Serial settings such as `9600 8N1`; empty: those of the driver."""
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """By the driver's names, such as suffix = "cr"."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.device_id) <= DEVICE_ID_CHARACTERS_MAX:
            raise DeviceIdError(device_id=self.device_id, limit=DEVICE_ID_CHARACTERS_MAX)
        self.make_device()

    @property
    def driver(self) -> Driver:
        """The driver that the device is set to."""
        return DRIVERS[self.kind]

    def make_device(self) -> Device:
        """Give the supervisor's value."""
        if self.kind not in DRIVERS:
            raise UnknownDriverError(
                device_id=self.device_id, kind=self.kind, choices=", ".join(DRIVERS)
            )
        driver, line = self.driver, self.line or self.driver.line
        try:
            options = fill_options(driver, self.options)
        except OptionError as error:
            raise DeviceOptionError(
                device_id=self.device_id,
                kind=self.kind,
                option=error.option,
                value=error.value,
                choices=", ".join(error.choices) or "-",
            ) from error
        try:
            split_line(line)
        except ValueError as error:
            raise DeviceLineError(device_id=self.device_id, line=line) from error
        return Device(
            self.device_id, driver, lambda: open_transport(driver, self.address, line), options
        )


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceProcessConfig:
    """What a device process drives, and where its box listens.

    Raises:
        DeviceIdError: two devices have one name.
        TooManyDevicesError: more than DEVICES_MAX.
    """

    devices: tuple[DeviceConfig, ...]
    place: BoxPlace
    """Of the box's LinkServer. It need not be there when the process starts."""
    spool_path: pathlib.Path
    """Of the process's own file of print jobs; made when one of the devices puts things out."""
    boot_id: uuid.UUID
    """Of the machine's boot: print jobs do not outlive it."""

    def __post_init__(self) -> None:
        if len(self.devices) > DEVICES_MAX:
            raise TooManyDevicesError(count=len(self.devices), limit=DEVICES_MAX)
        seen: set[str] = set()
        for device in self.devices:
            if device.device_id in seen:
                raise DeviceIdError(device_id=device.device_id, limit=DEVICE_ID_CHARACTERS_MAX)
            seen.add(device.device_id)


def read_setup(config: Config, boot_id: uuid.UUID, box: str | None) -> DeviceProcessConfig:
    """Make the setup of a device process of the box's settings.

    Args:
        config: of the box, or of a till: its devices, and where its files lie.
        boot_id: of the machine's boot.
        box: host and port of a box elsewhere; None for the one of this machine.

    Raises:
        RetailError: as DeviceConfig and DeviceProcessConfig.
        ConfigError: the till's certificate is not there.
    """
    place: BoxPlace = LocalBox(config.path(config.device_link))
    if box is not None:
        pki = config.path(config.pki)
        try:
            papers = Papers.read(pki / "till.key", pki / "till.crt", pki / "ca.crt")
        except OSError as error:
            raise ConfigError(f"{error.filename} cannot be read: {error.strerror}") from error
        place = RemoteBox(box.removeprefix("grpcs://"), papers)
    devices = tuple(
        DeviceConfig(device.device_id, device.kind, device.address, device.line, device.options)
        for device in config.devices
    )
    return DeviceProcessConfig(devices, place, config.path(config.print_spool), boot_id)


def read_door(config: Config, identity: Identity) -> TillDoor | None:
    """Where the box lets tills in; None when the settings name no address.

    Raises:
        ConfigError: a certificate is not set, or not there.
    """
    if not config.device_link_address:
        return None
    if not (config.tls_certificate and config.tls_key):
        raise ConfigError("device_link_address needs tls_certificate and tls_key")
    key, certificate = config.path(config.tls_key), config.path(config.tls_certificate)
    try:
        papers = Papers.read(key, certificate, config.path(config.pki) / "ca.crt")
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be read: {error.strerror}") from error
    return TillDoor(config.device_link_address, papers, identity.chain, identity.store)
