"""Runs of the demo that end with their test."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator

import pytest

from tests.scenarios.demo_run import DemoRun

Start = Callable[..., DemoRun]


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Start]:
    """Start a demo on the test's folder; again on the same folder after the first one."""
    runs: list[DemoRun] = []

    def run(*options: str) -> DemoRun:
        runs.append(DemoRun(tmp_path, *options))
        return runs[-1]

    yield run
    for started in runs:
        started.close()
