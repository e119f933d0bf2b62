"""Settings of the hub: one frozen dataclass, read once by main from one TOML file."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import tomllib

CONFIG_FILE = "hub.toml"
DATABASE_VARIABLE = "LIUSHUI_HUB_DATABASE"
"""Environment: URL of another database than the SQLite file; it may hold a password."""
TRANSPORTS = ("mqtt", "grpc")
CHAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
"""It stands in the names of certificates, as a host name does in a URL."""


class ConfigError(Exception):
    """The settings file has an unknown key, a missing one, or a value that cannot be used."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every field has a default and a reason; an unknown key refuses to start.

    Paths are relative to the settings file's folder.
    """

    folder: pathlib.Path
    """Where the settings file lies; not a key of the file."""
    chain: str
    """Name in the boxes' certificates; never changed once boxes are enrolled."""
    database: str = "database/hub.db"
    database_url: str = ""
    """From the environment; empty means the file above."""
    pki: str = "pki"
    """Folder of ca.key, ca.crt, hub.key and hub.crt, made by `hq-hub init`."""
    host_names: tuple[str, ...] = ()
    """Names and addresses of the hub's certificate, beside localhost and 127.0.0.1."""
    http_host: str = "127.0.0.1"
    http_port: int = 8800
    http_certificate: str = ""
    """PEM for HTTPS; must be set, with http_key, when http_host is not loopback."""
    http_key: str = ""
    grpc_host: str = "127.0.0.1"
    grpc_port: int = 8801
    mqtt_host: str = "localhost"
    """A name in the broker's certificate."""
    mqtt_port: int = 8883
    transports: tuple[str, ...] = TRANSPORTS
    """Each alone carries everything; both is faster to recover."""

    def path(self, name: str) -> pathlib.Path:
        """A file of the hub's folder."""
        return self.folder / name


def load_config(path: pathlib.Path) -> Config:
    """Read the settings.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, a wrong type or value.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path} is no TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path} nests too deep") from error
    unknown = sorted(values.keys() - FILE_KEYS)
    if unknown:
        raise ConfigError(f"{path} has unknown keys: {', '.join(unknown)}")
    if "chain" not in values:
        raise ConfigError(f"{path} names no chain")
    for key, value in values.items():
        wanted = FILE_KEYS[key]
        if type(value) is not wanted:
            raise ConfigError(f"{path}: {key} must be {wanted.__name__}, not {value!r}")
        if isinstance(value, list):
            values[key] = tuple(str(part) for part in value)
    config = Config(**values, folder=path.parent, database_url=read_database_url())
    _require_values(config, path)
    return config


def read_database_url() -> str:
    """URL of the database from the environment; empty when the SQLite file is meant."""
    return os.environ.get(DATABASE_VARIABLE, "")


def write_config(config: Config) -> None:
    """Write the settings of a new hub beside its folder's other files."""
    lines = ["# Settings of the hub. What each means: hq_hub/config.py.\n"]
    for key in FILE_KEYS:
        value = getattr(config, key)
        # A string or list of strings of JSON is one of TOML too.
        text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
        lines.append(f"{key} = {text}\n")
    config.path(CONFIG_FILE).write_text("".join(lines), encoding="utf-8")


def _require_values(config: Config, path: pathlib.Path) -> None:
    if not CHAIN.fullmatch(config.chain):
        raise ConfigError(f"{path}: chain must be small letters, digits, dots and hyphens")
    if not config.transports or not set(config.transports) <= set(TRANSPORTS):
        raise ConfigError(f"{path}: transports must be out of {', '.join(TRANSPORTS)}")
    for key in ("http_port", "grpc_port", "mqtt_port"):
        if not 0 <= getattr(config, key) <= 65_535:
            raise ConfigError(f"{path}: {key} must be 0 to 65535")
    if bool(config.http_certificate) != bool(config.http_key):
        raise ConfigError(f"{path}: http_certificate and http_key belong together")


NOT_IN_FILE = frozenset({"folder", "database_url"})
TOML_TYPES: dict[str, type] = {"str": str, "int": int, "tuple[str, ...]": list}
FILE_KEYS = {
    field.name: TOML_TYPES[str(field.type)]
    for field in dataclasses.fields(Config)
    if field.name not in NOT_IN_FILE
}
"""Key and TOML type of everything that may stand in the file."""
