"""The verbs of hq-hub, as people and systemd run them."""

from __future__ import annotations

import contextlib
import http.client
import pathlib
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hq_hub.config import DATABASE_VARIABLE, Config, write_config
from hq_hub.main import open_listener
from hq_hub.store.engine import open_engine, sqlite_url, write_transaction
from hq_hub.store.schema_books import PROJECTIONS
from tests.hq_hub.small_chain import open_chain
from tests.retail_domain.builders import make_ticket

TIMEOUT_S = 60


def run(
    *arguments: str, stdin: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hq_hub.main", *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A hub that was set up, with free ports and without a broker."""
    folder = tmp_path / "hub"
    done = run("init", "--data", str(folder), "--chain", "corner-shops", "--transport", "grpc")
    assert done.returncode == 0, done.stderr
    change_settings(folder)
    return folder


def change_settings(folder: pathlib.Path, **changes: object) -> None:
    settings = {"chain": "corner-shops", "http_port": 0, "grpc_port": 0, "transports": ("grpc",)}
    write_config(Config(folder=folder, **(settings | changes)))  # type: ignore[arg-type]  # A table of settings.


@contextlib.contextmanager
def serving(folder: pathlib.Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A running hub and its HTTP port."""
    command = [sys.executable, "-m", "hq_hub.main", "serve", "--data", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        ports = (re.search(r"console at http://127\.0\.0\.1:(\d+)/", line) for line in lines)
        found = next((match for match in ports if match), None)
        assert found is not None, "the hub did not start"
        try:
            yield process, int(found[1])
        finally:
            process.kill()


def change_database(folder: pathlib.Path, statement: str) -> None:
    engine = open_engine(sqlite_url(str(folder / "database" / "hub.db")))
    with contextlib.closing(engine.connect()) as db, write_transaction(db):
        db.execute(sa.text(statement))
    engine.dispose()


def read_actions(folder: pathlib.Path) -> list[str]:
    """What the audit tells, oldest first."""
    engine = open_engine(sqlite_url(str(folder / "database" / "hub.db")))
    with contextlib.closing(engine.connect()) as db:
        actions = db.execute(sa.text("SELECT action FROM audit ORDER BY audit_no")).scalars().all()
    engine.dispose()
    return list(actions)


def test_new_hub_gets_stores_codes_and_people(folder: pathlib.Path) -> None:
    data = ("--data", str(folder))

    added = run("add-store", *data, "--store", "S001", "--name", "一号店", "--name-en", "One")
    code = run("claim-code", *data, "--store", "S001")
    user = run(
        *("add-user", *data, "--user-name", "boss", "--display-name", "老板", "--role", "it"),
        stdin="correct horse battery\n",
    )
    person = run(
        *("add-person", *data, "--staff-no", "1001", "--name", "王", "--role", "cashier"),
        *("--reach", "stores:S001", "--limits", "refund_fen=5000"),
        stdin="736251\n",
    )
    card = run("give-card", *data, "--staff-no", "1001")
    gone = [
        run("remove-person", *data, "--staff-no", "1001"),
        run("remove-user", *data, "--user-name", "boss"),
    ]
    doctor = run("doctor", *data)

    ran = (added, code, user, person, card, *gone, doctor)
    assert [done.returncode for done in ran] == [0] * 8
    assert re.fullmatch(r"[0-9a-f]{32}\n", card.stdout)
    assert read_actions(folder) == [
        "put_store",
        "make_claim_code",
        "put_user",
        "put_person",
        "give_card",
        "remove_person",
        "remove_user",
    ]
    assert re.fullmatch(r"1-(\w{4}-){3}\w{4}\n", code.stdout)
    assert "facts received           0" in doctor.stdout
    assert (folder / "pki" / "ca.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["init"], "hub_exists"),
        (["claim-code", "--store", "S009"], "store_not_found"),
        (["revoke-box", "--store", "S009", "--box", "B1"], "box_not_found"),
        (
            ["add-store", "--store", "HQ", "--name", "x", "--name-en", "x"],
            "store_number",
        ),
        (
            ["add-user", "--user-name", "boss", "--display-name", "x", "--role", "it"],
            "password_too_short",
        ),
    ],
)
def test_refusal_is_a_code_and_two_sentences(
    folder: pathlib.Path, arguments: list[str], code: str
) -> None:
    verb, *options = arguments

    done = run(verb, "--data", str(folder), *options, stdin="short\n")

    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{code}: ")
    assert second.endswith("。")


@pytest.mark.parametrize(
    ("options", "chart_id"),
    [((), "small_enterprise"), (("--chart", "enterprise"), "enterprise")],
)
def test_chart_of_accounts_is_chosen_when_the_hub_is_made(
    tmp_path: pathlib.Path, options: tuple[str, ...], chart_id: str
) -> None:
    done = run("init", "--data", str(tmp_path / "hub"), *options)

    assert done.returncode == 0, done.stderr
    engine = open_engine(sqlite_url(str(tmp_path / "hub" / "database" / "hub.db")))
    with contextlib.closing(engine.connect()) as db:
        assert db.execute(sa.text("SELECT chart_id FROM hub_state")).scalar_one() == chart_id
    engine.dispose()


def test_unknown_chart_of_accounts_is_refused(tmp_path: pathlib.Path) -> None:
    done = run("init", "--data", str(tmp_path / "hub"), "--chart", "german")

    assert done.returncode == 2
    assert not (tmp_path / "hub").exists()


def test_half_done_init_may_be_repeated(folder: pathlib.Path) -> None:
    authority = (folder / "pki" / "ca.crt").read_bytes()
    (folder / "hub.toml").unlink()

    done = run("init", "--data", str(folder), "--chain", "corner-shops")

    assert done.returncode == 0
    assert (folder / "pki" / "ca.crt").read_bytes() == authority


def test_doctor_and_rebuild_find_damage_and_put_it_right(tmp_path: pathlib.Path) -> None:
    with open_chain(tmp_path) as small:
        small.receive("S001", make_ticket((1, 1_000, 565)))
        small.apply()
        with write_transaction(small.db):
            small.db.exec_driver_sql("UPDATE on_hand SET quantity_milli = 5")
    write_config(Config(folder=tmp_path, chain="c", database="hub.db"))
    data = ("--data", str(tmp_path))

    found, compared = run("doctor", *data), run("rebuild", "--verify", *data)
    mended, healthy = run("rebuild", *data), run("doctor", *data)
    again = run("rebuild", "--verify", *data)

    assert (found.returncode, compared.returncode) == (1, 1)
    assert "FAULT: stock against movements, milli: 1005" in found.stdout
    differing = [line.split()[0] for line in compared.stdout.splitlines() if "DIFFERS" in line]
    assert differing == ["on_hand"]
    assert (mended.returncode, healthy.returncode, again.returncode) == (0, 0, 0)
    assert len(again.stdout.splitlines()) == 1 + len(PROJECTIONS) + 2


def test_hub_serves_until_it_is_told_to_stop(folder: pathlib.Path) -> None:
    with serving(folder) as (process, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
        connection.request("GET", "/api/v1/health")
        answer = connection.getresponse().read()
        connection.close()
        second = run("serve", "--data", str(folder))
        replaced = run("rebuild", "--data", str(folder))
        compared = run("rebuild", "--verify", "--data", str(folder))

        process.send_signal(signal.SIGTERM)
        status = process.wait(TIMEOUT_S)

    assert answer == b'{"status":"ok"}'
    assert [second.returncode, replaced.returncode, compared.returncode] == [2, 2, 0]
    assert second.stderr.startswith("hub_running: ")
    assert status == 0


def test_answers_do_not_wait_for_the_acknowledgement_of_their_first_packet(
    tmp_path: pathlib.Path,
) -> None:
    with (
        open_listener(Config(folder=tmp_path, chain="c", http_port=0)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_port_that_is_taken_is_named(folder: pathlib.Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        change_settings(folder, http_port=port)
        over_http = run("serve", "--data", str(folder))
        change_settings(folder, grpc_port=port)
        over_grpc = run("serve", "--data", str(folder))

    assert (over_http.returncode, over_grpc.returncode) == (2, 2)
    assert f"hub_port_in_use: HTTP cannot listen on 127.0.0.1:{port}" in over_http.stderr
    assert f"hub_port_in_use: gRPC cannot listen on 127.0.0.1:{port}" in over_grpc.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "hub.example", "::"])
def test_passwords_never_cross_a_network_in_the_clear(folder: pathlib.Path, host: str) -> None:
    change_settings(folder, http_host=host)

    done = run("serve", "--data", str(folder))

    assert done.returncode == 2
    assert done.stderr.startswith("needs_tls: ")


def test_newer_database_stops_every_verb(folder: pathlib.Path) -> None:
    change_database(folder, "UPDATE alembic_version SET version_num = '9999'")

    done = [run(verb, "--data", str(folder)) for verb in ("serve", "doctor", "rebuild")]

    assert [each.returncode for each in done] == [2, 2, 2]
    assert all("hub_newer_database: " in each.stderr for each in done)


def test_missing_settings_and_database_are_named(tmp_path: pathlib.Path) -> None:
    no_settings = run("serve", "--data", str(tmp_path))
    write_config(Config(folder=tmp_path, chain="c"))
    no_database = run("doctor", "--data", str(tmp_path))

    assert (no_settings.returncode, no_database.returncode) == (2, 2)
    assert "hub.toml cannot be read" in no_settings.stderr
    assert no_database.stderr.startswith("hub_no_database: ")


@pytest.mark.parametrize("url", ["nonsense", "postgresql+asyncmy://db/hub", "ingres://db/hub"])
def test_database_that_cannot_be_spoken_to_is_named(tmp_path: pathlib.Path, url: str) -> None:
    done = run("init", "--data", str(tmp_path / "hub"), environment={DATABASE_VARIABLE: url})

    assert done.returncode == 2
    assert "LIUSHUI_HUB_DATABASE cannot be used" in done.stderr


def test_backup_is_made_while_the_hub_serves_and_restored_when_it_does_not(
    folder: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    data, saved = ("--data", str(folder)), str(tmp_path / "saved.db")
    store = ("add-store", *data, "--store", "S001", "--name", "一号店", "--name-en", "One")
    assert run(*store).returncode == 0
    with serving(folder):
        made = run("backup", *data, "--to", saved)
        refused = run("restore", *data, "--from", saved)

    restored = run("restore", *data, "--from", saved)
    again = run("new-generation", *data)

    assert [made.returncode, refused.returncode] == [0, 2]
    assert refused.stderr.startswith("hub_running: ")
    first = re.match(r"generation (\d+): 0 facts", restored.stdout)
    second = re.match(r"generation (\d+): stores send again", again.stdout)
    assert first is not None
    assert second is not None
    assert int(second[1]) > int(first[1])
    assert run("doctor", *data).returncode == 0


def test_postgresql_is_left_to_its_own_tools(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    url = {DATABASE_VARIABLE: "postgresql+psycopg://db/hub"}

    done = run(
        *("backup", "--data", str(folder), "--to", str(tmp_path / "saved.db")), environment=url
    )

    assert done.returncode == 2
    assert done.stderr.startswith(("backup_needs_sqlite: ", "config: "))
