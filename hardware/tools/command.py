"""The bench tools as one command line: `edge-agent hw ...`. Needs no box."""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable, Sequence

from hardware.errors import DeviceError
from hardware.tools import finding, listening, trying
from hardware.tools.bench import BenchError, Target, Tell

EXIT_REFUSED = 2
"""A person can put it right; the sentence says how."""
SECONDS = 10.0


def run(arguments: Sequence[str], tell: Tell) -> int:
    """Do what was typed. Returns the exit status: 0 well, 1 not, 2 it can't be tried."""
    options = make_parser().parse_args(arguments)
    try:
        return TOOLS[options.tool](options, tell)
    except DeviceError as error:
        tell(str(error))
        return EXIT_REFUSED


def make_parser() -> argparse.ArgumentParser:
    """The tools and their options."""
    parser = argparse.ArgumentParser(prog="edge-agent hw", description="Try devices by hand.")
    tools = parser.add_subparsers(dest="tool", required=True)
    tools.add_parser("list", help="what is plugged in, and its name for the settings")
    tools.add_parser("drivers", help="the drivers, and what can be set")
    found = tools.add_parser("identify", help="which device is it, or which driver understands it")
    found.add_argument("address", nargs="?", help="asks this one; none: pull a plug and see")
    found.add_argument("--seconds", type=float, default=finding.WATCH_S)
    heard = tools.add_parser("sniff", help="show and keep the bytes that a device sends")
    heard.add_argument("address")
    heard.add_argument("--line", default="", help="such as '9600 7E1'")
    heard.add_argument("--seconds", type=float, default=SECONDS)
    heard.add_argument("--to", type=pathlib.Path, help="a file for the capture")
    learned = tools.add_parser(
        "learn", help="what is a capture of: a protocol, a scanner's settings"
    )
    learned.add_argument("capture", type=pathlib.Path)
    for name, text in {
        "selftest": "run a device by its driver and show what it says",
        "print-test": "print a page with Chinese and a code",
    }.items():
        tried = tools.add_parser(name, help=text)
        tried.add_argument("address")
        tried.add_argument("kind", help="of driver")
        tried.add_argument("--line", default="", help="such as '9600 7E1'")
        tried.add_argument("--option", action="append", default=[], help="such as suffix=cr")
        tried.add_argument("--seconds", type=float, default=SECONDS)
        tried.add_argument("--preview", type=pathlib.Path, help="a PNG of what has to come out")
    return parser


TOOLS: dict[str, Callable[[argparse.Namespace, Tell], int]] = {
    "list": lambda _options, tell: finding.list_devices(tell),
    "drivers": lambda _options, tell: finding.list_drivers(tell),
    "identify": lambda options, tell: (
        finding.watch_plugs(tell, options.seconds)
        if options.address is None
        else finding.identify(tell, options.address)
    ),
    "sniff": lambda options, tell: listening.sniff(
        tell, options.address, options.line, options.seconds, options.to
    ),
    "learn": lambda options, tell: listening.learn(tell, options.capture),
    "selftest": lambda options, tell: trying.selftest(tell, _target(options), options.seconds),
    "print-test": lambda options, tell: trying.print_test(tell, _target(options), options.preview),
}


def _target(options: argparse.Namespace) -> Target:
    pairs = [text.partition("=") for text in options.option]
    if not all(separator for _name, separator, _value in pairs):
        raise BenchError("an option is written as name=value")
    chosen = {name: value for name, _separator, value in pairs}
    return Target(options.address, options.kind, options.line, chosen)
