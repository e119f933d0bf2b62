"""A transfer slip: what left a store for another, as the paper with the goods says it."""

from __future__ import annotations

import dataclasses

from retail_domain.transfers.transfer_order import OrderLine


@dataclasses.dataclass(frozen=True, slots=True)
class TransferSlip:
    """Signed by the source's box, so that the target takes the goods in without any line."""

    transfer_no: str
    source_store: str
    target_store: str
    lines: tuple[OrderLine, ...]
    """All that left for the transfer so far, summed by item."""
