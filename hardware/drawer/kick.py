"""The pulse that opens a cash drawer which hangs at a receipt printer. Pure bytes.

Source: ESC p of the ESC/POS sheets: pin, then how long on and off in steps of 2 ms.
"""

from __future__ import annotations

PULSE_STEPS = 0x32
"""100 ms on, 100 ms off. Never FF: one printer repeats that for ever (vendor's note on a Dahua)."""
DRAWER_PINS = ("2", "5")
"""Of the connector: drawer 1 and drawer 2. The driver's option; the first is what is sold."""


def make_kick(pin: str) -> bytes:
    """The bytes for the drawer on a pin of DRAWER_PINS. Never both: there may be two drawers."""
    return bytes((0x1B, 0x70, DRAWER_PINS.index(pin), PULSE_STEPS, PULSE_STEPS))
