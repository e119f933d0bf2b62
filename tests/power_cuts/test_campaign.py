"""After a power cut at any moment the box starts, has all it said was done, and sells on."""

from __future__ import annotations

import pytest

from tests.power_cuts import MUTANTS, Mutant, run

CUTS = 200


def test_no_cut_loses_alters_or_stalls_anything() -> None:
    tally = run(CUTS, seed=1)

    assert tally.examples == ()
    assert (tally.cuts, tally.lost, tally.altered, tally.stalled) == (CUTS, 0, 0, 0)


def test_same_numbers_make_the_same_cuts() -> None:
    first, second = (run(60, seed=7) for _ in range(2))

    assert (first.cuts_by_kind, first.commits) == (second.cuts_by_kind, second.commits)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_caught(mutant: Mutant) -> None:
    assert mutant.caught()
