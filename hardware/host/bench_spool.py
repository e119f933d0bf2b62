"""A spool in memory: for a bench, and for whoever prints without a box."""

from __future__ import annotations

import collections
import dataclasses
import threading
import uuid

from hardware.driver import FINAL_STATES, Job, JobState


@dataclasses.dataclass(frozen=True, slots=True)
class Noted:
    """The last that a driver said of a job."""

    state: JobState
    parts_done: int = 0
    reason: str = ""


class BenchSpool:
    """Jobs of several devices, each device's in order. Any thread may use it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queues: dict[str, collections.deque[Job]] = collections.defaultdict(collections.deque)
        self.noted: dict[uuid.UUID, list[Noted]] = {}
        """All that was said of each job, in order."""

    def put(self, job: Job) -> None:
        """Queue a job."""
        with self._changed:
            self._queues[job.device_id].append(job)
            self.noted[job.job_id] = [Noted(JobState.QUEUED)]

    def take(self, device_id: str) -> Job | None:
        """Give the device's next job that is not final; see Spool."""
        with self._changed:
            queue = self._queues[device_id]
            while queue and self.noted[queue[0].job_id][-1].state in FINAL_STATES:
                queue.popleft()
            if not queue:
                return None
            done = self.noted[queue[0].job_id][-1].parts_done
            self.noted[queue[0].job_id].append(Noted(JobState.CHECKING, done))
            return dataclasses.replace(queue[0], parts_done=done)

    def note(
        self, job_id: uuid.UUID, state: JobState, *, parts_done: int = 0, reason: str = ""
    ) -> None:
        """Keep how far a job is; see Spool."""
        with self._changed:
            self.noted[job_id].append(Noted(state, parts_done, reason))
            self._changed.notify_all()

    def is_over(self, job_id: uuid.UUID) -> bool:
        """Whether a job is final."""
        with self._changed:
            return self.noted[job_id][-1].state in FINAL_STATES

    def wait(self, job_id: uuid.UUID, timeout_s: float) -> Noted:
        """Wait until a job is final, at most timeout_s, and give the last that was said of it."""
        with self._changed:
            self._changed.wait_for(lambda: self.noted[job_id][-1].state in FINAL_STATES, timeout_s)
            return self.noted[job_id][-1]
