"""How far the boxes of a headless demo are; the process of boxes writes it, the demo reads it."""

from __future__ import annotations

import dataclasses
import json

from deploy.demo.layout import DemoFolder, write_whole

PROGRESS_FILE = "boxes.json"


@dataclasses.dataclass(slots=True)
class Progress:
    """How far the boxes of this process are; the orchestrator reads it from a file."""

    pid: int
    ready: int = 0
    """Boxes that have their documents and opening stock."""
    baskets: int = 0
    """Sold, or found sold by a former start."""
    traded: int = 0
    """Boxes that sold, received and sent everything."""
    done: int = 0
    """Boxes of which the hub has confirmed everything."""


def read_progress(folder: DemoFolder) -> Progress:
    """What the process of boxes last said."""
    try:
        return Progress(**json.loads((folder.progress / PROGRESS_FILE).read_text("utf-8")))
    except FileNotFoundError:
        return Progress(0)


def write_progress(folder: DemoFolder, progress: Progress) -> None:
    """Say how far the process is."""
    write_whole(folder.progress / PROGRESS_FILE, json.dumps(dataclasses.asdict(progress)))
