"""Plays seeds, cuts the power, lets mutants loose: JSON on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from tests.prove import rules, seeds
from tests.prove.jobs import Done, Job, run_all
from tests.prove.mutants import MUTANTS
from tests.prove.mutation import ROOT, MutantStaleError
from tests.prove.seeds import SeedSums

SEEDS, POWER_CUTS = 600, 2_000
"""A whole proof; CI plays half the seeds for every commit."""
CHUNK_SEEDS = 25
"""Seeds a process: so many that its start does not matter, so few that the cores end together."""
CUT_JOBS = 2
FULL_SEEDS = 300
"""From so many on, every fault point must have fired."""


@dataclasses.dataclass(slots=True)
class Proof:
    """What all jobs came to."""

    sums: SeedSums = dataclasses.field(default_factory=SeedSums)
    caught: dict[str, int] = dataclasses.field(default_factory=dict)
    """Mutant -> seeds that it took."""
    survivors: list[str] = dataclasses.field(default_factory=list)
    broken: list[str] = dataclasses.field(default_factory=list)
    """Jobs that failed as jobs, and tests of rules that failed."""
    rules_passed: int = 0
    cuts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    """Of the power: how many, and what came of them."""


def main() -> int:
    """Prove; 0 only if all holds."""
    wish = parse_arguments()
    began_s = time.monotonic()
    proof = Proof()
    load_libraries()
    with tempfile.TemporaryDirectory(prefix="prove-", dir=seeds.roomy_folder()) as folder:
        for done in run_all([Job("templates", seeds.make_templates, (folder,))]):
            take(proof, done)
        if not proof.broken:
            for done in run_all(make_jobs(wish, folder)):
                take(proof, done)
    line = report(wish, proof, time.monotonic() - began_s)
    print(json.dumps(line) if wish.json else json.dumps(line, indent=2))
    return 0 if line["ok"] else 1


def parse_arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="scripts/prove", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="simulated chains, from seed 0")
    parser.add_argument("--power-cuts", type=int, default=POWER_CUTS)
    parser.add_argument("--seed", type=int, help="play this one only, and print its digest")
    parser.add_argument("--mutant", action="append", help="let only these loose")
    parser.add_argument("--no-mutants", action="store_true")
    parser.add_argument("--no-rules", action="store_true", help="the tests alone run them, too")
    parser.add_argument("--json", action="store_true", help="one line")
    return parser.parse_args()


def make_jobs(wish: argparse.Namespace, folder: str) -> Iterator[Job]:
    """The long ones first."""
    if wish.seed is not None:
        yield Job(f"seed {wish.seed}", seeds.play_seeds, (folder, [wish.seed]))
        return
    yield from make_cut_jobs(wish.power_cuts)
    if not wish.no_rules:
        for number, half in enumerate(rules.HALVES, start=1):
            yield Job(f"rules {number}", rules.check, (half,))
    if not wish.no_mutants:
        for mutant in MUTANTS:
            if not wish.mutant or mutant.name in wish.mutant:
                yield Job(f"mutant {mutant.name}", seeds.hunt, (folder, mutant))
    for first in range(0, wish.seeds, CHUNK_SEEDS):
        chunk = range(first, min(first + CHUNK_SEEDS, wish.seeds))
        yield Job(f"seeds {chunk[0]} to {chunk[-1]}", seeds.play_seeds, (folder, chunk))


def make_cut_jobs(cuts: int) -> Iterator[Job]:
    """One a core; each has a seed of its own."""
    share, rest = divmod(cuts, CUT_JOBS)
    for number in range(CUT_JOBS):
        count = share + (number < rest)
        if count:
            yield Job(f"power cuts {number + 1}", seeds.cut_power, (count, number + 1))


def take(proof: Proof, done: Done) -> None:
    """Add up what a job came to, and say so."""
    name, said = done.job.name, "done"
    if done.job.function is seeds.hunt:
        mutant = name.removeprefix("mutant ")
        found, said = done.answer or (0, "survived")
        if done.error and MutantStaleError.__name__ in done.error:
            proof.broken.append(name)
            said = done.error.strip().splitlines()[-1]
        elif done.error:  # It broke the process itself: that is seen, too.
            found, said = 1, done.error.strip().splitlines()[-1]
        if found:
            proof.caught[mutant] = found
        else:
            proof.survivors.append(mutant)
    elif done.error:
        proof.broken.append(name)
        said = done.error
    elif done.job.function is rules.check:
        passed, failed = done.answer
        proof.rules_passed += passed
        proof.broken += failed
        said = "\n".join([f"{passed} passed", *failed])
    elif done.job.function is seeds.cut_power:
        proof.cuts.update(done.answer[0])
        said = "\n".join([str(dict(done.answer[0])), *done.answer[1]])
    elif isinstance(done.answer, SeedSums):
        proof.sums.add(done.answer)
        said = "".join(f"\nseed {n}: {e}" for n, e in done.answer.failures.items()) or said
    print(f"prove: {name} ({done.seconds:.1f} s): {said}", file=sys.stderr)


def report(wish: argparse.Namespace, proof: Proof, seconds: float) -> dict[str, Any]:
    """The line, as DESIGN has it, and more beside."""
    sums = proof.sums
    unfired = find_unfired(proof) if sums.seeds >= FULL_SEEDS else []
    results = {kind: sums.count(kind) + proof.cuts[kind] for kind in seeds.KINDS}
    ok = not (any(results.values()) or proof.survivors or proof.broken or unfired)
    return {
        "ok": ok,
        "commit": read_commit(),
        "seeds": sums.seeds,
        "movements": sums.movements,
        "facts": sums.facts,
        "faults": dict(sorted(sums.faults.items())),
        "faults_total": sum(sums.faults.values()),
        "power_cuts": proof.cuts["cuts"],
        **results,
        "gone": sums.gone,
        "failed_seeds": sorted(sums.failures),
        "mutants": {
            "total": len(proof.caught) + len(proof.survivors),
            "caught": len(proof.caught),
            "survivors": sorted(proof.survivors),
            "seeds_needed": dict(sorted(proof.caught.items())),
        },
        "fault_points": {"total": len(sums.fired), "unfired": unfired},
        "rules": proof.rules_passed,
        "broken": proof.broken,
        "slowest_seed": {"seed": sums.slowest[1], "seconds": round(sums.slowest[0], 2)},
        **({"digest": sums.digests.get(wish.seed)} if wish.seed is not None else {}),
        "seconds": round(seconds, 1),
    }


def find_unfired(proof: Proof) -> list[str]:
    """Points at which no machine ever died."""
    from tests.prove.points import POINTS

    return [point for point in POINTS if not proof.sums.fired[point]]


def read_commit() -> str:
    """The commit, with a plus when files differ from it."""
    answers = [
        subprocess.run(
            ["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False
        ).stdout.strip()
        for words in (["rev-parse", "--short=12", "HEAD"], ["status", "--porcelain", "-uno"])
    ]
    return answers[0] + ("+" if answers[1] else "")


def load_libraries() -> None:
    """Import what does not belong to the product once, before all forks."""
    import cryptography.x509
    import google.protobuf.message
    import pysqlite3.dbapi2
    import sqlalchemy
    import sqlite_utils

    loaded = (cryptography, google, pysqlite3, sqlalchemy, sqlite_utils)
    assert all(loaded)


if __name__ == "__main__":
    sys.exit(main())
