"""A simulated scale that prints its own labels: it takes a list of goods, and prices a weight."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.scale.plu import PluGoods
from hardware.sim.printer_faults import PrinterFaults

LINE_BYTES_MAX = 1_024
PLU_FIELD, UNIT_FIELD, PRICE_FIELD, NAME_FIELD, SHELF_LIFE_FIELD = 1, 4, 5, 15, 32
BY_WEIGHT = "1"


class SimulatedLabelScale:
    """Hangs on a TcpPrinterLine. A list counts when its END came; until then the old one does."""

    def __init__(self, encoding: str = "gb18030") -> None:
        self.faults = PrinterFaults()
        self._encoding = encoding
        self._rest = b""
        self._coming: dict[int, PluGoods] | None = None
        self.goods: Mapping[int, PluGoods] = {}
        """By number."""
        self.bad_lines = 0

    def feed(self, data: bytes) -> bytes:
        """Take bytes of a download; it answers nothing."""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        self._rest = self._rest[-LINE_BYTES_MAX:]
        for line in lines:
            self._take(line.decode(self._encoding, errors="replace"))
        return b""

    def weigh(self, plu: int, weight_mg: int) -> int:
        """Amount in fen of goods on the pan, rounded half up, as it prints it."""
        return (weight_mg * self.goods[plu].unit_price_fen + 500_000) // 1_000_000

    def _take(self, line: str) -> None:
        fields = line.split("\t")
        if fields[:2] == ["DWL", "PLU"]:
            self._coming = {}
        elif fields[:2] == ["END", "PLU"] and self._coming is not None:
            self.goods, self._coming = self._coming, None
        elif fields[0] == "PLU" and self._coming is not None and len(fields) > SHELF_LIFE_FIELD:
            goods = _read_goods(fields)
            self._coming[goods.plu] = goods
        else:
            self.bad_lines += 1


def _read_goods(fields: list[str]) -> PluGoods:
    price, _, decimals = fields[PRICE_FIELD].partition(",")
    assert decimals == "2", fields
    return PluGoods(
        plu=int(fields[PLU_FIELD]),
        name=fields[NAME_FIELD],
        unit_price_fen=int(price),
        is_weighed=fields[UNIT_FIELD] == BY_WEIGHT,
        shelf_life_days=int(fields[SHELF_LIFE_FIELD]),
    )
