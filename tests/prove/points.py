"""Names of the points at which a machine may die. `fuse` makes it die there."""

from __future__ import annotations

import enum


class Phase(enum.StrEnum):
    """When within an operation."""

    AMID = "amid"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    """The work is done, and nobody hears of it."""


BOX_OPERATIONS = (
    "sale", "command", "exchange", "receipt", "shipment", "arrival", "supplier_return", "count",
    "adjustment", "cash", "shift", "day", "reclassification", "acknowledgement", "documents",
    "former_facts", "carry_over", "file_exchange", "facts_of_twin", "sale_request", "sale_answer",
)  # fmt: skip
HUB_OPERATIONS = (
    "hello", "batch", "apply", "retry_parked", "index", "own_fact", "document", "approval",
    "enrolment", "generation", "passing",
)  # fmt: skip
POINTS = tuple(
    f"{side}.{operation}.{phase}"
    for side, operations in (("box", BOX_OPERATIONS), ("hub", HUB_OPERATIONS))
    for operation in operations
    for phase in Phase
)
"""All of them. A run in which one never fired proves less than it says, and fails."""
