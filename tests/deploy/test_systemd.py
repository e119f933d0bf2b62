"""The systemd units start what there is, and systemd knows what they say."""

from __future__ import annotations

import argparse
import configparser
import pathlib
import shutil
import subprocess
from collections.abc import Callable

import pytest

import edge_agent.command_line
import hq_hub.main

UNITS = sorted((pathlib.Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "edge-agent": edge_agent.command_line.make_parser,
    "hq-hub": hq_hub.main.make_parser,
}
SYSTEMD = shutil.which("systemd-analyze")


def read_unit(path: pathlib.Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # Directives have capitals.
    unit.read_string(path.read_text("utf-8"))
    return unit


def test_there_is_a_unit_for_each_program() -> None:
    assert [path.stem for path in UNITS] == ["liushui-box", "liushui-devices", "liushui-hub"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_starts_a_verb_that_its_program_knows(path: pathlib.Path) -> None:
    program, *arguments = read_unit(path)["Service"]["ExecStart"].split()

    parsed = PARSERS[pathlib.Path(program).name]().parse_args(arguments)

    assert parsed.verb in {"serve", "devices"}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_restarts_for_ever_as_a_user_without_rights(path: pathlib.Path) -> None:
    service = read_unit(path)["Service"]

    assert service["Restart"] == "always"
    assert read_unit(path)["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["User"].startswith("liushui-")
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed (Debian: systemd)")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_knows_each_directive(path: pathlib.Path) -> None:
    assert SYSTEMD is not None
    command = [SYSTEMD, "security", "--offline=true", "--threshold=45", str(path)]

    found = subprocess.run(command, check=False, capture_output=True, text=True)

    assert "Unknown" not in found.stderr, found.stderr
    assert found.returncode == 0, found.stdout + found.stderr
