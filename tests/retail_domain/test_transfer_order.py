"""States of a transfer order."""

from __future__ import annotations

import pytest

from retail_domain.errors import (
    ItemListedTwiceError,
    NoLinesError,
    RetailError,
    TransferSameStoreError,
    TransferStateError,
)
from retail_domain.transfers.transfer_order import (
    OrderLine,
    Progress,
    TransferState,
    require_decision,
    require_order,
    state_of,
)

DRAFTED, APPROVED, CANCELLED = (
    TransferState.DRAFTED,
    TransferState.APPROVED,
    TransferState.CANCELLED,
)
LINE = OrderLine(1, 1_000)


@pytest.mark.parametrize(
    ("state", "target"),
    [(DRAFTED, APPROVED), (APPROVED, CANCELLED), (APPROVED, APPROVED), (CANCELLED, CANCELLED)],
)
def test_decision_may_follow_or_repeat(state: TransferState, target: TransferState) -> None:
    require_decision("T-1", state, target)


@pytest.mark.parametrize(
    ("state", "target"), [(CANCELLED, APPROVED), (TransferState.RECEIVED, CANCELLED)]
)
def test_decision_out_of_order_is_refused(state: TransferState, target: TransferState) -> None:
    with pytest.raises(TransferStateError):
        require_decision("T-1", state, target)


@pytest.mark.parametrize(
    ("target_store", "lines", "error"),
    [
        ("S001", [LINE], TransferSameStoreError),
        ("S002", [], NoLinesError),
        ("S002", [LINE, LINE], ItemListedTwiceError),
    ],
)
def test_order_that_cannot_be_carried_out_is_refused(
    target_store: str, lines: list[OrderLine], error: type[RetailError]
) -> None:
    with pytest.raises(error):
        require_order("T-1", "S001", target_store, lines)


@pytest.mark.parametrize(
    ("progress", "state"),
    [
        ([Progress(5, 0, 0)], TransferState.APPROVED),
        ([Progress(5, 5, 0)], TransferState.IN_TRANSIT),
        ([Progress(5, 5, 5), Progress(2, 2, 1)], TransferState.IN_TRANSIT),
        ([Progress(5, 4, 4), Progress(2, 0, 0)], TransferState.RECEIVED),
        ([Progress(5, 0, 5)], TransferState.IN_TRANSIT),
    ],
)
def test_state_follows_what_the_stores_did(progress: list[Progress], state: TransferState) -> None:
    assert state_of(TransferState.APPROVED, progress) is state
