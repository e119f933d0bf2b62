"""What may become of a chain's machines and people, one plot a seed."""

from __future__ import annotations

PLOTS: tuple[tuple[str, ...], ...] = (
    ("poison",),
    ("restored",),
    ("cloned", "clock"),
    ("replaced", "poison"),
    ("hub_restored",),
    ("restored", "cloned", "replaced", "hub_restored"),
    ("month", "clock"),
    ("revoked", "poison"),
)
MODES = ("mqtt-only", "grpc-only", "both", "flapping")
"""Every plot is played over every one."""


def mode_of(seed: int) -> str:
    """Which ways to the hub there are."""
    return MODES[seed % len(MODES)]


def plot_of(seed: int) -> tuple[str, ...]:
    """What may happen in a seed."""
    return PLOTS[seed // len(MODES) % len(PLOTS)]


def seeds_with(case: str, count: int) -> list[int]:
    """The first seeds in which all of `one+another` may happen; all seeds if it is empty."""
    cases = set(case.split("+")) - {""}
    found: list[int] = []
    seed = 0
    while len(found) < count:
        if cases <= set(plot_of(seed)):
            found.append(seed)
        seed += 1
        assert seed < 10_000 or found, f"no plot has {case}"
    return found
