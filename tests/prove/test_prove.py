"""The proof itself: one integer makes a run, a mutant is caught, a stale mutant is an error."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.prove.mutants import MUTANTS
from tests.prove.mutation import ROOT, Mutant, MutantStaleError


def prove(*words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove", "--json", "--power-cuts", "0", "--no-rules", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, json.loads(done.stdout)


def test_seed_makes_the_same_run_twice() -> None:
    first, again = (prove("--seed", "5", "--no-mutants") for _ in range(2))

    assert first[0] == again[0] == 0
    assert first[1]["digest"] == again[1]["digest"]


def test_mutant_makes_the_proof_fail_when_it_survives_and_is_named_when_it_is_caught() -> None:
    code, line = prove("--seeds", "1", "--mutant", "cursor_moves_when_sent")

    assert code == 0
    assert line["mutants"]["seeds_needed"] == {"cursor_moves_when_sent": 1}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_text_of_a_mutant_stands_in_the_product_once(mutant: Mutant) -> None:
    assert mutant.change() != (ROOT / mutant.path).read_text()


def test_mutant_whose_text_is_gone_is_an_error() -> None:
    mutant = Mutant("gone", "edge_agent/store/journal.py", "no such text", "")

    with pytest.raises(MutantStaleError, match="0 times"):
        mutant.change()
