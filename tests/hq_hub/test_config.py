"""Settings of the hub."""

from __future__ import annotations

import pathlib

import pytest

from hq_hub.config import DATABASE_VARIABLE, Config, ConfigError, load_config, write_config


def test_what_is_written_is_read_again(tmp_path: pathlib.Path) -> None:
    config = Config(folder=tmp_path, chain="corner-shops", http_port=1, host_names=("hub.example",))

    write_config(config)

    assert load_config(tmp_path / "hub.toml") == config


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "names no chain"),
        ("chain = ", "is no TOML"),
        ('chain = "c"\nport = 1', "unknown keys: port"),
        ('chain = "c"\nfolder = "x"', "unknown keys: folder"),
        ('chain = "c"\nhttp_port = "80"', "http_port must be int"),
        ('chain = "c"\nhttp_port = true', "http_port must be int"),
        ('chain = "c"\nhttp_port = 70000', "0 to 65535"),
        ('chain = "Corner Shops"', "small letters"),
        ('chain = "c"\ntransports = []', "transports"),
        ('chain = "c"\ntransports = ["post"]', "transports"),
        ('chain = "c"\nhttp_key = "k.pem"', "belong together"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    tmp_path: pathlib.Path, text: str, problem: str
) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=problem):
        load_config(path)


def test_missing_file_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ConfigError, match=r"hub\.toml cannot be read"):
        load_config(tmp_path / "hub.toml")


def test_database_with_a_password_comes_from_the_environment(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(Config(folder=tmp_path, chain="c"))
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://hub:secret@db/hub")

    config = load_config(tmp_path / "hub.toml")

    assert config.database_url == "postgresql://hub:secret@db/hub"
    assert "secret" not in (tmp_path / "hub.toml").read_text(encoding="utf-8")
