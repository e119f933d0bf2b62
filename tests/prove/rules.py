"""Layer 1: each safeguard by itself. State machines of ours, and the product's tests of its rules.

A safeguard with another one behind it is missed by nobody in a simulated chain when it is gone: the
second one holds. These tests look at each alone.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.prove.mutation import ROOT

TIMEOUT_S = 600
HALVES = (
    (
        "tests/edge_agent/test_journal.py",
        "tests/edge_agent/test_feeds.py",
        "tests/edge_agent/test_head_sidecar.py",
        "tests/edge_agent/test_new_life.py",
        "tests/edge_agent/test_carry_over.py",
        "tests/edge_agent/test_backup.py",
        "tests/edge_agent/test_store_day.py",
        "tests/edge_agent/sync/test_uplink.py",
        "tests/edge_agent/sync/test_named_cases.py",
        "tests/edge_agent/sync/test_overtaken_calls.py",
        "tests/protos/test_trust.py",
        "tests/protos/test_wire_bytes.py",
        "tests/retail_domain",
    ),
    (
        "tests/prove/test_state_machines.py",
        "tests/hq_hub/services/test_batches.py",
        "tests/hq_hub/services/test_bookkeeping.py",
        "tests/hq_hub/services/test_enrolment.py",
        "tests/hq_hub/services/test_feeds.py",
        "tests/hq_hub/services/test_own_journal.py",
        "tests/hq_hub/services/test_recovery.py",
        "tests/hq_hub/test_apply.py",
        "tests/hq_hub/test_apply_killed.py",
        "tests/hq_hub/test_books_properties.py",
        "tests/hq_hub/test_generations.py",
        "tests/hq_hub/test_transfers.py",
    ),
)
"""For two cores."""


def check(paths: tuple[str, ...]) -> tuple[int, list[str]]:
    """Job: run these tests.

    Returns:
        How many passed, and the names of those that did not.
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"),
            *("-m", "not slow and not postgres and not broker", "-rfE", "--tb=line", *paths),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    lines = done.stdout.splitlines()
    failed = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    found = re.search(r"(\d+) passed", lines[-1] if lines else "")
    passed = int(found[1]) if found else 0
    if done.returncode and not failed:
        failed = [f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"]
    return passed, failed
