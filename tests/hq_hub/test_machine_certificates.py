"""`hq-hub issue-certificate`: papers for a store's box as a server, and for its tills."""

from __future__ import annotations

import pathlib

import pytest
from cryptography import x509

from hq_hub.main import main


@pytest.fixture
def data(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "hub"
    assert main(["init", "--data", str(folder)]) == 0
    words = ["--data", str(folder), "--store", "S001", "--name", "人民路店", "--name-en", "Renmin"]
    assert main(["add-store", *words]) == 0
    return folder


def read_names(certificate: pathlib.Path) -> list[str]:
    extensions = x509.load_pem_x509_certificate(certificate.read_bytes()).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def issue(data: pathlib.Path, to: pathlib.Path, *words: str) -> int:
    return main(["issue-certificate", "--data", str(data), "--to", str(to), *words])


def test_till_gets_the_name_of_its_register(data: pathlib.Path, tmp_path: pathlib.Path) -> None:
    to = tmp_path / "till"

    assert issue(data, to, "--store", "S001", "--register", "2") == 0

    assert read_names(to / "till.crt") == ["spiffe://liushui/till/S001/2"]
    assert (to / "till.key").stat().st_mode & 0o777 == 0o600
    assert (to / "ca.crt").exists()


def test_box_gets_the_names_by_which_it_is_reached(
    data: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    to = tmp_path / "box"

    assert issue(data, to, "--store", "S001", "--host-name", "box.store") == 0

    assert read_names(to / "server.crt") == ["localhost", "127.0.0.1", "box.store"]


@pytest.mark.parametrize("register", ["../etc", "", "a b"])
def test_number_that_no_register_has_is_refused(
    data: pathlib.Path, tmp_path: pathlib.Path, register: str
) -> None:
    words = ("--store", "S001/evil") if not register else ("--store", "S001")
    assert issue(data, tmp_path / "x", *words, "--register", register or "1") == 2
    assert not (tmp_path / "x").exists()


def test_till_is_shut_out_by_its_register_and_by_its_file(
    data: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    revoke = ["revoke-till", "--data", str(data), "--store", "S001", "--register", "2"]
    assert main(revoke) == 2  # None was made.
    assert issue(data, tmp_path / "till", "--store", "S001", "--register", "2") == 0

    assert main(revoke) == 0
    assert main([*revoke, "--certificate", str(tmp_path / "till" / "till.crt")]) == 0
    assert main([*revoke, "--certificate", str(tmp_path / "nothing.crt")]) == 2

    said = capsys.readouterr()
    assert "register 2 of store S001 is let in no more" in said.out
    assert "till_certificate_not_found" in said.err
    assert "certificate_file" in said.err


def test_features_of_a_store_are_switched(
    data: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    switch = ["switch-features", "--data", str(data), "--store", "S001"]

    assert main([*switch, "--off", "count_stock", "--off", "give_discount"]) == 0
    assert main([*switch, "--on", "count_stock"]) == 0
    assert main([*switch, "--off", "sell"]) == 2
    assert main([*switch, "--off", "teleport"]) == 2

    said = capsys.readouterr()
    assert "switched off at store S001: count_stock, give_discount" in said.out
    assert said.out.splitlines()[-1] == "switched off at store S001: give_discount"
