"""The verbs of `edge-agent` and their options; what they do is in main."""

from __future__ import annotations

import argparse
import pathlib
from typing import Any


def make_parser() -> argparse.ArgumentParser:
    """Verbs and their options."""
    parser = argparse.ArgumentParser(
        prog="edge-agent",
        description="The store's box of Liushui.",
        epilog="Devices are tried by hand with `edge-agent hw`; see `edge-agent hw --help`.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    helps = {
        "serve": "registers, back room and sync, until SIGTERM",
        "devices": "the device process: scanners on one side, the box on the other",
        "enrol": "take on a store's identity with a claim code from headquarters",
        "enrol-register": "make the link of a register's screen and bind its devices",
        "bind-device": "say which register devices belong to, and what for",
        "doctor": "look at database, journal and feeds; exit 1 when something is wrong",
        "rebuild": "fold the journal again and compare the projections",
        "backup": "copy the database into a file while the box serves, and check the copy",
        "export-unsent": "write facts that headquarters lacks into a file for another box",
        "import-unsent": "take the facts of such a file; a repeat changes nothing",
        "label-scale": "send number, name and price of weighed goods to a label scale, or a file",
        "restore": "put a backup in place of a damaged database, which is kept aside",
    }
    for verb, text in helps.items():
        command = verbs.add_parser(verb, help=text, description=text)
        command.add_argument("--config", type=pathlib.Path, required=True, help="box.toml")
        if verb == "enrol":
            command.add_argument("--hub", required=True, help="headquarters, http(s)://host:port")
            command.add_argument("--claim-code", required=True, help="shown by headquarters, once")
        _add_device_options(verb, command)
        if verb == "rebuild":
            command.add_argument("--verify", action="store_true", required=True)
        if verb in {"backup", "export-unsent"}:
            command.add_argument("--to", type=pathlib.Path, required=True, help="a new file")
        if verb == "label-scale":
            command.add_argument("--to", required=True, help="tcp://host:port, or a CSV file")
            command.add_argument("--encoding", choices=("gb18030", "utf-8"), default="gb18030")
        if verb == "export-unsent":
            command.add_argument("--whole", action="store_true", help="sent ones too")
        if verb in {"restore", "import-unsent"}:
            command.add_argument("--from", dest="source", type=pathlib.Path, required=True)
    add_set_up_verbs(verbs)
    return parser


def add_set_up_verbs(verbs: Any) -> None:  # noqa: ANN401 - argparse keeps its type to itself
    """Verbs for setting devices up; they need no box."""
    text = "learn how a scale makes its labels from three or more of them; prints settings"
    learn = verbs.add_parser("learn-label", help=text, description=text)
    learn.add_argument("samples", nargs="+", help="digits/number/kilograms/yuan of a label")
    text = "draw the sheet of codes from which a scanner's settings are learned"
    sheet = verbs.add_parser("scanner-sheet", help=text, description=text)
    sheet.add_argument("--to", type=pathlib.Path, required=True, help="a PNG file, 300 dpi")


def _add_device_options(verb: str, command: argparse.ArgumentParser) -> None:
    if verb == "enrol-register":
        command.add_argument("--register", required=True, help="number, such as 1")
    if verb == "bind-device":
        command.add_argument("--register", help="number, such as 1; without it: to none")
    if verb in {"enrol-register", "bind-device"}:
        help_ = "device to bind, with what it is for: scanner-1, scale-1:scale, p-1:printer"
        command.add_argument("--device", action="append", default=[], help=help_)
    if verb == "devices":
        command.add_argument("--box", help="of another machine: host:port; this one is a till")
