"""The verbs: what a person gets wrong is a sentence in both languages and exit status 2."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import tomllib

import pytest

from edge_agent.config import load_config
from edge_agent.main import main, open_listener
from edge_agent.store import devices
from edge_agent.store.sqlite_library import connect
from tests.edge_agent.shop_setup import open_box


@pytest.fixture
def config(tmp_path: pathlib.Path) -> pathlib.Path:
    open_box(str(tmp_path / "box.sqlite")).close()
    path = tmp_path / "box.toml"
    path.write_text("http_port = 0\n", encoding="utf-8")
    return path


def run(verb: str, config: pathlib.Path, *more: str) -> int:
    return main([verb, "--config", str(config), *more])


def test_port_of_another_program_is_named(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        config.write_text(f"http_port = {port}\n", encoding="utf-8")

        assert run("serve", config) == 2

    shown = capsys.readouterr().err
    assert shown.startswith("port_in_use: ")
    assert str(port) in shown
    assert "占用" in shown


def test_answers_do_not_wait_for_the_acknowledgement_of_their_first_packet(
    config: pathlib.Path,
) -> None:
    with (
        open_listener(load_config(config)) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_plain_http_stays_on_this_machine(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text('http_host = "0.0.0.0"\n', encoding="utf-8")

    assert run("serve", config) == 2
    assert capsys.readouterr().err.startswith("insecure_address: ")


def test_labels_of_a_scale_teach_its_settings(capsys: pytest.CaptureFixture[str]) -> None:
    samples = (
        "260001200650005007/12/0.500/6.50",
        "260000702468012341/7/1.234/24.68",
        "260030100099000888/301/0.088/0.99",
    )

    assert main(["learn-label", *samples]) == 0
    assert tomllib.loads(capsys.readouterr().out)["scale_labels"] == [
        {
            "shape": "FFPPPPPAAAAAKKKKKC",
            "flags": ["26"],
            "check": "left",
            "amount_decimals": 2,
            "weight_decimals": 3,
        }
    ]


@pytest.mark.parametrize(
    "sample", ["2600012", "26/12/0.5", "26/x/0.5/1", "26/1/0/1", "26/1/1/0.001"]
)
def test_label_that_was_typed_wrong_is_a_sentence(
    sample: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn-label", sample]) == 2
    assert capsys.readouterr().err.startswith("bad_label_sample: ")


def test_sheet_for_scanners_is_a_picture(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.png"

    assert main(["scanner-sheet", "--to", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert str(path) in capsys.readouterr().out


def test_list_for_a_label_scale_is_a_file_or_a_sentence(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = config.with_name("plu.csv")

    assert run("label-scale", config, "--to", str(path)) == 0
    assert run("label-scale", config, "--to", "tcp://127.0.0.1:1") == 2
    assert path.read_text("gb18030").startswith("plu,name,")
    assert capsys.readouterr().err.startswith("scale_list: ")


def test_database_of_a_newer_program_is_left_alone(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(connect(str(config.parent / "box.sqlite"))) as db:
        db.execute("PRAGMA user_version = 99")

    assert run("serve", config) == 2
    assert capsys.readouterr().err.startswith("newer_database: ")


def test_wrong_setting_is_a_sentence(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("colour = 'red'\n", encoding="utf-8")

    assert run("doctor", config) == 2
    assert "colour" in capsys.readouterr().err


def test_box_without_its_certificate_says_which_file_is_missing(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("serve", config) == 2
    assert "ca.crt cannot be read" in capsys.readouterr().err


def test_doctor_and_rebuild_find_a_sound_box_sound(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("doctor", config) == 0
    assert run("rebuild", config, "--verify") == 0

    shown = capsys.readouterr().out
    assert "chain whole" in shown
    assert "on_hand: 0 rows, 0 differ" in shown


def test_doctor_finds_stock_that_no_fact_explains(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(connect(str(config.parent / "box.sqlite"))) as db:
        db.execute("INSERT INTO on_hand VALUES ('S001', 'sellable', 1, '', 5)")

    assert run("doctor", config) == 1
    assert run("rebuild", config, "--verify") == 1
    assert "FAULT: on_hand differs" in capsys.readouterr().out


def test_register_link_carries_its_token_behind_the_hash(
    config: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("enrol-register", config, "--register", "2", "--device", "scanner-2") == 0

    link = capsys.readouterr().out.strip()
    assert "/register/#register_no=2&token=" in link


def read_places(config: pathlib.Path) -> dict[str, tuple[str, str]]:
    with contextlib.closing(connect(str(config.with_name("box.sqlite")))) as db:
        return {
            device_id: (binding.role, binding.register_no)
            for device_id, binding in devices.read_bindings(db).items()
        }


def test_devices_are_moved_and_taken_away(config: pathlib.Path) -> None:
    assert run("bind-device", config, "--register", "1", "--device", "scale-9:scale") == 0
    assert read_places(config)["scale-9"] == ("scale", "1")

    assert run("bind-device", config, "--device", "scale-9") == 0

    assert "scale-9" not in read_places(config)


@pytest.mark.parametrize(
    ("register", "device", "code"),
    [("9", "scale-9:scale", "wrong_token"), ("1", "scale-9:robot", "unknown_role")],
)
def test_place_that_is_none_is_a_sentence(
    config: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    register: str,
    device: str,
    code: str,
) -> None:
    assert run("bind-device", config, "--register", register, "--device", device) == 2
    assert capsys.readouterr().err.startswith(f"{code}: ")
