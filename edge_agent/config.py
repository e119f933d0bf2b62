"""Settings of the box: one frozen dataclass, read once by main from one TOML file."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import pathlib
import tomllib
import zoneinfo
from collections.abc import Mapping
from typing import Any

from retail_domain.catalog.scale_label import LabelCheck, ScaleLabel
from retail_domain.errors import RetailError
from retail_domain.trade.tender import CASH_ROUNDINGS_FEN

TRANSPORTS = frozenset({"mqtt", "grpc"})


class ConfigError(Exception):
    """The settings file has an unknown key, a missing one, or a value of the wrong kind."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """One device of the device process."""

    device_id: str
    """Stable name; registers are bound to it in the box's database."""
    kind: str
    """Its driver, such as serial_scanner; `edge-agent hw drivers` lists them."""
    address: str
    """Stable path of the port, tcp://host:port, or what docs/devices.md names besides."""
    line: str = ""
    """Serial settings such as 9600 8N1; empty: those of the driver."""
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """All other keys of the table: options of the driver, such as suffix = "cr"."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every field has a unit and a reason; an unknown key refuses to start.

    Paths are relative to the settings file's folder.
    """

    folder: pathlib.Path
    """Where the settings file lies; not a key of the file."""
    database: str = "box.sqlite"
    head_sidecar: str = "box.head"
    """Last head of the journal, apart from the database; best on another disk."""
    training_database: str = "training.sqlite"
    """Where the training mode writes; made anew when it is first used after a start."""
    pki: str = "pki"
    """Folder of box.key, box.crt and ca.crt, filled by `edge-agent enrol`."""
    http_host: str = "127.0.0.1"
    http_port: int = 8900
    tls_certificate: str = ""
    """PEM for HTTPS; must be set, with tls_key, when http_host is not loopback."""
    tls_key: str = ""
    hub_grpc: str = "localhost:8801"
    mqtt_host: str = "localhost"
    mqtt_port: int = 8883
    transports: tuple[str, ...] = ("mqtt", "grpc")
    """Each alone carries everything; both is faster to recover."""
    time_zone: str = "Asia/Shanghai"
    day_starts_at: str = "04:00"
    """Local time at which a business date begins: a night shop's late sales count as today's."""
    staff_no: str = "1001"
    """Who rings up in a store for which headquarters lists nobody."""
    device_link: str = "device.sock"
    """Unix socket between the box and its device process."""
    print_spool: str = "spool.sqlite"
    """The device process's own file of print jobs; never the box's database."""
    device_link_address: str = ""
    """Host and port where tills' device processes are let in by certificate; empty: nowhere.
    Needs tls_certificate and tls_key of the chain's CA."""
    cash_rounding_fen: int = 0
    """Cash is rounded down to it at the till: 0 the fen, 10 the jiao, 100 the yuan."""
    payment_gateway: str = ""
    """Address of the payment provider's gateway (docs/payments.md); empty: wallets by hand."""
    payment_key: str = "payment.key"
    """File with the word that the gateway knows this store by; read with payment_gateway only."""
    devices: tuple[DeviceConfig, ...] = ()
    scale_labels: tuple[ScaleLabel, ...] = ()
    """`[[scale_labels]]`: how the store's scales make their labels (docs/devices.md)."""

    def path(self, name: str) -> pathlib.Path:
        """A file of the box's folder."""
        return self.folder / name

    @property
    def zone(self) -> datetime.tzinfo:
        """The store's time zone."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def day_start(self) -> datetime.time:
        """Cut-off of the business date."""
        return datetime.time.fromisoformat(self.day_starts_at)


def load_config(path: pathlib.Path) -> Config:
    """Read the settings.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, a wrong type or value.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        devices = tuple(_make_device(device) for device in _take_tables(values, "devices"))
        labels = tuple(map(read_scale_label, _take_tables(values, "scale_labels")))
        values["transports"] = tuple(values.get("transports", ("mqtt", "grpc")))
        config = Config(**values, folder=path.parent, devices=devices, scale_labels=labels)
        _require_values(config)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise ConfigError(f"{path} nests too deep") from error
    except (TypeError, ValueError, RetailError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return config


def _take_tables(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Take the tables of `[[name]]` out of the settings."""
    tables = values.pop(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise TypeError(f"{name} must be tables: [[{name}]]")
    return tables


def read_scale_label(values: dict[str, Any]) -> ScaleLabel:
    """Read one of `[[scale_labels]]`.

    Raises:
        BadScaleLabelError, TypeError, ValueError
    """
    if not isinstance(values.get("shape"), str):
        raise TypeError("a scale label needs a shape, such as FFPPPPPAAAAAC")
    check = LabelCheck(values.pop("check", LabelCheck.RIGHT.value))
    flags = tuple(values.pop("flags", ()))
    if not all(isinstance(flag, str) for flag in flags):
        raise TypeError('the flags of a scale label are texts, such as ["21", "22"]')
    return ScaleLabel(flags=flags, check=check, **values)


def _make_device(table: dict[str, Any]) -> DeviceConfig:
    """Tell a device's own keys from its driver's options."""
    own = {field.name for field in dataclasses.fields(DeviceConfig)} - {"options"}
    options = {key: value for key, value in table.items() if key not in own}
    for name, value in options.items():
        if not isinstance(value, str):
            raise ConfigError(f"{name} must be str, not {value!r}")
    return DeviceConfig(**{key: table[key] for key in own & table.keys()}, options=options)


def _require_values(config: Config) -> None:
    parts: tuple[Config | DeviceConfig, ...] = (config, *config.devices)
    for part in parts:
        for field in dataclasses.fields(part):
            wanted, found = TYPES[str(field.type)], getattr(part, field.name)
            if not isinstance(found, wanted) or isinstance(found, bool):
                raise ConfigError(f"{field.name} must be {wanted.__name__}, not {found!r}")
    for one, other in itertools.combinations(config.scale_labels, 2):
        if one.overlaps(other):
            raise ConfigError(f"scale_labels {one.shape} and {other.shape} share a flag")
    if config.cash_rounding_fen not in CASH_ROUNDINGS_FEN:
        raise ConfigError(f"cash_rounding_fen must be one of {CASH_ROUNDINGS_FEN}")
    gateway = config.payment_gateway
    if gateway and not gateway.startswith(("http://", "https://")):
        raise ConfigError("payment_gateway must begin with http:// or https://")
    if not config.transports or not set(config.transports) <= TRANSPORTS:
        raise ConfigError(f"transports must be out of {sorted(TRANSPORTS)}")
    assert config.zone is not None  # Both raise on a value that they cannot read.
    assert config.day_start is not None


TYPES: dict[str, type] = {
    "str": str,
    "int": int,
    "pathlib.Path": pathlib.Path,
    "tuple[str, ...]": tuple,
    "tuple[DeviceConfig, ...]": tuple,
    "tuple[ScaleLabel, ...]": tuple,
    "Mapping[str, str]": dict,
}
