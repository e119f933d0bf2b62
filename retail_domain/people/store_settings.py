"""What headquarters decided for one store: features left out, tills shut out, rules of goods."""

from __future__ import annotations

import dataclasses

from retail_domain.people.errors import FeatureFixedError, FeatureOffError
from retail_domain.people.right import Right

SWITCHABLE = frozenset(
    {
        Right.GIVE_DISCOUNT,
        Right.OVERRIDE_PRICE,
        Right.REFUND,
        Right.OPEN_DRAWER,
        Right.MOVE_CASH,
        Right.RECEIVE_GOODS,
        Right.RETURN_GOODS,
        Right.MOVE_TRANSFER,
        Right.REQUEST_STOCK,
        Right.COUNT_STOCK,
        Right.ADJUST_STOCK,
    }
)
"""A store can begin without these. Without the others it could not sell or close its day."""
FINGERPRINT_BYTES = 32
PERCENT_MAX = 100


@dataclasses.dataclass(frozen=True, slots=True)
class TillCertificate:
    """A certificate that was made for the device process of a till."""

    register_no: str
    fingerprint: bytes
    """SHA-256 of the certificate in DER."""
    is_revoked: bool = False

    def __post_init__(self) -> None:
        assert len(self.fingerprint) == FINGERPRINT_BYTES


@dataclasses.dataclass(frozen=True, slots=True)
class StoreSettings:
    """All of it. A store that headquarters said nothing of has none of it."""

    rights_off: frozenset[Right] = frozenset()
    """Nobody uses them here, and nobody can allow them; the screens leave them out."""
    till_certificates: tuple[TillCertificate, ...] = ()
    """In the order in which they were made; those from before the list are not in it."""

    remaining_life_percent: int = 0
    """Of their shelf life that goods must have left on arrival, to be sold; 0: any."""

    def __post_init__(self) -> None:
        assert 0 <= self.remaining_life_percent <= PERCENT_MAX

    def is_revoked(self, fingerprint: bytes) -> bool:
        """Whether a till's certificate counts no more."""
        return any(
            one.is_revoked and one.fingerprint == fingerprint for one in self.till_certificates
        )


def require_on(rights_off: frozenset[Right], right: Right) -> None:
    """Check that a feature is in use.

    Raises:
        FeatureOffError
    """
    if right in rights_off:
        raise FeatureOffError(right=right.value)


def require_switchable(rights: frozenset[Right]) -> None:
    """Check that a store can do without some features.

    Raises:
        FeatureFixedError
    """
    fixed = rights - SWITCHABLE
    if fixed:
        raise FeatureFixedError(rights=", ".join(sorted(right.value for right in fixed)))
