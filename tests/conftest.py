"""Which tests can run on this machine, and how hypothesis behaves."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator

import hypothesis
import pytest

from deploy.postgresql.cluster import Cluster, find_programs, run_cluster
from tests.hq_hub.databases import PostgresqlDatabases

# Debian keeps servers in sbin, which is not in everybody's PATH.
PROGRAM_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])
# Marker -> (what it needs, whether that is here, where that comes from).
NEEDS = {
    "broker": ("mosquitto", shutil.which("mosquitto", path=PROGRAM_PATH), "mosquitto"),
    "browser": ("chromium", shutil.which("chromium", path=PROGRAM_PATH), "chromium"),
    "postgres": ("a PostgreSQL server", find_programs(), "postgresql"),
}

# No deadline: a busy machine is no fault of the code. In CI the same examples each time, so that a
# failure belongs to the change that shows it; everywhere else new ones.
hypothesis.settings.register_profile("liushui", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("liushui"), derandomize=True
)
# `pytest --hypothesis-profile=night`: to look for what few examples don't find.
hypothesis.settings.register_profile(
    "night", hypothesis.settings.get_profile("liushui"), max_examples=3_000
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "liushui")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs a program that is not here."""
    for marker, (program, found, package) in NEEDS.items():
        if found:
            continue
        reason = f"{program} is not installed (Debian package {package})"
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server of the tests' own; it keeps nothing over a power cut."""
    with run_cluster(is_durable=False) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgresql_databases(postgresql: Cluster) -> Iterator[PostgresqlDatabases]:
    """Fresh databases of that server."""
    with contextlib.closing(PostgresqlDatabases(postgresql)) as databases:
        yield databases
