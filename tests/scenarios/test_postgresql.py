"""The demo with its hub on PostgreSQL, killed in the middle of trade."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hq_hub.config import DATABASE_VARIABLE
from tests.hq_hub.databases import PostgresqlDatabases
from tests.scenarios.conftest import Start
from tests.scenarios.demo_run import assert_zeros

CHAIN = ("--stores", "3", "--baskets", "120")


@pytest.mark.postgres
def test_hub_on_postgresql_is_killed_comes_back_and_every_figure_agrees(
    start: Start, postgresql_databases: PostgresqlDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql_databases.new() as url:
        monkeypatch.setenv(DATABASE_VARIABLE, url)
        run = start(*CHAIN)
        for moment in (1, 40, 80):
            assert run.wait_until(lambda moment=moment: run.progress().baskets >= moment)  # type: ignore[misc]  # A default binds the loop's name.
            assert run.wait_until(lambda: run.kill("hub"))

        report = run.finish()
        again = start(*CHAIN[:2], "--baskets", "100", "--data", f"{run.folder.root}-2").finish()
        command = ("rebuild", "--verify", "--data", str(run.folder.hub))
        verified = subprocess.run([sys.executable, "-m", "hq_hub.main", *command], check=False)
        run.close()

    assert report["restarts"] >= 2  # The last kill may come when all is delivered.
    assert_zeros(report, baskets=120)
    assert again["error"]["code"] == "demo_database_taken"
    assert verified.returncode == 0
