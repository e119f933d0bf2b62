"""Where a demo keeps what, and the settings that a second start finds again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import secrets
import time

from deploy.demo.errors import DataFolderTakenError

CHAIN = "demo.liushui"
PRICE_ZONE = "standard"
LEGAL_ENTITY = "LE1"
HUB_USER = "manager"
PASSWORD_BYTES = 9
HEADLESS, LIVE = "headless", "live"


@dataclasses.dataclass(frozen=True, slots=True)
class Ports:
    """Of 127.0.0.1."""

    hub_http: int
    hub_grpc: int
    mqtt: int
    boxes: tuple[int, ...] = ()
    """HTTP, one a box with a screen."""

    @property
    def all(self) -> list[int]:
        """Every one."""
        return [self.hub_http, self.hub_grpc, self.mqtt, *self.boxes]


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What must be the same at every start with one folder."""

    mode: str
    """HEADLESS or LIVE: a played clock and a real one do not mix in one history."""
    trade: str
    """Names the trade that is played."""
    password: str
    """Of HUB_USER at the console."""
    made_at_ms: int
    """When the folder was made."""


class DemoFolder:
    """Paths of one demo's data folder."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root.absolute()
        self.plan = self.root / "plan"
        self.hub = self.root / "hub"
        self.hub_config = self.hub / "hub.toml"
        self.broker = self.root / "broker"
        self.progress = self.root / "progress"
        self.opening_bell = self.progress / "trade-may-start"
        """Boxes are ready and wait until this file is there."""
        self.set_up = self.root / "set-up.json"
        """There when the hub was filled."""
        self._settings = self.root / "demo.json"

    def box(self, store: str) -> pathlib.Path:
        """Folder of a store's box."""
        return self.root / "boxes" / store

    def box_config(self, store: str) -> pathlib.Path:
        """Settings of a store's box."""
        return self.box(store) / "box.toml"

    def log(self, name: str) -> pathlib.Path:
        """Log of a program."""
        return self.root / "logs" / f"{name}.log"

    def claim(self, mode: str, trade: str) -> Settings:
        """Take the folder for a trade, or find it taken by the same one.

        Raises:
            DataFolderTakenError: it holds another demo.
        """
        if self._settings.exists():
            kept = Settings(**json.loads(self._settings.read_text("utf-8")))
            if (kept.mode, kept.trade) != (mode, trade):
                raise DataFolderTakenError(path=str(self.root))
            return kept
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.progress.mkdir(exist_ok=True)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        settings = Settings(mode, trade, password, time.time_ns() // 1_000_000)
        write_whole(self._settings, json.dumps(dataclasses.asdict(settings)))
        return settings


def name_trade(
    path: pathlib.Path | None, *, stores_max: int | None, baskets_max: int | None
) -> str:
    """Name a trade so that another one has another name: by its file's content and its limits."""
    source = "complete-journey"
    if path is not None:
        with path.open("rb") as file:
            source = hashlib.file_digest(file, hashlib.blake2b).hexdigest()[:32]
    return f"{source} stores={stores_max} baskets={baskets_max}"


def write_whole(path: pathlib.Path, text: str) -> None:
    """Write a file so that a reader finds the old text or the new one, and never half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)
