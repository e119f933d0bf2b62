"""A simulated scale: hears and says what a real one would, with the faults of real ones."""

from __future__ import annotations

import dataclasses
import enum
import pathlib
import random
import threading
from collections.abc import Callable

from hardware.reading import WeightState
from hardware.scale.protocol import ScaleCommand
from hardware.scale.protocols import PROTOCOLS
from hardware.sim.pty_port import PtyPort
from hardware.sim.scale_speech import SPEECHES, Pan, toledo8217

STREAM_PERIOD_S = 0.1
"""Ten frames a second: the usual rate of scales that talk by themselves."""
HEARD_BYTES_MAX = 64
"""No question is longer."""
GARBAGE_BYTES = 16
SHAKES_MG = tuple(range(0, 200_000, 20_000))
"""By how much a pan in motion is off."""

COMMANDS = {protocol.kind: protocol.commands for protocol in PROTOCOLS}
CONFIRMATIONS: dict[str, Callable[[Pan], bytes]] = {
    "toledo8217": lambda pan: (
        toledo8217(dataclasses.replace(pan, state=None)) if pan.net_mg else b"\x02?\x60\r"
    ),
    "mtsics": lambda _pan: b"Z A\r\n",
}
"""What is said to a command that was done; other scales say nothing."""


class ScaleFault(enum.Enum):
    """What goes wrong on the way from the scale to the box."""

    FROZEN = "frozen"
    """It hears and says nothing."""
    GARBAGE = "garbage"
    """Noise takes the place of each frame."""
    HALF = "half"
    """Frames break off in the middle."""
    PARITY = "parity"
    """Every second byte has its highest bit set: 7E1 read as 8N1."""


class ScaleVoice:
    """The scale's side of the dialogue, without a line and without a clock."""

    def __init__(self, kind: str, seed: int = 1) -> None:
        """Prepare an empty scale.

        Args:
            kind: one of SPEECHES.
            seed: of the garbage.
        """
        self.kind, self._speech = kind, SPEECHES[kind]
        self._heard = b""
        self._chance = random.Random(seed)  # noqa: S311 - noise, not secrets
        self.pan = Pan()
        self.fault: ScaleFault | None = None

    @property
    def is_talkative(self) -> bool:
        """Whether it talks without being asked."""
        return self._speech.stream is not None

    def put(self, gross_mg: int, state: WeightState | None = None) -> None:
        """Lay goods on the pan, at once.

        Args:
            gross_mg: with what they lie in.
            state: what ails the scale; None when the weight is at rest.
        """
        self.pan = dataclasses.replace(self.pan, gross_mg=gross_mg, state=state)

    def hear(self, data: bytes) -> bytes:
        """Take what the host says, and answer."""
        self._heard = (self._heard + data)[-HEARD_BYTES_MAX:]
        said = b""
        questions = sorted(
            (*self._speech.answers, *COMMANDS.get(self.kind, {}).values()), key=len, reverse=True
        )
        while self._heard:
            asked = next((q for q in questions if self._heard.startswith(q)), None)
            if asked is not None:
                said += self._spoil(self._answer(asked))
                self._heard = self._heard[len(asked) :]
            elif any(q.startswith(self._heard) for q in questions):
                break
            else:
                self._heard = self._heard[1:]
        return said

    def utter(self) -> bytes:
        """Say the next frame of the stream."""
        return self._spoil(self._speech.stream(self._shake())) if self._speech.stream else b""

    def _shake(self) -> Pan:
        """The pan as it is now: in motion no two readings are the same."""
        if self.pan.state is not WeightState.MOTION:
            return self.pan
        return dataclasses.replace(
            self.pan, gross_mg=self.pan.gross_mg + self._chance.choice(SHAKES_MG)
        )

    def _answer(self, asked: bytes) -> bytes:
        if asked in self._speech.answers:
            return self._speech.answers[asked](self._shake())
        commands = COMMANDS[self.kind]
        command = next(name for name, said in commands.items() if said == asked)
        self.pan = CHANGES[command](self.pan)
        confirm = CONFIRMATIONS.get(self.kind)
        return b"" if confirm is None else confirm(self.pan)

    def _spoil(self, said: bytes) -> bytes:
        match self.fault:
            case ScaleFault.FROZEN:
                return b""
            case ScaleFault.GARBAGE:
                return self._chance.randbytes(GARBAGE_BYTES) if said else b""
            case ScaleFault.HALF:
                return said[: len(said) // 2]
            case ScaleFault.PARITY:
                return bytes(byte | 0x80 * (place % 2) for place, byte in enumerate(said))
            case None:
                return said


CHANGES: dict[ScaleCommand, Callable[[Pan], Pan]] = {
    ScaleCommand.ZERO: lambda _pan: Pan(),
    ScaleCommand.TARE: lambda pan: dataclasses.replace(pan, tare_mg=pan.gross_mg),
    ScaleCommand.CLEAR_TARE: lambda pan: dataclasses.replace(pan, tare_mg=0),
}
assert set(CHANGES) == set(ScaleCommand)


class SimulatedScale:
    """A scale at a path that stays the same over plug and unplug; a thread of its own talks."""

    def __init__(self, path: pathlib.Path, kind: str) -> None:
        """Prepare an unplugged scale; see PtyPort and ScaleVoice."""
        self.voice = ScaleVoice(kind)
        self._port = PtyPort(path)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def path(self) -> pathlib.Path:
        """Where a device process finds it."""
        return self._port.path

    def plug(self) -> None:
        """Plug it in and switch it on."""
        self._port.plug()
        self._stopping.clear()
        self._thread = threading.Thread(target=self._talk, name="simulated-scale", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take it away: a reader sees a hang-up, the path is gone."""
        assert self._thread is not None
        self._stopping.set()
        self._thread.join()
        self._thread = None
        self._port.unplug()

    def close(self) -> None:
        """Unplug it if it is plugged."""
        if self._thread is not None:
            self.unplug()

    def _talk(self) -> None:
        while not self._stopping.is_set():
            heard = self._port.receive(STREAM_PERIOD_S)
            said = self.voice.hear(heard) if heard else self.voice.utter()
            if said:
                self._port.send(said)
