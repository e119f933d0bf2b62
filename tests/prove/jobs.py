"""Runs jobs in processes of their own, as many at once as there are cores.

A job's process is a fork of one that never imported the product: so a mutant can break it before.
"""

from __future__ import annotations

import collections
import dataclasses
import multiprocessing
import multiprocessing.connection
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

JOB_TIMEOUT_S = 240
"""A job that runs longer hangs; the slowest takes a quarter of it on a busy machine."""
FORK = multiprocessing.get_context("fork")


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """A function of a module, to be called with these arguments."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """What became of a job."""

    job: Job
    answer: Any
    """None when it failed."""
    error: str
    """Empty when all went well."""
    seconds: float


@dataclasses.dataclass(slots=True)
class _Running:
    job: Job
    process: Any
    pipe: multiprocessing.connection.Connection
    began_s: float


def run_all(jobs: Iterable[Job]) -> Iterator[Done]:
    """Run them, first come first served; what is done comes as it is done."""
    waiting = collections.deque(jobs)
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                running.append(_start(waiting.popleft()))
            multiprocessing.connection.wait([one.pipe for one in running], timeout=1)
            for one in list(running):
                done = _look_at(one)
                if done is not None:
                    running.remove(one)
                    yield done
    finally:
        for one in running:
            one.process.kill()


def _start(job: Job) -> _Running:
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=_run, args=(job, sender), name=job.name)
    process.start()
    sender.close()
    return _Running(job, process, receiver, time.monotonic())


def _look_at(one: _Running) -> Done | None:
    seconds = time.monotonic() - one.began_s
    if one.pipe.poll():
        try:
            answer, error = one.pipe.recv()
        except EOFError:
            answer, error = None, "it died without a word"
    elif seconds > JOB_TIMEOUT_S:
        one.process.kill()
        answer, error = None, f"stalled: no answer after {JOB_TIMEOUT_S} s"
    else:
        return None
    one.process.join()
    one.pipe.close()
    return Done(one.job, answer, error, seconds)


def _run(job: Job, pipe: multiprocessing.connection.Connection) -> None:
    try:
        answer, error = job.function(*job.arguments), ""
    except BaseException:  # noqa: BLE001 (whatever a job dies of is its result)
        answer, error = None, traceback.format_exc()
    pipe.send((answer, error))
    pipe.close()
