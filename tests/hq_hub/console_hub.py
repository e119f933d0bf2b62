"""A hub that serves its console over a small chain, and a browser page that is signed in."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, ViewportSize

from hq_hub.config import Config, write_config
from hq_hub.services.certificates import init_pki
from hq_hub.services.users import hash_password, put_user
from hq_hub.store.people import User
from tests.hq_hub.small_chain import BOSS, SmallChain, open_chain

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=375, height=812)
CHIEF = dataclasses.replace(BOSS, person_no="chief")
USER, PASSWORD = "boss", "correct horse battery"


@contextlib.contextmanager
def small_chain_with_a_user(folder: pathlib.Path) -> Iterator[SmallChain]:
    """A hub's folder, ready to be served once the chain is closed."""
    with open_chain(folder) as small:
        put_user(small.db, User(USER, "老板", "manager"), hash_password(PASSWORD), small.ask(CHIEF))
        yield small
    init_pki(folder / "pki", "test-chain", ["localhost"], datetime.datetime.now(datetime.UTC))
    settings = Config(
        folder=folder,
        chain="test-chain",
        database="hub.db",
        http_port=0,
        grpc_port=0,
        transports=("grpc",),
    )
    write_config(settings)


@contextlib.contextmanager
def serving(folder: pathlib.Path) -> Iterator[str]:
    """Run `hq-hub serve`; the address of its console."""
    command = [sys.executable, "-m", "hq_hub.main", "serve", "--data", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stderr)
        found = next((match for match in said if match), None)
        assert found is not None, "the hub did not start"
        try:
            yield found[0]
        finally:
            process.terminate()


@contextlib.contextmanager
def signed_in(
    browser: Browser, address: str, size: ViewportSize = DESK, *, language: str = "zh"
) -> Iterator[tuple[Page, list[str]]]:
    """A page of a signed-in person, and what went wrong on it."""
    context = browser.new_context(viewport=size, base_url=address)
    context.add_init_script(f"localStorage.setItem('liushui.language', '{language}')")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security" in said.text else None,
    )
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith((address, "data:")) else faults.append(asked.url)
        ),
    )
    page.goto(address)
    page.fill("input[name=user_name]", USER)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("input[name=password]", state="detached")
    yield page, faults
    context.close()
