"""Power cuts under the real write paths of box and hub: a recorded disk, cut off anywhere.

`run` is the whole of it and `MUTANTS` prove that it sees; on the command line
`python -m tests.power_cuts --cuts 2000 --seed 1 --json`.
"""

from tests.power_cuts.campaign import PowerCutTally, run
from tests.power_cuts.mutants import MUTANTS, Mutant

__all__ = ["MUTANTS", "Mutant", "PowerCutTally", "run"]
