"""Vouchers, allocations, settled transfers, reclassified goods, closed months."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime
import pathlib

import pytest

from hq_hub.services import bookkeeping, documents, purchasing
from hq_hub.services.apply import retry_parked
from hq_hub.services.bookkeeping import (
    NewAllocation,
    NewReclassification,
    NewSettlement,
    NewVoucher,
    NewVoucherLine,
)
from hq_hub.services.errors import (
    DaysNotClosedError,
    ItemNotFoundError,
    MonthHasParkedError,
    NotInTransitError,
    NotOpenItemError,
    ReclassifiedTooMuchError,
    SettlementReasonError,
    StoreListedTwiceError,
    StoreNotFoundError,
)
from hq_hub.services.rebuild import verify_projections
from hq_hub.store.engine import write_transaction
from hq_hub.store.writer import Writer
from protos.documents import Reclassification, decode_order
from retail_domain.catalog.item import OPEN_ITEM_ID_MIN, Price
from retail_domain.errors import (
    AmountOutOfRangeError,
    ItemListedTwiceError,
    NoLinesError,
    QuantityNotWholeError,
    QuantityZeroError,
    RetailError,
    TransferNotFoundError,
)
from retail_domain.ledger.errors import (
    AccountControlledError,
    AccountNoExpenseError,
    AccountNotFoundError,
    AccountNotLeafError,
    LinesTooManyError,
    MonthClosedError,
    MonthFormatError,
    MonthInFutureError,
    MonthNotNextError,
    SharesEmptyError,
    VoucherLineSidesError,
    VoucherUnbalancedError,
)
from retail_domain.people.right import Measure
from retail_domain.transfers.settlement import SettlementReason
from tests.hq_hub.services.test_purchasing import INVOICE
from tests.hq_hub.small_chain import BOSS, SmallChain
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_happening,
    make_item,
    make_receipt,
    make_shipment,
    make_ticket,
)
from tests.retail_domain.fact_builders import make_day_close, make_return

TODAY = datetime.date(2026, 11, 22)
OCTOBER = datetime.date(2026, 10, 31)
INT64_MAX = 2**63 - 1
OPEN_ITEM = OPEN_ITEM_ID_MIN + 1
RENT = (NewVoucherLine("HQ", "5602", 900, 0), NewVoucherLine("HQ", "1002", 0, 900))
VOUCHER = NewVoucher("rent", TODAY, RENT)
ALLOCATION = NewAllocation("rent", TODAY, "5602", 100, (("S001", 1), ("S002", 2)))
SETTLEMENT = NewSettlement(
    "T-000001", "S001", SettlementReason.LOST_BY_CARRIER, TODAY, ((1, 1_000),)
)
KNOWN = NewReclassification("S001", OPEN_ITEM, 1, 2_000, TODAY)


def voucher_of(*lines: tuple[str, str, int, int]) -> NewVoucher:
    return NewVoucher("by hand", TODAY, tuple(NewVoucherLine(*line) for line in lines))


def close(
    small: SmallChain, period: str, *, acknowledge_missing: bool = True, parked_reason: str = ""
) -> str:
    return bookkeeping.close_period(
        small.db,
        period,
        small.ask(),
        acknowledge_missing=acknowledge_missing,
        parked_reason=parked_reason,
    )


def count_own(small: SmallChain) -> int:
    ((count,),) = small.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'")
    return int(count)


def test_voucher_is_booked_at_headquarters_and_stores(small: SmallChain) -> None:
    voucher = voucher_of(("S001", "560109", 500, 0), ("HQ", "1002", 0, 500))

    bookkeeping.enter_voucher(small.db, voucher, small.ask())

    assert small.account_fen() == {
        ("S001", "560109"): 500,
        ("S001", "122102"): -500,
        ("HQ", "1002"): -500,
        ("HQ", "122102"): 500,
    }


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], NoLinesError),
        ([("HQ", "5602", 1, 0)] * 1_001, LinesTooManyError),
        ([("HQ", "5602", 900, 0), ("HQ", "1002", 0, 901)], VoucherUnbalancedError),
        ([("HQ", "5602", 900, 0)], VoucherUnbalancedError),
        ([("HQ", "5602", 900, 900)], VoucherLineSidesError),
        ([("HQ", "5602", 0, 0)], VoucherLineSidesError),
        ([("HQ", "5602", -1, 0), ("HQ", "1002", 0, -1)], AmountOutOfRangeError),
        ([("HQ", "5602", INT64_MAX, 0), ("HQ", "1002", 0, INT64_MAX)], AmountOutOfRangeError),
        ([("HQ", "5602", 10**12 + 1, 0), ("HQ", "1002", 0, 10**12 + 1)], AmountOutOfRangeError),
        ([("HQ", "9999", 900, 0), ("HQ", "1002", 0, 900)], AccountNotFoundError),
        ([("HQ", "", 900, 0), ("HQ", "1002", 0, 900)], AccountNotFoundError),
        ([("HQ", "1405", 900, 0), ("HQ", "1002", 0, 900)], AccountNotLeafError),
        ([("S001", "140501", 900, 0), ("HQ", "1002", 0, 900)], AccountControlledError),
        ([("S001", "140502", 900, 0), ("HQ", "1002", 0, 900)], AccountControlledError),
        ([("HQ", "220201", 900, 0), ("HQ", "1002", 0, 900)], AccountControlledError),
        ([("HQ", "220202", 900, 0), ("HQ", "1002", 0, 900)], AccountControlledError),
        ([("HQ", "122102", 900, 0), ("HQ", "1002", 0, 900)], AccountControlledError),
        ([("S009", "5602", 900, 0), ("HQ", "1002", 0, 900)], StoreNotFoundError),
    ],
)
def test_voucher_that_the_books_cannot_take_is_refused(
    small: SmallChain, lines: list[tuple[str, str, int, int]], refusal: type[RetailError]
) -> None:
    with pytest.raises(refusal):
        bookkeeping.enter_voucher(small.db, voucher_of(*lines), small.ask())

    assert count_own(small) == 0


def test_largest_voucher_is_taken(small: SmallChain) -> None:
    lines = [("HQ", "5602", 10**12, 0), ("HQ", "1002", 0, 10**12)] * 500

    asked = small.ask(dataclasses.replace(BOSS, own_limits={Measure.MANUAL_ENTRY_FEN: 10**15}))
    bookkeeping.enter_voucher(small.db, voucher_of(*lines), asked)

    assert small.account_fen()["HQ", "5602"] == 500 * 10**12
    small.require_agreement()


def test_allocated_cost_leaves_headquarters_to_the_fen(small: SmallChain) -> None:
    bookkeeping.allocate_cost(small.db, ALLOCATION, small.ask())

    fen = small.account_fen()
    assert (fen["S001", "5602"], fen["S002", "5602"], fen["HQ", "5602"]) == (33, 67, -100)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_fen": -1}, AmountOutOfRangeError),
        ({"amount_fen": INT64_MAX}, AmountOutOfRangeError),
        ({"amount_fen": 0}, NoLinesError),
        ({"weights": ()}, SharesEmptyError),
        ({"weights": (("S001", 0), ("S002", 0))}, SharesEmptyError),
        ({"weights": (("S001", -1), ("S002", 2))}, AmountOutOfRangeError),
        ({"weights": (("S001", INT64_MAX),)}, AmountOutOfRangeError),
        ({"weights": (("S001", 1), ("S001", 1))}, StoreListedTwiceError),
        ({"weights": (("S009", 1),)}, StoreNotFoundError),
        ({"weights": (("HQ", 1),)}, StoreNotFoundError),
        ({"account_code": "1002"}, AccountNoExpenseError),
        ({"account_code": "5601"}, AccountNotLeafError),
        ({"account_code": "140501"}, AccountControlledError),
    ],
)
def test_cost_that_cannot_be_allocated_is_refused(
    small: SmallChain, changes: dict[str, object], refusal: type[RetailError]
) -> None:
    wrong = dataclasses.replace(ALLOCATION, **changes)  # type: ignore[arg-type]  # Passed through.

    with pytest.raises(refusal):
        bookkeeping.allocate_cost(small.db, wrong, small.ask())

    assert count_own(small) == 0


@pytest.fixture
def shipped(small: SmallChain) -> SmallChain:
    """3,000 milli of item 1 came to S001; 2,000 left for S002, 1,000 arrived."""
    order_no = small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    small.receive("S001", make_shipment((1, 2_000)))
    small.receive("S002", make_arrival((1, 1_000)))
    return small


def test_lost_goods_leave_transit_and_wait_for_a_decision(shipped: SmallChain) -> None:
    bookkeeping.settle_transfer(shipped.db, SETTLEMENT, shipped.ask())

    assert shipped.account_fen()["S001", "190101"] == 333
    assert shipped.read("SELECT sum(value_fen), sum(quantity_milli) FROM in_transit") == [(0, 0)]
    shipped.require_agreement()


def test_goods_that_arrived_without_having_left_are_settled_the_other_way(
    shipped: SmallChain,
) -> None:
    shipped.receive("S002", make_arrival((1, 2_000)))
    surplus = dataclasses.replace(
        SETTLEMENT, reason=SettlementReason.MISCOUNTED, lines_milli=((1, -1_000),)
    )

    bookkeeping.settle_transfer(shipped.db, surplus, shipped.ask())

    assert shipped.read("SELECT sum(value_fen), sum(quantity_milli) FROM in_transit") == [(0, 0)]
    shipped.require_agreement()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"transfer_no": "T-000009"}, TransferNotFoundError),
        ({"lines_milli": ()}, NoLinesError),
        ({"lines_milli": ((1, 1_001),)}, NotInTransitError),
        ({"lines_milli": ((1, INT64_MAX),)}, NotInTransitError),
        ({"lines_milli": ((1, -1),)}, NotInTransitError),
        ({"lines_milli": ((1, 0),)}, NotInTransitError),
        ({"lines_milli": ((2, 1),)}, NotInTransitError),
        ({"lines_milli": ((1, 500), (1, 500))}, ItemListedTwiceError),
        ({"responsible_store": "S003"}, SettlementReasonError),
        (
            {"responsible_store": "S002", "reason": SettlementReason.LOST_BY_SOURCE},
            SettlementReasonError,
        ),
        ({"reason": SettlementReason.LOST_BY_TARGET}, SettlementReasonError),
        ({"reason": SettlementReason.MISCOUNTED}, SettlementReasonError),
    ],
)
def test_settlement_of_what_is_not_in_transit_is_refused(
    shipped: SmallChain, changes: dict[str, object], refusal: type[RetailError]
) -> None:
    wrong = dataclasses.replace(SETTLEMENT, **changes)  # type: ignore[arg-type]  # Passed through.

    with pytest.raises(refusal):
        bookkeeping.settle_transfer(shipped.db, wrong, shipped.ask())

    assert count_own(shipped) == 0


def test_transfer_is_settled_once(shipped: SmallChain) -> None:
    bookkeeping.settle_transfer(shipped.db, SETTLEMENT, shipped.ask())

    with pytest.raises(NotInTransitError):
        bookkeeping.settle_transfer(shipped.db, SETTLEMENT, shipped.ask())


@pytest.fixture
def sold_open(small: SmallChain) -> SmallChain:
    """S001 sold 3,000 milli of an open item, and 1,000 came back."""
    documents.put_items(small.db, [make_item(OPEN_ITEM)])
    documents.put_prices(small.db, "Z1", [Price(OPEN_ITEM, 300)])
    sale, sale_id = make_ticket((OPEN_ITEM, 3_000, 300)), small.boxes["S001"].next_fact_id
    small.receive("S001", sale, make_return(sale, sale_id, 1_000))
    return small


def test_reclassified_goods_go_down_as_a_document_that_the_box_answers_once(
    sold_open: SmallChain,
) -> None:
    bookkeeping.reclassify(sold_open.db, KNOWN, sold_open.ask())

    ((scope, body),) = sold_open.read("SELECT scope, body FROM document WHERE feed = 'orders'")
    document = decode_order(body)
    assert isinstance(document, Reclassification)
    assert scope == document.store == "S001"
    assert (document.reclassification_no, document.quantity_milli) == ("R-000001", 2_000)
    assert (document.open_item_id, document.item_id) == (OPEN_ITEM, 1)
    assert document.adjustment_id.version == 7
    own = sold_open.read("SELECT fact_id FROM hub_journal WHERE store = 'HQ'")
    assert own != [(document.adjustment_id.bytes,)]
    sold_open.require_agreement()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity_milli": 3_000}, ReclassifiedTooMuchError),
        ({"quantity_milli": 0}, QuantityZeroError),
        ({"quantity_milli": 500}, QuantityNotWholeError),
        ({"store": "S002"}, ReclassifiedTooMuchError),
        ({"store": "S009"}, StoreNotFoundError),
        ({"open_item_id": 2}, NotOpenItemError),
        ({"item_id": OPEN_ITEM}, NotOpenItemError),
        ({"item_id": 99}, ItemNotFoundError),
    ],
)
def test_goods_that_were_not_sold_open_are_not_reclassified(
    sold_open: SmallChain, changes: dict[str, object], refusal: type[RetailError]
) -> None:
    wrong = dataclasses.replace(KNOWN, **changes)  # type: ignore[arg-type]  # Passed through.

    with pytest.raises(refusal):
        bookkeeping.reclassify(sold_open.db, wrong, sold_open.ask())

    assert count_own(sold_open) == 0
    assert sold_open.read("SELECT count(*) FROM document WHERE feed = 'orders'") == [(0,)]


def test_goods_are_reclassified_once(sold_open: SmallChain) -> None:
    bookkeeping.reclassify(sold_open.db, KNOWN, sold_open.ask())

    with pytest.raises(ReclassifiedTooMuchError):
        bookkeeping.reclassify(sold_open.db, KNOWN, sold_open.ask())


def test_closed_month_takes_its_income_to_the_profit_of_the_year(small: SmallChain) -> None:
    bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    close(small, "2026-11")

    assert small.account_fen() == {("HQ", "1002"): -900, ("HQ", "3103"): 900}


def test_other_chart_closes_its_own_accounts(small: SmallChain) -> None:
    with write_transaction(small.db):
        small.db.exec_driver_sql("UPDATE hub_state SET chart_id = 'enterprise'")
    bookkeeping.enter_voucher(
        small.db, voucher_of(("HQ", "6602", 900, 0), ("HQ", "1002", 0, 900)), small.ask()
    )

    close(small, "2026-11")

    assert small.account_fen() == {("HQ", "1002"): -900, ("HQ", "4103"): 900}


@pytest.mark.parametrize(
    ("closed", "period", "refusal"),
    [
        ((), "2026-12", MonthInFutureError),
        ((), "9999-12", MonthInFutureError),
        ((), "2026-13", MonthFormatError),
        ((), "0000-01", MonthFormatError),
        ((), "2026-1", MonthFormatError),
        ((), "", MonthFormatError),
        (("2026-09",), "2026-11", MonthNotNextError),
        (("2026-09", "2026-10"), "2026-09", MonthNotNextError),
        (("2026-10",), "2026-10", MonthNotNextError),
    ],
)
def test_months_are_closed_one_after_the_other(
    small: SmallChain, closed: tuple[str, ...], period: str, refusal: type[RetailError]
) -> None:
    for earlier in closed:
        close(small, earlier)

    with pytest.raises(refusal):
        close(small, period)

    assert count_own(small) == len(closed)


def test_two_people_close_a_month_at_once_and_one_of_them_is_told(small: SmallChain) -> None:
    writer = Writer(small.url)
    with concurrent.futures.ThreadPoolExecutor(2) as people:
        asked = [
            people.submit(
                writer.submit,
                bookkeeping.close_period,
                "2026-10",
                request,
                acknowledge_missing=True,
            )
            for request in (small.ask(), small.ask())
        ]
        outcomes = [future.result().exception() for future in asked]
    writer.close()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "MonthNotNextError",
        "NoneType",
    ]
    assert small.read("SELECT period FROM closed_period") == [("2026-10",)]


def test_month_waits_for_parked_facts_of_it(small: SmallChain) -> None:
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no="PO-000009"))
    small.receive_noise("S001", b"noise")
    close(small, "2026-10")

    with pytest.raises(MonthHasParkedError) as refusal:
        close(small, "2026-11")

    assert refusal.value.values == {"parked": 1, "period": "2026-11"}


def read_left(small: SmallChain) -> list[tuple[object, ...]]:
    return small.read("SELECT done_by, subject, detail FROM audit WHERE action = 'leave_parked'")


def test_month_that_need_not_wait_for_parked_facts_is_closed_and_the_audit_says_why(
    small: SmallChain, tmp_path: pathlib.Path
) -> None:
    """What is mended later is late: it goes to the next month, and nothing is lost or doubled."""
    small.receive("S001", make_receipt((1, 3_000)))
    close(small, "2026-10")

    close(small, "2026-11", parked_reason="order was lost")
    parked = small.parked()
    small.order()
    retry_parked(small.db, NOON)

    detail = '{"facts": "S001/1/1", "parked": 1, "reason": "order was lost"}'
    assert read_left(small) == [("boss", "2026-11", detail)]
    assert parked == [("S001", 1, "document_missing")]
    assert small.parked() == []
    posted = small.read("SELECT DISTINCT business_date, period FROM entry_line")
    assert posted == [("2026-11-22", "2026-12")]
    checks = verify_projections(small.db, str(tmp_path))
    assert [check.table for check in checks if not check.is_equal] == []
    small.require_agreement()


@pytest.mark.parametrize("reason", ["", "  "])
def test_parked_facts_are_not_left_without_a_reason(small: SmallChain, reason: str) -> None:
    small.receive("S001", make_receipt((1, 3_000)))
    close(small, "2026-10")

    with pytest.raises(MonthHasParkedError):
        close(small, "2026-11", parked_reason=reason)

    assert read_left(small) == []


def test_close_that_is_refused_for_its_days_leaves_no_word_of_parked_facts(
    small: SmallChain,
) -> None:
    close(small, "2026-10")
    small.receive("S001", make_day_close())
    small.receive("S002", make_ticket((1, 1_000, 565)))
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no="PO-000009"))

    with pytest.raises(DaysNotClosedError):
        close(small, "2026-11", acknowledge_missing=False, parked_reason="order was lost")

    assert read_left(small) == []
    assert small.read("SELECT period FROM closed_period") == [("2026-10",)]


def test_days_that_stores_have_not_closed_are_named_and_acknowledged(small: SmallChain) -> None:
    late = dataclasses.replace(
        make_happening(make_ticket((1, 1_000, 565)), 1), business_date=datetime.date(2026, 11, 20)
    )
    small.receive_bodies("S001", [small.boxes["S001"].place(late)])
    small.receive("S001", make_day_close())

    with pytest.raises(DaysNotClosedError) as refusal:
        close(small, "2026-11", acknowledge_missing=False)

    assert refusal.value.values["days"] == "S001 2026-11-20, S001 2026-11-21"
    assert close(small, "2026-11") == "HQ-1-000001"


def test_long_list_of_days_is_cut(small: SmallChain) -> None:
    for store in ("S001", "S002"):
        old = dataclasses.replace(
            make_happening(make_ticket((1, 1_000, 565)), 1 if store == "S001" else 2),
            business_date=datetime.date(2026, 10, 1),
        )
        small.receive_bodies(store, [small.boxes[store].place(old)])

    with pytest.raises(DaysNotClosedError) as refusal:
        close(small, "2026-10", acknowledge_missing=False)

    assert str(refusal.value.values["days"]).endswith("S001 2026-10-20 (+42)")


def test_late_facts_go_to_the_next_month_and_keep_their_date(
    small: SmallChain, tmp_path: pathlib.Path
) -> None:
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    close(small, "2026-10")
    late = dataclasses.replace(
        make_happening(make_ticket((1, 1_000, 565)), small.boxes["S001"].next_number),
        business_date=OCTOBER,
    )
    small.receive_bodies("S001", [small.boxes["S001"].place(late)])
    purchasing.enter_invoice(
        small.db, dataclasses.replace(INVOICE, business_date=OCTOBER), small.ask()
    )

    with pytest.raises(MonthClosedError):
        bookkeeping.enter_voucher(small.db, NewVoucher("rent", OCTOBER, RENT), small.ask())
    with pytest.raises(MonthClosedError):
        wrong = dataclasses.replace(ALLOCATION, business_date=OCTOBER)
        bookkeeping.allocate_cost(small.db, wrong, small.ask())

    dates = small.read(
        "SELECT DISTINCT business_date, period FROM entry_line WHERE business_date < '2026-11'"
    )
    assert dates == [("2026-10-31", "2026-11")]
    assert small.read("SELECT kind, period FROM own_fact ORDER BY seq") == [
        ("period_closed", "2026-10"),
        ("supplier_invoiced", "2026-11"),
    ]
    checks = verify_projections(small.db, str(tmp_path))
    assert [check.table for check in checks if not check.is_equal] == []
    small.require_agreement()


def test_books_of_every_use_case_fold_again_to_the_byte(
    shipped: SmallChain, tmp_path: pathlib.Path
) -> None:
    documents.put_items(shipped.db, [make_item(OPEN_ITEM)])
    shipped.receive("S001", make_ticket((OPEN_ITEM, 2_000, 300)), make_day_close())
    purchasing.enter_invoice(shipped.db, INVOICE, shipped.ask())
    bookkeeping.enter_voucher(shipped.db, VOUCHER, shipped.ask())
    bookkeeping.allocate_cost(shipped.db, ALLOCATION, shipped.ask())
    bookkeeping.settle_transfer(shipped.db, SETTLEMENT, shipped.ask())
    bookkeeping.reclassify(shipped.db, KNOWN, shipped.ask())
    close(shipped, "2026-11")

    checks = verify_projections(shipped.db, str(tmp_path))

    assert [check.table for check in checks if not check.is_equal] == []
    assert shipped.read("SELECT count(*) FROM own_fact") == [(6,)]
    shipped.require_agreement()
