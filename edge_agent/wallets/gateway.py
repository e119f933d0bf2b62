"""The payment provider's gateway over HTTP: four questions, each safe to repeat under its number.

The words on the wire are in docs/payments.md. Whatever can't be read is `unknown`: only a clear
answer moves money.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Protocol

from retail_domain.trade.tender import TenderKind
from retail_domain.trade.wallet_payment import Outcome, ProviderAnswer

TIMEOUT_S = 10.0
"""Of one call; a provider that takes longer is asked again under the same number."""
ANSWER_BYTES_MAX = 16 * 1024
REASON_LENGTH_MAX = 100
OUTCOMES = {
    "paid": Outcome.PAID,
    "declined": Outcome.DECLINED,
    "waiting": Outcome.WAITING,
    "taken_back": Outcome.TAKEN_BACK,
    "refunded": Outcome.TAKEN_BACK,
}
UNHEARD_STATUS = 404


@dataclasses.dataclass(frozen=True, slots=True)
class Charge:
    """What a customer's wallet is to pay."""

    payment_no: str
    kind: TenderKind
    amount_fen: int
    pay_code: str
    store: str


class Provider(Protocol):
    """Any payment provider. Calls block, may take TIMEOUT_S, and never raise for a bad line."""

    def charge(self, charge: Charge) -> ProviderAnswer:
        """Charge a pay code; a repeated number is the same charge."""

    def query(self, payment_no: str) -> ProviderAnswer:
        """Ask what became of a charge."""

    def take_back(self, payment_no: str) -> ProviderAnswer:
        """Close a charge for good: what was paid goes back, what comes later is refused."""

    def refund(self, payment_no: str, refund_no: str, amount_fen: int) -> ProviderAnswer:
        """Give a part of a charge back; a repeated refund_no is the same refund."""


class Gateway:
    """The gateway at an address."""

    def __init__(self, url: str, token: str, timeout_s: float = TIMEOUT_S) -> None:
        assert url.startswith(("http://", "https://"))
        self._url, self._token, self._timeout_s = url.rstrip("/"), token, timeout_s

    def charge(self, charge: Charge) -> ProviderAnswer:
        """Charge a pay code; a repeated number is the same charge."""
        wish = {
            "payment_no": charge.payment_no,
            "kind": charge.kind.value,
            "amount_fen": charge.amount_fen,
            "pay_code": charge.pay_code,
            "store": charge.store,
        }
        return self._ask("POST", "/payments", wish)

    def query(self, payment_no: str) -> ProviderAnswer:
        """Ask what became of a charge."""
        return self._ask("GET", f"/payments/{payment_no}")

    def take_back(self, payment_no: str) -> ProviderAnswer:
        """Close a charge for good."""
        return self._ask("POST", f"/payments/{payment_no}/take-back", {})

    def refund(self, payment_no: str, refund_no: str, amount_fen: int) -> ProviderAnswer:
        """Give a part of a charge back."""
        wish = {"refund_no": refund_no, "amount_fen": amount_fen}
        return self._ask("POST", f"/payments/{payment_no}/refunds", wish)

    def _ask(
        self, method: str, path: str, wish: Mapping[str, object] | None = None
    ) -> ProviderAnswer:
        call = urllib.request.Request(  # noqa: S310 (the address is http or https)
            self._url + path,
            method=method,
            data=None if wish is None else json.dumps(wish).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._token}",
            },
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 (the address is http or https)
                call, timeout=self._timeout_s
            ) as response:
                return _read(response.read(ANSWER_BYTES_MAX))
        except urllib.error.HTTPError as error:
            with error:
                if error.code == UNHEARD_STATUS and method == "GET":
                    return ProviderAnswer(Outcome.UNHEARD)
                return ProviderAnswer(Outcome.UNKNOWN, f"HTTP {error.code}")
        except (OSError, http.client.HTTPException) as error:
            return ProviderAnswer(Outcome.UNKNOWN, str(error)[:REASON_LENGTH_MAX])


def _read(body: bytes) -> ProviderAnswer:
    """Read an answer; one that is cut off or foreign is no answer."""
    try:
        said = json.loads(body)
        outcome = OUTCOMES.get(said["state"], Outcome.UNKNOWN)
        return ProviderAnswer(outcome, str(said.get("reason", ""))[:REASON_LENGTH_MAX])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return ProviderAnswer(Outcome.UNKNOWN, f"unreadable answer: {type(error).__name__}")
