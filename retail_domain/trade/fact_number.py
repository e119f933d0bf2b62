"""Number of a fact of headquarters, as people write it on paper: HQ, epoch and seq."""

from __future__ import annotations

from retail_domain.trade.fact import HQ_STORE


def show_fact_no(epoch: int, seq: int) -> str:
    """Write a fact's place as people read it, such as HQ-1-000012."""
    return f"{HQ_STORE}-{epoch}-{seq:06}"


def parse_fact_no(fact_no: str) -> tuple[int, int] | None:
    """Read epoch and seq; None when it is no number of ours."""
    parts = fact_no.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts[1:]):
        return None
    epoch, seq = int(parts[1][:9]), int(parts[2][:18])
    return (epoch, seq) if show_fact_no(epoch, seq) == fact_no else None
