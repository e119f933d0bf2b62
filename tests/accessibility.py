"""What axe-core finds on a page that breaks the rules of WCAG 2.1, levels A and AA."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = pathlib.Path(__file__).parents[1] / "screens/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="the screens' packages are not installed")


def find_faults(page: Page) -> list[str]:
    """What axe has to say, one line a fault: rule, element, why."""
    page.wait_for_timeout(500)  # Colours of something that fades in are nobody's colours.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{violation['id']}: {node['html'][:160]} | {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def require_no_faults(faults: dict[str, list[str]]) -> None:
    """Fail with every fault of every screen, by its name."""
    told = [f"{name}: {fault}" for name, found in faults.items() for fault in found]
    assert not told, "\n".join(told)
