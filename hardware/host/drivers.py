"""The table of all drivers, and what a device of one may be set to."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.display.drivers import DISPLAY_DRIVERS
from hardware.driver import Driver
from hardware.printer.drivers import PRINTER_DRIVERS
from hardware.scale.drivers import SCALE_DRIVERS
from hardware.scanner.drivers import SCANNER_DRIVERS

DRIVERS: Mapping[str, Driver] = {
    driver.kind: driver
    for driver in (*SCANNER_DRIVERS, *SCALE_DRIVERS, *PRINTER_DRIVERS, *DISPLAY_DRIVERS)
}
"""By kind, in the order in which `identify` lists equals."""


class OptionError(ValueError):
    """An option that the driver does not have, or a choice that is none of its own."""

    def __init__(self, kind: str, option: str, value: str, choices: tuple[str, ...]) -> None:
        """Say what would have been right; no choices when there is no such option."""
        super().__init__(f"{kind}: {option} can't be {value!r}")
        self.option, self.value, self.choices = option, value, choices


def fill_options(driver: Driver, chosen: Mapping[str, str]) -> dict[str, str]:
    """Check what IT chose and add the first choice of every other option.

    Raises:
        OptionError: an unknown option or choice.
    """
    for option, value in chosen.items():
        if option not in driver.options:
            raise OptionError(driver.kind, option, value, ())
        choices = driver.options[option]
        if choices and value not in choices:
            raise OptionError(driver.kind, option, value, choices)
    defaults = {option: (*choices, "")[0] for option, choices in driver.options.items()}
    return {**defaults, **chosen}
