"""`scripts/demo`: runs a chain on this machine, with people at the screens or without."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence

from deploy.broker.broker_command import BrokerKind
from deploy.demo.headless import Wish, play
from deploy.demo.layout import DemoFolder
from retail_domain.errors import RetailError

EXIT_DIFFERS, EXIT_REFUSED = 1, 2
EXIT_STOPPED = 130
DESCRIPTION = """\
Liushui on this machine: a hub, stores with their boxes, an MQTT broker, and real baskets.
Without options: three stores with screens until Ctrl-C. With --headless: plays trade, then compares
boxes, journal, ledger and report to the fen."""


def make_parser() -> argparse.ArgumentParser:
    """All options; they are the product's public contract."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--headless", action="store_true", help="no screens; exit 0 only if every figure agrees")
    add("--json", action="store_true", help="with --headless: one line of JSON on stdout")
    add("--stores", type=_positive, metavar="N", help="with --headless: the N largest stores")
    add("--baskets", type=_positive, metavar="N", help="with --headless: N baskets in all")
    add(
        "--trade", type=pathlib.Path, metavar="FILE", help="with --headless: CSV or Parquet of ours"
    )
    add("--port-base", type=_port, metavar="P", help="hub at P, boxes from P+100 (default 8800)")
    add("--data", type=pathlib.Path, metavar="DIR", help="keep everything here; go on at a restart")
    add("--broker", choices=[kind.value for kind in BrokerKind], help="default: the best installed")
    add(
        "--screenshots",
        type=pathlib.Path,
        metavar="DIR",
        help="take pictures of register and console with headless Chromium, then stop",
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one demo. Returns the exit status."""
    options = make_parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # As Ctrl-C: everything is stopped.
    for name in ("no_proxy", "NO_PROXY"):  # Of the children too: all of them talk to this machine.
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1,localhost")))
    try:
        if options.headless:
            return run_headless(options)
        return run_with_people(options)
    except RetailError as error:
        tell(f"{error.code}: {error.detail_en}\n{error.detail_zh}")
        if options.json:
            refusal = {"code": error.code, "detail": error.detail_en, "values": error.values}
            print(json.dumps({"ok": False, "error": refusal}, ensure_ascii=False))
        return EXIT_REFUSED
    except KeyboardInterrupt:
        tell("stopped")
        return EXIT_STOPPED


def run_headless(options: argparse.Namespace) -> int:
    """Play and report. The folder of a demo that went wrong is kept."""
    wish = Wish(
        trade=options.trade,
        stores_max=options.stores,
        baskets_max=options.baskets,
        port_base=options.port_base,
        broker=BrokerKind(options.broker) if options.broker else None,
    )
    root = options.data or pathlib.Path(tempfile.mkdtemp(prefix="liushui-demo-"))
    is_right = False
    try:
        reckoning, text = play(DemoFolder(root), wish, tell)
        is_right = reckoning.is_right
    finally:
        if options.data is None and is_right:
            shutil.rmtree(root)
        elif not is_right:
            tell(f"everything is kept in {root}")
    tell("every figure agrees" if is_right else "FIGURES DIFFER")
    print(text if options.json else show(json.loads(text)))
    return 0 if is_right else EXIT_DIFFERS


def run_with_people(options: argparse.Namespace) -> int:
    """Run until Ctrl-C, or until the pictures are taken."""
    from deploy.demo.live import run_live  # noqa: PLC0415 - it needs more than headless runs do

    broker = BrokerKind(options.broker) if options.broker else None
    with contextlib.ExitStack() as parts:
        root = options.data or parts.enter_context(
            tempfile.TemporaryDirectory(prefix="liushui-demo-")
        )
        folder = DemoFolder(pathlib.Path(root))
        if options.screenshots:
            from deploy.demo.screenshots import take_screenshots  # noqa: PLC0415 - needs playwright

            take_screenshots(folder, options.screenshots, options.port_base, broker, tell)
        else:
            run_live(folder, options.port_base, broker, tell)
    return 0


def show(report: dict[str, object]) -> str:
    """Write the report for people: one line a key, without the long list of refused rows."""
    report.pop("rejected_rows", None)
    return "\n".join(f"{key:16} {value}" for key, value in report.items())


def tell(text: str) -> None:
    """Say how far it is."""
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _port(text: str) -> int:
    port = int(text)
    if not 1024 <= port <= 60_000:
        raise argparse.ArgumentTypeError("must be between 1024 and 60000")
    return port


if __name__ == "__main__":
    sys.exit(main())
