"""Approvals of a ticket: who let the cashier do what they may not do alone."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Approval:
    """A person with the right to it let something happen that the cashier may not do alone."""

    right: str
    """Code of what was approved, such as `give_discount`."""
    staff_no: str
    approved_line_no: int = 0
    """0 for the whole ticket. Of an open ticket the line's line_id, of a fact its line_no."""
