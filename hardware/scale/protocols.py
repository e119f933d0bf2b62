"""The table of scale protocols. A new one is a module with a parser and a row here."""

from __future__ import annotations

from hardware.scale import (
    cas22,
    cas_ecr,
    cas_pd2,
    dahua_acs,
    dialog06,
    jcsb6,
    mtsics,
    nci,
    regex_profile,
    toledo8217,
    yaohua12,
)
from hardware.scale.protocol import ScaleCommand, ScaleProtocol
from hardware.scale.word import UNIT_CHOICES, Answer

ZERO, TARE, CLEAR_TARE = ScaleCommand.ZERO, ScaleCommand.TARE, ScaleCommand.CLEAR_TARE

PROTOCOLS = (
    ScaleProtocol(
        kind="toledo8217",
        make_parser=lambda options: toledo8217.make_parser(options["unit"]),
        line="9600 7E1",
        ask=toledo8217.ASK,
        pause_ms=toledo8217.PAUSE_MS,
        commands={
            ZERO: toledo8217.ZERO,
            TARE: toledo8217.TARE,
            CLEAR_TARE: toledo8217.CLEAR_TARE,
        },
        options={"unit": tuple(toledo8217.WEIGHTS)},
    ),
    ScaleProtocol(
        kind="nci",
        make_parser=lambda _options: nci.make_parser(),
        line="9600 7E1",
        ask=nci.ASK,
        pause_ms=nci.PAUSE_MS,
        commands={ZERO: nci.ZERO},
    ),
    ScaleProtocol(
        kind="cas_ecr",
        make_parser=lambda _options: cas_ecr.make_parser(),
        line="9600 8N1",
        ask=cas_ecr.ENQUIRY,
        replies={Answer.ACK: cas_ecr.FETCH},
        pause_ms=cas_ecr.PAUSE_MS,
        commands={ZERO: cas_ecr.ZERO, TARE: cas_ecr.TARE},
    ),
    ScaleProtocol(kind="cas22", make_parser=lambda _options: cas22.make_parser(), line="9600 8N1"),
    ScaleProtocol(
        kind="yaohua12",
        make_parser=lambda options: yaohua12.make_parser(options["unit"]),
        line="9600 8N1",
        has_motion_flag=lambda _options: False,
        options={"unit": UNIT_CHOICES},
    ),
    ScaleProtocol(
        kind="jcsb6",
        make_parser=lambda options: jcsb6.make_parser(int(options["decimals_from"])),
        line="9600 8N1",
        options={"decimals_from": ("0", "1")},
    ),
    ScaleProtocol(
        kind="mtsics",
        make_parser=lambda _options: mtsics.make_parser(),
        line="9600 8N1",
        ask=mtsics.ASK,
        pause_ms=mtsics.PAUSE_MS,
        commands={ZERO: mtsics.ZERO, TARE: mtsics.TARE, CLEAR_TARE: mtsics.CLEAR_TARE},
    ),
    ScaleProtocol(
        kind="cas_pd2",
        make_parser=lambda options: cas_pd2.make_parser(options["unit"]),
        line="9600 8N1",
        ask=cas_pd2.ENQUIRY,
        replies={Answer.ACK: cas_pd2.FETCH},
        pause_ms=cas_pd2.PAUSE_MS,
        has_motion_flag=lambda _options: False,
        options={"unit": tuple(cas_pd2.DECIMALS)},
    ),
    ScaleProtocol(
        kind="dahua_acs",
        make_parser=lambda _options: dahua_acs.make_parser(),
        line="9600 8N1",
        has_motion_flag=lambda _options: False,
    ),
    ScaleProtocol(
        kind="dialog06",
        make_parser=lambda _options: dialog06.make_parser(),
        line="4800 7O1",
        ask=dialog06.SEND_PRICE,
        replies={Answer.ACK: dialog06.FETCH, Answer.NAK: dialog06.ASK_REASON},
        pause_ms=dialog06.PAUSE_MS,
    ),
    ScaleProtocol(
        kind="regex_scale",
        make_parser=lambda options: regex_profile.LineParser(regex_profile.make_profile(options)),
        line="9600 8N1",
        has_motion_flag=lambda options: regex_profile.make_profile(options).has_motion,
        options={
            "pattern": (),
            "end": tuple(regex_profile.ENDS),
            "unit": UNIT_CHOICES,
            "ask": (),
        },
    ),
)
