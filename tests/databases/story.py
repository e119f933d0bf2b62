"""Some days of a small chain in which every kind of fact happens: what a golden journal holds.

`python -m tests.databases.story N` writes `journal_N.jsonl` as this program does. Until its release
the newest one may be written again; afterwards none is ever touched.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import sys
import uuid

from protos import chain
from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.fact import HQ_STORE, Payload
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.sale_passing import SaleAnswered, SaleOutcome, SaleRequested
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.void import ReceiptReprinted
from tests.hq_hub.small_chain import BoxSim
from tests.protos.golden import PAYLOADS
from tests.retail_domain.builders import make_arrival, make_receipt, make_shipment, make_ticket
from tests.retail_domain.fact_builders import (
    make_adjustment,
    make_allocation,
    make_count,
    make_day_close,
    make_invoice,
    make_landed_cost,
    make_payment,
    make_return,
    make_settlement,
    make_shift_close,
    make_supplier_return,
    make_voucher,
)

FOLDER = pathlib.Path(__file__).parent
OPEN_ITEM = OPEN_ITEM_ID_MIN + 1
SELLABLE = StockState.SELLABLE


@dataclasses.dataclass(frozen=True)
class Kept:
    """A fact as the hub holds it."""

    store: str
    body: bytes
    head: bytes


class Teller:
    """Writes facts of several authors one after the other."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self._boxes = {store: BoxSim(store) for store in ("S001", "S002", HQ_STORE)}

    def tell(self, store: str, *payloads: Payload) -> uuid.UUID:
        """Returns the identity of the last fact."""
        box = self._boxes[store]
        for payload in payloads:
            fact_id, body = box.next_fact_id, box.make_body(payload)
            box.head = chain.next_head(box.head, body)
            self.kept.append(Kept(store, body, box.head))
        return fact_id


def play() -> list[Kept]:
    """The facts in the order of receipt. PO-000001 is of S001, T-000001 goes from S001 to S002."""
    teller = Teller()
    _open_the_day(teller)
    _trade(teller)
    _work_in_the_back_room(teller)
    _pass_a_sale_on(teller)
    _keep_the_books(teller)
    _close_the_day(teller)
    return teller.kept


def _open_the_day(teller: Teller) -> None:
    kinds = (FactKind.DAY_OPENED, FactKind.SHIFT_OPENED, FactKind.SIGNED_IN, FactKind.BOX_EVENT)
    teller.tell("S001", *(PAYLOADS[kind] for kind in kinds))
    teller.tell("S001", make_receipt((1, 3_000), (2, 3_000), (3, 3_000)))


def _trade(teller: Teller) -> None:
    sale = make_ticket((1, 2_000, 303))
    sale_id = teller.tell("S001", sale)
    approved = (Approval("refund", "3001", 1),)
    teller.tell("S001", dataclasses.replace(make_return(sale, sale_id, 1_000), approvals=approved))
    rounded = dataclasses.replace(
        make_ticket((1, 1_000, 303), receipt_no=3),
        tenders=(Tender(TenderKind.WECHAT, 300, 300),),
        rounding_fen=3,
    )
    teller.tell("S001", rounded, PAYLOADS[FactKind.TICKET_VOIDED])
    teller.tell("S001", PAYLOADS[FactKind.DRAWER_OPENED], PAYLOADS[FactKind.CASH_MOVED])
    teller.tell("S001", ReceiptReprinted(sale_id, receipt_no=1, copy_no=1))
    teller.tell("S001", PAYLOADS[FactKind.ITEM_UNKNOWN])
    unknown_id = teller.tell("S001", make_ticket((OPEN_ITEM, 1_000, 455), receipt_no=4))
    teller.tell(HQ_STORE, Reclassified("S001", OPEN_ITEM, 3, 1_000, unknown_id))


def _work_in_the_back_room(teller: Teller) -> None:
    teller.tell(
        "S001",
        make_supplier_return((2, 500)),
        make_count((2, 2_400, 2_500)),
        make_adjustment((3, 100, SELLABLE, StockState.DAMAGED)),
        make_shipment((1, 1_000), (3, 1_000)),
        PAYLOADS[FactKind.STOCK_REQUESTED],
    )
    teller.tell("S002", make_arrival((1, 1_000), (3, 900)))


def _pass_a_sale_on(teller: Teller) -> None:
    sale = make_ticket((2, 1_000, 303), receipt_no=5)
    sale_id = teller.tell("S001", sale)
    request_id = teller.tell("S002", SaleRequested(sale_id))
    passed_on = SaleOutcome.PASSED_ON
    teller.tell("S001", SaleAnswered(request_id, sale_id, "S002", passed_on, 1, (), ()))
    teller.tell("S002", make_return(sale, sale_id, 1_000, receipt_no=1))


def _keep_the_books(teller: Teller) -> None:
    teller.tell(
        HQ_STORE,
        make_invoice(("PO-000001", "S001", 1, 3_000, 1_100), tax_fen=143),
        make_payment(1_243),
        make_landed_cost((1, 3_000, 90), (2, 2_500, 60)),
        make_settlement((3, 100)),
        make_voucher(("S001", "5602", 900), (HQ_STORE, "1002", -900)),
        make_allocation("5601", S001=700, S002=300),
        PAYLOADS[FactKind.PERIOD_CLOSED],
    )


def _close_the_day(teller: Teller) -> None:
    teller.tell("S001", make_shift_close(905, 900), PAYLOADS[FactKind.SIGNED_OUT])
    teller.tell("S001", make_day_close(last_seq=23))


def read(journal: pathlib.Path) -> list[Kept]:
    """A committed journal, in the order of receipt."""
    lines = [json.loads(line) for line in journal.read_text(encoding="ascii").splitlines()]
    return [
        Kept(line["store"], bytes.fromhex(line["body"]), bytes.fromhex(line["head"]))
        for line in lines
    ]


def write(journal: pathlib.Path) -> None:
    """Write today's journal down, a fact a line."""
    lines = [
        json.dumps({"store": kept.store, "body": kept.body.hex(), "head": kept.head.hex()})
        for kept in play()
    ]
    journal.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    write(FOLDER / f"journal_{int(sys.argv[1])}.jsonl")
