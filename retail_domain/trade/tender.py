"""Tenders: what the customer pays with, and the change."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence

from retail_domain.errors import (
    AmountOutOfRangeError,
    ChangeTooLargeError,
    RefundNotEvenError,
    TenderTooLargeError,
    TenderTooSmallError,
)
from retail_domain.labels.fill import show_yuan

TENDER_FEN_MAX = 1_000_000_000_000
"""Ten billion yuan: far above any ticket, far below int64."""


class TenderKind(enum.Enum):
    """How a part of the ticket is paid."""

    CASH = "cash"
    CARD = "card"
    WECHAT = "wechat"
    ALIPAY = "alipay"

    __hash__ = object.__hash__
    """A member is one object; an enum hashes its name, which is a call of Python a look-up."""


CHANGE_FEN_MAX = 100_000
"""Nobody hands over ten notes of a hundred more than is due."""
GIVES_CHANGE = frozenset({TenderKind.CASH})
CASH_ROUNDINGS_FEN = (0, 10, 100)
"""What cash is rounded down to: the fen, the jiao, the yuan."""


@dataclasses.dataclass(frozen=True, slots=True)
class Tender:
    """One tender of a closed ticket."""

    kind: TenderKind
    amount_fen: int
    """What it settles of the ticket: given less change; below 0 when it was paid out."""
    given_fen: int
    """What was handed over; for the receipt."""
    payment_no: str = ""
    """Of a payment through a provider, and of its refund: the number that both sides keep."""


def settle_tenders(
    due_fen: int, offered: Sequence[tuple[TenderKind, int]]
) -> tuple[tuple[Tender, ...], int]:
    """Turn what was handed over into tenders that sum to the amount due.

    Args:
        due_fen: of the ticket; below 0 it is paid out to the customer, by `settle_refund`.
        offered: kind and amount in fen, never below 0; a kind may come several times.

    Returns:
        One tender a kind, in the order of TenderKind, and the change in fen.

    Raises:
        AmountOutOfRangeError: an amount below 0 or beyond TENDER_FEN_MAX.
        TenderTooLargeError: more than is due on a kind without change.
        TenderTooSmallError: not enough.
        ChangeTooLargeError: more than CHANGE_FEN_MAX would go back.
    """
    if due_fen < 0:
        return settle_refund(-due_fen, offered), 0
    given_fen = _add_up(offered)
    exact_fen = {kind: fen for kind, fen in given_fen.items() if fen and kind not in GIVES_CHANGE}
    if sum(exact_fen.values()) > due_fen:
        kinds = " + ".join(kind.value for kind in exact_fen)
        raise TenderTooLargeError(kind=kinds, tendered_fen=sum(exact_fen.values()), due_fen=due_fen)
    change_fen = sum(given_fen.values()) - due_fen
    if change_fen < 0:
        raise TenderTooSmallError(tendered_fen=due_fen + change_fen, due_fen=due_fen)
    if change_fen > CHANGE_FEN_MAX:
        raise ChangeTooLargeError(
            given_yuan=show_yuan(given_fen[TenderKind.CASH]),
            change_yuan=show_yuan(change_fen),
            limit_yuan=show_yuan(CHANGE_FEN_MAX),
        )
    settled_fen = given_fen | {TenderKind.CASH: given_fen[TenderKind.CASH] - change_fen}
    tenders = tuple(
        Tender(kind, settled_fen[kind], given_fen[kind]) for kind in TenderKind if given_fen[kind]
    )
    return tenders, change_fen


def round_cash_fen(
    due_fen: int, offered: Sequence[tuple[TenderKind, int]], rounding_unit_fen: int
) -> int:
    """What is dropped in the customer's favour (抹零) where cash pays the rest of a ticket.

    Never more than the rest leaves over: an amount below the unit is paid as it stands.

    Args:
        due_fen: of the ticket, 0 or above.
        offered: kinds and amounts in fen.
        rounding_unit_fen: one of CASH_ROUNDINGS_FEN; 0 drops nothing.

    Returns:
        0 or above, below the unit.
    """
    cash_fen = sum(fen for kind, fen in offered if kind is TenderKind.CASH)
    rest_fen = due_fen - sum(fen for kind, fen in offered if kind is not TenderKind.CASH)
    if rounding_unit_fen == 0 or cash_fen <= 0 or rest_fen < rounding_unit_fen:
        return 0
    return rest_fen % rounding_unit_fen


def settle_refund(due_fen: int, offered: Sequence[tuple[TenderKind, int]]) -> tuple[Tender, ...]:
    """Turn what is paid out into tenders below zero.

    Args:
        due_fen: to the customer, above 0.
        offered: kind and amount in fen, never below 0; they must come to it exactly.

    Returns:
        One tender a kind, in the order of TenderKind.

    Raises:
        AmountOutOfRangeError: an amount below 0 or beyond TENDER_FEN_MAX.
        RefundNotEvenError: more or less than is due.
    """
    given_fen = _add_up(offered)
    paid_fen = sum(given_fen.values())
    if paid_fen != due_fen:
        raise RefundNotEvenError(paid_fen=paid_fen, due_fen=due_fen)
    return tuple(
        Tender(kind, -given_fen[kind], -given_fen[kind]) for kind in TenderKind if given_fen[kind]
    )


def _add_up(offered: Sequence[tuple[TenderKind, int]]) -> dict[TenderKind, int]:
    given_fen = dict.fromkeys(TenderKind, 0)
    for kind, amount_fen in offered:
        if not 0 <= amount_fen <= TENDER_FEN_MAX:
            raise AmountOutOfRangeError(amount_fen=amount_fen, limit_fen=TENDER_FEN_MAX)
        given_fen[kind] += amount_fen
    return given_fen
