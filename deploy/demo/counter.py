"""The simulated devices of a cashier's register: scanner, scale and receipt printer."""

from __future__ import annotations

import pathlib

from deploy.demo.configs import Values
from hardware.driver import Role
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import TcpPrinterLine
from hardware.sim.scale import SimulatedScale
from hardware.sim.serial_scanner import SimulatedSerialScanner

SCALE_KIND = "toledo8217"
RECEIPTS_KEPT = 50
"""Pictures of a store's last receipts."""


class Counter:
    """What stands on one counter. Printed receipts lie as pictures in a folder."""

    def __init__(self, folder: pathlib.Path, register_no: str) -> None:
        """Prepare; the printer is on at once, scanner and scale are unplugged."""
        self._register_no = register_no
        self._receipts = folder / "receipts"
        self._printed = 0
        self.scanner = SimulatedSerialScanner(folder / f"scanner-{register_no}")
        self.scale = SimulatedScale(folder / f"scale-{register_no}", SCALE_KIND)
        self.printer = EscposPrinter(PrinterFaults())
        self._line = TcpPrinterLine(self.printer)

    def settings(self) -> list[Values]:
        """What box.toml says of the devices."""
        return [
            {
                "device_id": f"scanner-{self._register_no}",
                "kind": "serial_scanner",
                "address": str(self.scanner.path),
                "suffix": "cr",
            },
            {
                "device_id": f"scale-{self._register_no}",
                "kind": SCALE_KIND,
                "address": str(self.scale.path),
                "line": "9600 8N1",  # A pty knows no parity.
            },
            {
                "device_id": f"printer-{self._register_no}",
                "kind": "escpos",
                "address": self._line.address,
            },
        ]

    def places(self) -> dict[str, Role]:
        """What each device is for."""
        roles = (Role.SCANNER, Role.SCALE, Role.PRINTER)
        return {f"{role.value}-{self._register_no}": role for role in roles}

    def plug(self) -> None:
        """Plug scanner and scale in."""
        self.scanner.plug()
        self.scale.plug()

    def keep_receipts(self) -> None:
        """Put what was printed since the last call into the folder; the oldest go."""
        while self.printer.paper.sheets:
            self._printed += 1
            self._receipts.mkdir(exist_ok=True)
            path = self._receipts / f"receipt-{self._printed:04}.png"
            path.write_bytes(self.printer.paper.sheets.pop(0).to_png())
            old = self._receipts / f"receipt-{self._printed - RECEIPTS_KEPT:04}.png"
            old.unlink(missing_ok=True)

    def close(self) -> None:
        """Take everything away. A repeat does nothing."""
        self.scanner.close()
        self.scale.close()
        self._line.close()
