"""Rows of headquarters' own facts, as its lists show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from hq_hub.store.apply_state import WaitingFact
from hq_hub.store.books import BookRows
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.ledger.posting import Posted
from retail_domain.trade.fact import Happening, HubPayload
from retail_domain.trade.purchase import LandedCostAdded, Paid, SupplierInvoiced
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.voucher import CostAllocated, ManualEntry, PeriodClosed
from retail_domain.transfers.settlement import TransferSettled


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What a fact of headquarters is about, as a list shows it."""

    party: str = ""
    document_no: str = ""
    document_date: str = ""
    summary: str = ""
    amount_fen: int | None = None
    """None: what its entry moves."""


SUBJECTS: dict[type, Callable[[Any], Subject]] = {
    SupplierInvoiced: lambda p: Subject(
        p.supplier_no, p.invoice_no, p.invoice_date.isoformat(), p.reason, p.gross_fen
    ),
    Paid: lambda p: Subject(p.supplier_no, p.reference, amount_fen=p.amount_fen),
    ManualEntry: lambda p: Subject(
        summary=p.summary, amount_fen=sum(line.debit_fen for line in p.lines)
    ),
    CostAllocated: lambda p: Subject(
        document_no=p.account_code,
        summary=p.summary,
        amount_fen=sum(share.amount_fen for share in p.shares),
    ),
    LandedCostAdded: lambda p: Subject(
        p.supplier_no, p.invoice_no, summary=p.purchase_order_no, amount_fen=p.amount_fen
    ),
    TransferSettled: lambda p: Subject(p.responsible_store, p.transfer_no, summary=p.reason.value),
    Reclassified: lambda p: Subject(p.store, summary=f"{p.open_item_id} > {p.item_id}"),
    PeriodClosed: lambda p: Subject(document_no=p.period),
}
assert set(SUBJECTS) == set(HubPayload.__args__)


def add_own_fact(
    rows: BookRows, fact: WaitingFact, happening: Happening, posted: Posted, period: str
) -> None:
    """Add the row of one posted fact of headquarters; arguments as of `add_posted`."""
    subject = SUBJECTS[type(happening.payload)](happening.payload)
    business_date = happening.business_date.isoformat()
    amount_fen = subject.amount_fen
    if amount_fen is None:
        amount_fen = sum(line.debit_fen for line in posted.lines)
    rows.own_fact.append(
        (
            *fact.place,
            happening.kind.value,
            happening.fact_id.bytes,
            happening.causes[0].bytes if happening.causes else b"",
            business_date,
            period,
            happening.staff_no,
            (happening.wall_at - EPOCH_START) // MILLISECOND,
            subject.party,
            subject.document_no,
            subject.document_date or business_date,
            subject.summary,
            amount_fen,
        )
    )
