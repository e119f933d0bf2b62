"""Settings: read once, checked once, refused whole."""

from __future__ import annotations

import pathlib

import pytest

from edge_agent.config import Config, ConfigError, load_config
from retail_domain.catalog.scale_label import LabelCheck, ScaleLabel


def write(folder: pathlib.Path, text: str) -> pathlib.Path:
    path = folder / "box.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_have_defaults_and_lie_beside_their_files(tmp_path: pathlib.Path) -> None:
    config = load_config(write(tmp_path, "http_port = 8910"))

    assert (config.http_port, config.http_host) == (8910, "127.0.0.1")
    assert config.path(config.database) == tmp_path / "box.sqlite"


def test_devices_are_read(tmp_path: pathlib.Path) -> None:
    text = '[[devices]]\ndevice_id = "s1"\nkind = "serial_scanner"\naddress = "/dev/ttyACM0"\n'

    config = load_config(write(tmp_path, text))

    (device,) = config.devices
    assert (device.device_id, device.line, device.options) == ("s1", "", {})


def test_other_keys_of_a_device_are_options_of_its_driver(tmp_path: pathlib.Path) -> None:
    text = "[[devices]]\ndevice_id='s'\nkind='k'\naddress='a'\nline='2400 7O1'\nsuffix='tab'\n"

    (device,) = load_config(write(tmp_path, text)).devices

    assert (device.line, device.options) == ("2400 7O1", {"suffix": "tab"})


def test_scale_labels_are_read(tmp_path: pathlib.Path) -> None:
    text = '[[scale_labels]]\nshape = "FFPPPPPAAAAAKKKKKC"\nflags = ["26"]\ncheck = "left"\n'

    config = load_config(write(tmp_path, text))

    assert config.scale_labels == (ScaleLabel("FFPPPPPAAAAAKKKKKC", ("26",), LabelCheck.LEFT),)


LABEL = "[[scale_labels]]\nshape = 'FFPPPPPAAAAAC'\nflags = ['22']\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LABEL + LABEL, "share a flag"),
        (LABEL + "check = 'middle'", "middle"),
        (LABEL + "colour = 'red'", "colour"),
        (LABEL.replace("PPPPP", "PPPP"), "neither 13 nor 18"),
        (LABEL.replace("'FFPPPPPAAAAAC'", "13"), "shape"),
        (LABEL.replace("'22'", "22"), "are texts"),
        ("colour = 'red'", "colour"),
        ("http_port = '8900'", "http_port must be int"),
        ("http_port = true", "http_port must be int"),
        ("transports = []", "transports"),
        ("transports = ['pigeon']", "transports"),
        ("time_zone = 'Mars/Olympus'", "Mars"),
        ("day_starts_at = 'noon'", "noon"),
        ("[[devices]]\ndevice_id = 's1'", "address"),
        ("[[devices]]\ndevice_id='s'\nkind='k'\naddress='a'\nspeed=9600", "speed must be str"),
        ("folder = '/elsewhere'", "folder"),
        ("http_port = ", "Invalid value"),
    ],
)
def test_wrong_setting_is_named(tmp_path: pathlib.Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write(tmp_path, text))


def test_missing_file_is_a_sentence(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "box.toml")


def test_settings_do_not_change_afterwards() -> None:
    config = Config(folder=pathlib.Path())

    with pytest.raises(AttributeError):
        config.http_port = 1  # type: ignore[misc]  # That is the point.
