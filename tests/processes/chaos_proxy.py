"""A TCP proxy between box and headquarters that does to a line what lines do: see Fault."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import enum
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")

CHUNK_BYTES = 16 * 1024
"""Read at once; a slow line passes one of them a pause."""
SLOW_PAUSE_S = 0.2
"""80 kB a second, and a fifth of a second longer each way."""
CALL_TIMEOUT_S = 10.0
CLOSE_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 seconds: closing sends RST, not FIN."""


class Fault(enum.Enum):
    """What is wrong with a line."""

    CUT = "cut"
    """Connections end; new ones are ended at once."""
    RESET = "reset"
    """Connections end with RST; new ones are let through."""
    SLOW = "slow"
    HOLD = "hold"
    """Bytes wait, both ways, and pass when the fault is over; connections stay."""
    HALF_OPEN = "half_open"
    """Bytes of the connections that are open now vanish for ever, as behind a router that forgot
    them: both ends believe in them. New connections are let through."""


@dataclasses.dataclass(eq=False, slots=True)
class _Link:
    """One connection of a client and the one behind it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    is_deaf: bool = False


class ChaosProxy:
    """Listens on a port of 127.0.0.1, in a thread of its own."""

    def __init__(self, *targets: int) -> None:
        """Build it.

        Args:
            targets: ports of 127.0.0.1; a client gets the first that answers.
        """
        self.targets = targets
        self.port = 0
        self.met: collections.Counter[Fault] = collections.Counter()
        """Connections that met each fault: one that met nobody proves nothing."""
        self._fault: Fault | None = None
        self._links: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos", daemon=True)

    def start(self) -> int:
        """Listen; returns the port."""
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    def set_fault(self, fault: Fault | None) -> None:
        """Begin a fault in place of the one before; None heals the line."""
        self._call(self._set_fault(fault))

    def close(self) -> None:
        """End all connections and the thread."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CALL_TIMEOUT_S)

    async def _set_fault(self, fault: Fault | None) -> None:
        self._fault = fault
        if fault is not None:
            self.met[fault] += len(self._links)
        if fault is Fault.HOLD:
            self._flowing.clear()
        else:
            self._flowing.set()
        for link in tuple(self._links):
            if fault in {Fault.CUT, Fault.RESET}:
                _end(link, is_abrupt=fault is Fault.RESET)
            link.is_deaf = link.is_deaf or fault is Fault.HALF_OPEN

    async def _close(self) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._fault is Fault.CUT:
                self.met[Fault.CUT] += 1
            else:
                await self._carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # A line that breaks is what this is for.
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await self._connect()
        link = _Link(writer, behind_writer)
        self._links.add(link)
        pumps = [
            asyncio.create_task(self._pump(link, reader, behind_writer)),
            asyncio.create_task(self._pump(link, behind_reader, writer)),
        ]
        try:
            # One end gone is the end of both: neither TLS nor MQTT lives on half a connection.
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._links.discard(link)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            behind_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for target in self.targets:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", target)
        raise ConnectionRefusedError

    async def _pump(
        self, link: _Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        while data := await source.read(CHUNK_BYTES):
            await self._flowing.wait()
            if self._fault is Fault.SLOW:
                await asyncio.sleep(SLOW_PAUSE_S)
            if not link.is_deaf:
                sink.write(data)
                await sink.drain()
        while link.is_deaf:  # Nobody hears that it ended, either.
            await asyncio.sleep(SLOW_PAUSE_S)


def _end(link: _Link, *, is_abrupt: bool) -> None:
    for writer in (link.client, link.server):
        if is_abrupt and not writer.transport.is_closing():
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
        writer.transport.abort()
