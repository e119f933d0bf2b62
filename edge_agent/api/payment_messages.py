"""What registers and box say to each other about money: pay codes and cash."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Message, Numbered
from edge_agent.store.wallet_payments import WalletPayment
from retail_domain.trade.tender import TENDER_FEN_MAX

TENDERS_MAX = 20
"""Of one ticket."""
PAY_CODE_LENGTH_MAX = 32


class OfferedTender(Message):
    """What the customer hands over."""

    kind: Literal["cash", "card", "wechat", "alipay"]
    amount_fen: Annotated[int, pydantic.Field(strict=True, ge=0, le=TENDER_FEN_MAX)]


class Pay(Message):
    """Close the ticket."""

    tenders: list[OfferedTender] = pydantic.Field(max_length=TENDERS_MAX)


class PayByCode(Message):
    """Charge a customer's wallet; amount 0: all that is due beside the tenders."""

    pay_code: str = pydantic.Field(max_length=PAY_CODE_LENGTH_MAX)
    amount_fen: Annotated[int, pydantic.Field(strict=True, ge=0, le=TENDER_FEN_MAX)] = 0
    tenders: list[OfferedTender] = pydantic.Field([], max_length=TENDERS_MAX)


class TakeBackPayment(Message):
    """Free the ticket of a payment; whatever was charged goes back."""

    payment_no: str = pydantic.Field(max_length=40)


class WalletPaymentView(Message):
    """A payment that binds the open ticket."""

    payment_no: str
    kind: str
    amount_fen: int
    state: Literal["asked", "paid"]
    asked_at: datetime.datetime


class TillRules(Message):
    """How the store's tills take money."""

    cash_rounding_fen: int
    has_wallet_gateway: bool


class PaymentsChanged(Numbered):
    """Payments of the open ticket came, were paid, or went; all that are there now."""

    kind: Literal["payments_changed"] = "payments_changed"
    payments: list[WalletPaymentView]


class PayCodeScanned(Numbered):
    """A customer's pay code was read: the page charges it for what is due."""

    kind: Literal["pay_code_scanned"] = "pay_code_scanned"
    code: str


def show_payment(payment: WalletPayment) -> WalletPaymentView:
    """A payment as the page gets it."""
    return WalletPaymentView.model_validate(
        {
            "payment_no": payment.payment_no,
            "kind": payment.kind.value,
            "amount_fen": payment.amount_fen,
            "state": payment.state.value,
            "asked_at": datetime.datetime.fromtimestamp(payment.asked_at_ms // 1_000, datetime.UTC),
        }
    )
