"""Who is at which register: signing in and out. The person is the fact's staff_no."""

from __future__ import annotations

import dataclasses
import enum


class SignInMethod(enum.Enum):
    """How a person proved who they are."""

    PIN = "pin"
    CARD = "card"


class SignOutReason(enum.Enum):
    """Why a session ended."""

    BY_PERSON = "by_person"
    HANDED_OVER = "handed_over"
    TIMED_OUT = "timed_out"


@dataclasses.dataclass(frozen=True, slots=True)
class SignedIn:
    """Payload: a person took a register."""

    method: SignInMethod
    role: str


@dataclasses.dataclass(frozen=True, slots=True)
class SignedOut:
    """Payload: a person left a register."""

    reason: SignOutReason
