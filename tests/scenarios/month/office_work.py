"""What finance does in the month: invoices, payments, freight, vouchers, lost goods, the close."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from hq_hub.services import bookkeeping, purchasing
from hq_hub.services.bookkeeping import (
    NewAllocation,
    NewReclassification,
    NewSettlement,
    NewVoucher,
    NewVoucherLine,
)
from hq_hub.services.purchasing import NewInvoice, NewInvoiceLine, NewLandedCost, NewPayment
from hq_hub.store import schema_books
from hq_hub.store.schema import transfer_order
from retail_domain.errors import RetailError
from retail_domain.rounding import MILLI
from retail_domain.trade.purchase import AllocationBase
from retail_domain.transfers.settlement import SettlementReason
from tests.scenarios.month.chain import Office
from tests.scenarios.month.goods import COSTS_FEN, ITEM_IDS, OPEN_ITEM_ID
from tests.scenarios.month.line import CHINA


class Finance:
    """The people who keep the books."""

    def __init__(self, office: Office, units: int) -> None:
        self._office, self._units = office, units
        self._invoiced: set[str] = set()
        self._open: list[tuple[str, int]] = []
        self._freight_no: str | None = None
        self.refusals: dict[str, int] = {}

    @property
    def _today(self) -> datetime.date:
        return self._office.hub.at.astimezone(CHINA).date()

    def day(self, number: int) -> None:
        """Do what is due on a day of the month."""
        for order_no, store in self._office.orders:
            if order_no not in self._invoiced and self._try(lambda: self._invoice(order_no, store)):  # noqa: B023 - called at once
                self._invoiced.add(order_no)
                self._try(lambda: self._add_freight(order_no, store))  # noqa: B023 - called at once
        if number % 5 == 0:
            self._pay()
            self._write_voucher()
        if number % 7 == 0:
            self._allocate()
            self._reverse_freight()
            self._settle_transfers()
            self._reclassify()

    def close_month(self, period: str) -> None:
        """Close a month although some store has not sent or closed all of it."""
        self._office.apply()
        bookkeeping.close_period(
            self._office.db, period, self._office.ask(), acknowledge_missing=True
        )

    def _invoice(self, order_no: str, store: str) -> None:
        lines = tuple(
            NewInvoiceLine(
                order_no, store, item_id, self._units * MILLI,
                self._units * COSTS_FEN[item_id] + self._office.chance.randrange(-30, 60),
            )
            for item_id in ITEM_IDS
        )  # fmt: skip
        net_fen = sum(line.amount_fen for line in lines)
        number = f"INV-{order_no}"
        new = NewInvoice("SUP1", number, self._today, self._today, net_fen * 13 // 100, lines)
        purchasing.enter_invoice(self._office.db, new, self._office.ask())
        self._open.append((number, net_fen + net_fen * 13 // 100))

    def _pay(self) -> None:
        """Half of the oldest invoice, or the rest of it."""
        if not self._open:
            return
        number, left_fen = self._open.pop(0)
        part_fen = left_fen if self._office.chance.random() < 0.5 else left_fen // 2
        payment = NewPayment("SUP1", "bank", ((number, part_fen),), self._today)
        # Refused when the invoice went with a headquarters that was set back to its backup.
        is_paid = self._try(
            lambda: purchasing.pay_invoices(self._office.db, payment, self._office.ask())
        )
        if is_paid and part_fen < left_fen:
            self._open.append((number, left_fen - part_fen))

    def _add_freight(self, order_no: str, store: str) -> None:
        new = NewLandedCost(
            store, order_no, "CARRIER", f"F-{order_no}", AllocationBase.VALUE,
            self._office.chance.randrange(100, 999), self._today,
        )  # fmt: skip
        self._freight_no = purchasing.add_landed_cost(self._office.db, new, self._office.ask())

    def _reverse_freight(self) -> None:
        """Refused when headquarters was set back to a backup from before the freight."""
        fact_no, self._freight_no = self._freight_no, None
        if fact_no is not None:
            self._try(
                lambda: purchasing.reverse_landed_cost(
                    self._office.db, fact_no, self._today, self._office.ask()
                )
            )

    def _write_voucher(self) -> None:
        lines = (
            NewVoucherLine("HQ", "5602", 12_345, 0),
            NewVoucherLine("HQ", "1002", 0, 12_345),
        )
        new = NewVoucher("办公费", self._today, lines)
        bookkeeping.enter_voucher(self._office.db, new, self._office.ask())

    def _allocate(self) -> None:
        stores = sorted({store for _number, store in self._office.orders})
        if stores:
            weights = tuple((store, 1 + place) for place, store in enumerate(stores))
            new = NewAllocation("总部费用分摊", self._today, "5602", 9_999, weights)
            bookkeeping.allocate_cost(self._office.db, new, self._office.ask())

    def _settle_transfers(self) -> None:
        """Whatever has been between two stores for days is lost, or was miscounted."""
        table, order = schema_books.in_transit.c, transfer_order.c
        with self._office.db.begin():
            rows = self._office.db.execute(
                sa.select(
                    table.transfer_no, order.source_store, table.item_id, table.quantity_milli
                )
                .join(transfer_order, order.transfer_no == table.transfer_no)
                .where(table.quantity_milli != 0, order.created_at_ms < self._days_ago_ms(5))
                .order_by(table.transfer_no, table.item_id)
            ).all()
        for transfer_no, source, item_id, milli in rows:
            reason = SettlementReason.LOST_BY_SOURCE if milli > 0 else SettlementReason.MISCOUNTED
            new = NewSettlement(transfer_no, source, reason, self._today, ((item_id, milli),))
            self._try(
                lambda new=new: bookkeeping.settle_transfer(
                    self._office.db, new, self._office.ask()
                )
            )

    def _reclassify(self) -> None:
        for store in sorted({store for _number, store in self._office.orders}):
            new = NewReclassification(store, OPEN_ITEM_ID, ITEM_IDS[-1], MILLI, self._today)
            self._try(
                lambda new=new: bookkeeping.reclassify(self._office.db, new, self._office.ask())
            )

    def _try(self, work: object) -> bool:
        """Whether it was done; what was refused is counted by its code."""
        assert callable(work)
        try:
            work()
        except RetailError as error:
            self.refusals[error.code] = self.refusals.get(error.code, 0) + 1
            return False
        return True

    def _days_ago_ms(self, days: int) -> int:
        at = self._office.hub.at - datetime.timedelta(days=days)
        return int(at.timestamp() * 1_000)
