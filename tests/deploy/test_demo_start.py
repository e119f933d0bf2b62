"""How a demo starts: options, ports, folders, and the trade that is brought to today."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import socket
import tomllib

import pytest

from deploy.demo.__main__ import make_parser
from deploy.demo.chain import Chain
from deploy.demo.configs import choose_ports, write_toml
from deploy.demo.errors import DataFolderTakenError, PortTakenError
from deploy.demo.layout import HEADLESS, LIVE, DemoFolder, Ports, name_trade
from deploy.demo.live_trade import HISTORY_DAYS, bring_to_today, is_presentable
from deploy.demo.trade_line import STORE_TIME_ZONE, Reason, RejectedRow
from deploy.demo.trade_plan import PlannedBasket, PlannedLine
from retail_domain.trade.tender import TenderKind
from tests.deploy.test_trade_plan import LINE


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stores", "0"],
        ["--baskets", "-1"],
        ["--stores", "many"],
        ["--port-base", "80"],
        ["--broker", "carrier-pigeon"],
    ],
)
def test_option_without_sense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        make_parser().parse_args(arguments)

    assert refused.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_ports_stand_where_the_design_puts_them() -> None:
    assert choose_ports(8800, 3) == Ports(8800, 8801, 8883, (8900, 8910, 8920))


def test_taken_port_is_named_before_anything_starts(tmp_path: pathlib.Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ports = dataclasses.replace(choose_ports(None), mqtt=port)

        with pytest.raises(PortTakenError, match=f"uses port {port}"):
            Chain(DemoFolder(tmp_path), ports, None, print)


def test_folder_keeps_its_trade_its_mode_and_its_password(tmp_path: pathlib.Path) -> None:
    folder = DemoFolder(tmp_path / "data")
    first = folder.claim(HEADLESS, "trade")

    again = DemoFolder(tmp_path / "data").claim(HEADLESS, "trade")

    assert again == first
    with pytest.raises(DataFolderTakenError):
        folder.claim(HEADLESS, "another trade")
    with pytest.raises(DataFolderTakenError):
        folder.claim(LIVE, "trade")


def test_trade_is_named_by_its_content_and_its_limits(tmp_path: pathlib.Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")

    names = {
        name_trade(one, stores_max=None, baskets_max=None),
        name_trade(two, stores_max=None, baskets_max=None),
        name_trade(one, stores_max=1, baskets_max=None),
        name_trade(None, stores_max=None, baskets_max=None),
    }

    assert len(names) == 4


def test_settings_are_toml_whatever_stands_in_them(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "box" / "box.toml"

    write_toml(path, {"a": 'quo"te \\ 店', "b": 7, "c": ["x", "y"]}, [{"device_id": "s-1"}])

    assert tomllib.loads(path.read_text("utf-8")) == {
        "a": 'quo"te \\ 店',
        "b": 7,
        "c": ["x", "y"],
        "devices": [{"device_id": "s-1"}],
    }


def test_old_trade_comes_to_today_with_its_times_of_day() -> None:
    today = datetime.date(2026, 11, 22)
    first = datetime.datetime(2017, 1, 1, 11, 53, 26, tzinfo=STORE_TIME_ZONE)
    days = (0, 3, 4, 56, 59, 60)
    trade = [
        dataclasses.replace(
            LINE, sold_at=(first + datetime.timedelta(day)).astimezone(datetime.UTC)
        )
        for day in days
    ]
    fuel = dataclasses.replace(LINE, quantity_milli=8_838_000)
    refused = RejectedRow(2, "quantity", "0", Reason.QUANTITY_ZERO)

    moved = list(bring_to_today([*trade, fuel, refused], today))

    local = [line.sold_at.astimezone(STORE_TIME_ZONE) for line in moved]
    assert [(today - at.date()).days for at in local] == [14, 14, 13, 0, 0, -1]
    assert {at.time() for at in local} == {datetime.time(11, 53, 26)}
    assert HISTORY_DAYS == 14


@pytest.mark.parametrize(
    ("line", "is_shown"),
    [
        (PlannedLine(1, "09521234567899", 9_000, 100, 0), True),
        (PlannedLine(1, "09521234567899", 10_000, 100, 0), False),
        (PlannedLine(1, "09521234567899", 500, 100, 0), False),
        (PlannedLine(1, "", 1_000, 100, 0), False),
    ],
)
def test_lane_rings_up_what_people_can_follow(line: PlannedLine, *, is_shown: bool) -> None:
    basket = PlannedBasket("B1", 0, "2", TenderKind.CARD, (line,))

    assert is_presentable(basket) is is_shown
