"""`hw selftest` and `hw print-test`: run one device by its driver, as the device process would."""

from __future__ import annotations

import pathlib
import uuid

from hardware.driver import Job, JobKind, JobState, Role
from hardware.host.bench_spool import BenchSpool
from hardware.host.drivers import fill_options
from hardware.printer.drivers import encode_page
from hardware.printer.page import (
    UM,
    Align,
    Box,
    Cell,
    Code,
    CodeRow,
    Divider,
    Label,
    Page,
    Roll,
    Row,
    Symbology,
    Text,
    TextStyle,
)
from hardware.printer.render import render
from hardware.tools.bench import BenchError, Target, Tell, run_device, run_jobs

PRINT_S = 40.0
"""A job is over by then, whatever became of it."""
OUT = frozenset({JobState.SENT, JobState.CONFIRMED})
TEST_TEXT = "流水 Liushui 打印测试"
TEST_CODE = "LIUSHUI-TEST"
LABEL_WIDTH_UM, LABEL_HEIGHT_UM = 50 * UM, 30 * UM


def selftest(tell: Tell, target: Target, seconds: float) -> int:
    """Open a device by its driver and show what it says: scan, weigh, open its cover. 1: not well.

    Raises:
        BenchError: no such driver or option.
    """
    tell(f"{target.kind} at {target.address}, for {seconds:.0f} s")
    trial = run_device(target.make_device(), seconds, tell)
    tell("well" if trial.is_well else "NOT WELL")
    return 0 if trial.is_well else 1


def print_test(tell: Tell, target: Target, preview: pathlib.Path | None) -> int:
    """Print a page with Chinese, a line and a code; keep what should come out. 1: it did not.

    Raises:
        BenchError: no such driver or option, or it is no printer.
    """
    driver = target.driver()
    if driver.role not in PAGES:
        raise BenchError(f"{target.kind} is no printer")
    device = target.make_device()
    page = PAGES[driver.role]
    data = encode_page(target.kind, fill_options(driver, target.options), page)
    if preview is not None:
        preview.write_bytes(render(page, 8).to_png())
        tell(f"{preview} shows what has to come out")
    kind = JobKind.RECEIPT if driver.role is Role.PRINTER else JobKind.LABEL
    job = Job(uuid.uuid4(), device.device_id, kind, (data,))
    (state,) = run_jobs(device, [job], BenchSpool(), PRINT_S, tell)
    tell("printed" if state in OUT else "NOT PRINTED")
    return 0 if state in OUT else 1


PAGES: dict[Role, Page] = {
    Role.PRINTER: Roll(
        72 * UM,
        (
            Row((Cell(TEST_TEXT, 1, Align.CENTER),), 5 * UM, is_bold=True),
            Divider(),
            Row((Cell("左 left", 1), Cell("右 right", 1, Align.RIGHT)), 3 * UM),
            CodeRow(Symbology.CODE_128, TEST_CODE, 12 * UM),
        ),
    ),
    Role.LABEL_PRINTER: Label(
        LABEL_WIDTH_UM,
        LABEL_HEIGHT_UM,
        texts=(
            Text(
                "title", Box(2 * UM, 2 * UM, 46 * UM, 6 * UM), TextStyle(5 * UM, 2 * UM), TEST_TEXT
            ),
        ),
        codes=(
            Code("code", Box(2 * UM, 10 * UM, 46 * UM, 16 * UM), Symbology.CODE_128, TEST_CODE),
        ),
    ),
}
