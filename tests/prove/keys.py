"""Keys that are the same in every run of a seed, and signatures too."""

from __future__ import annotations

from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

STEADY = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
"""RFC 6979: no dice, so one seed gives the same bytes twice."""


class SteadyKey:
    """A box's key whose signatures need no dice."""

    def __init__(self, number: int) -> None:
        self.real = ec.derive_private_key(number, ec.SECP256R1())

    def sign(self, data: bytes, _algorithm: object) -> bytes:
        """As the key of the library, but always the same for the same data."""
        return self.real.sign(data, STEADY)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all the rest is the library's
        return getattr(self.real, name)


def make_key(number: int) -> ec.EllipticCurvePrivateKey:
    """A key by its number, from 1."""
    return cast("ec.EllipticCurvePrivateKey", SteadyKey(number))
