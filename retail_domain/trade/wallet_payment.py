"""Wallet payments: what a payment provider was asked for, and what it came to.

A payment is asked for once, under a number of ours that is written down before. Its answer may come
late or never; then it is asked about, and taken back if need be, always under the same number, so
that a customer is never charged twice.
"""

from __future__ import annotations

import dataclasses
import enum
import re

from retail_domain.trade.tender import TenderKind

PAY_CODES = {
    TenderKind.WECHAT: re.compile(r"1[0-5][0-9]{16}"),
    TenderKind.ALIPAY: re.compile(r"(2[5-9]|30)[0-9]{14,22}"),
}
"""What a customer's phone shows. Sources: WeChat Pay, payment code payment, `auth_code` (18 digits,
10 to 15 first); Alipay, alipay.trade.pay, `auth_code` (16 to 24 digits, 25 to 30 first)."""


class WalletState(enum.Enum):
    """How far a payment is."""

    ASKED = "asked"
    """The provider may have heard of it or not; the customer may be typing a password."""
    PAID = "paid"
    """The customer paid; the ticket is not closed yet."""
    SETTLED = "settled"
    """Part of a ticket's fact."""
    DECLINED = "declined"
    """Not paid, and never will be."""
    TAKING_BACK = "taking_back"
    """Does not count any more; the provider is told until it confirms."""
    TAKEN_BACK = "taken_back"
    """The provider confirmed: whatever was paid went back."""


LIVE = frozenset({WalletState.ASKED, WalletState.PAID})
"""Binds the ticket: its lines do not change before such a payment is settled or taken back."""
UNFINISHED = frozenset({WalletState.ASKED, WalletState.TAKING_BACK})
"""The provider still has something to say."""


class Outcome(enum.Enum):
    """What a provider said; the same question again may bring the next one."""

    PAID = "paid"
    DECLINED = "declined"
    WAITING = "waiting"
    """For the customer, who has to type a password."""
    TAKEN_BACK = "taken_back"
    UNHEARD = "unheard"
    """The provider never heard of the number; a question on its way may still arrive."""
    UNKNOWN = "unknown"
    """No answer, or none that can be read."""


class RefundState(enum.Enum):
    """How far the refund of a wallet payment is. The ticket that owes it is written already."""

    ASKED = "asked"
    REFUNDED = "refunded"
    DECLINED = "declined"
    """The customer still has it to get: somebody at the store has to see to it."""


REFUND_STATES = {Outcome.TAKEN_BACK: RefundState.REFUNDED, Outcome.DECLINED: RefundState.DECLINED}
"""By the provider's answer; any other leaves it asked."""


NEXT_STATE = {
    (WalletState.ASKED, Outcome.PAID): WalletState.PAID,
    (WalletState.ASKED, Outcome.DECLINED): WalletState.DECLINED,
    (WalletState.ASKED, Outcome.TAKEN_BACK): WalletState.TAKEN_BACK,
    # Nothing may be left on its way: a number that was never heard is closed at the provider, too.
    (WalletState.ASKED, Outcome.UNHEARD): WalletState.TAKING_BACK,
    (WalletState.TAKING_BACK, Outcome.TAKEN_BACK): WalletState.TAKEN_BACK,
    (WalletState.TAKING_BACK, Outcome.DECLINED): WalletState.TAKEN_BACK,
}
"""All that is not here changes nothing, such as `paid` of a payment that is being taken back."""


def next_state(state: WalletState, outcome: Outcome) -> WalletState:
    """What a payment is after an answer; late and repeated answers change nothing."""
    return NEXT_STATE.get((state, outcome), state)


@dataclasses.dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider said of a payment or a refund."""

    outcome: Outcome
    reason: str = ""
    """The provider's words, for the cashier; empty when all is well."""


def read_pay_code(code: str) -> TenderKind | None:
    """Whose pay code it is; None for any other code."""
    for kind, shape in PAY_CODES.items():
        if shape.fullmatch(code):
            return kind
    return None
