"""A router forgot the connection and both ends believe in it: the box gets over it.

MQTT has its own keepalive; `python -m tests.processes --transport mqtt` has half-open lines too.
"""

from __future__ import annotations

import asyncio
import contextlib
import pathlib

from tests.edge_agent.sync.live_box import grpc_carrier, run_box
from tests.hq_hub.ingest.live_hub import run_hub, write_box_papers
from tests.processes.chaos_proxy import ChaosProxy, Fault

RECOVERY_S = 60.0
"""Bound of the wait: several keepalives and pauses on a busy machine."""


def test_box_that_has_only_grpc_delivers_over_a_new_connection(tmp_path: pathlib.Path) -> None:
    with run_hub(tmp_path, "S001") as hub, contextlib.closing(ChaosProxy(hub.grpc_port)) as line:
        box = hub.enrol("S001")
        carrier = grpc_carrier(write_box_papers(tmp_path, box), line.start())

        async def trade() -> None:
            async with run_box(tmp_path, box, carrier) as live:
                await live.sell(1)
                await live.wait_acknowledged()
                line.set_fault(Fault.HALF_OPEN)
                line.set_fault(None)
                await live.sell(1)
                async with asyncio.timeout(RECOVERY_S):
                    while (await live.tail()).durable_seq < 2:
                        await asyncio.sleep(0.1)

        asyncio.run(trade())

        assert hub.durable_seq(box) == 2
        assert line.met[Fault.HALF_OPEN] == 1
