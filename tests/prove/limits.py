"""Limits of the product that a short run would never reach, set low for all seeds."""

from __future__ import annotations

import importlib

NARROW = {
    ("hq_hub.services.feeds", "PAGE_CHANGES_MAX"): 5,
    ("hq_hub.services.history", "PAGE_FACTS_MAX"): 15,
    ("hq_hub.store.documents", "CHANGES_KEPT_MAX"): 6,
    ("hq_hub.store.quarantine", "STORE_ROWS_MAX"): 1,
    ("hq_hub.store.quarantine", "STORE_BYTES_MAX"): 40_000,
    ("edge_agent.store.history", "CARRIED_BLOCK_FACTS"): 7,
    ("edge_agent.services.carry_over", "IMPORT_BLOCK_FACTS"): 5,
    ("edge_agent.sync.uplink", "BACKLOG_FACTS"): 30,
}
"""Module and name -> value."""


def narrow() -> None:
    """Set them in this process.

    Raises:
        KeyError: a limit has another name now.
    """
    for (module, name), value in NARROW.items():
        names = vars(importlib.import_module(module))
        assert value < names[name], f"{module}.{name} is {names[name]} already"
        names[name] = value
