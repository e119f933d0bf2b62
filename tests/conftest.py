"""Which tests can run on this machine, and how hypothesis behaves."""

from __future__ import annotations

import os
import shutil

import hypothesis
import pytest

# Debian keeps servers in sbin, which is not in everybody's PATH.
PROGRAM_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin"])
# Marker -> (program it needs, where that comes from).
PROGRAM_OF_MARKER = {
    "broker": ("mosquitto", "Debian package mosquitto"),
    "browser": ("chromium", "Debian package chromium"),
}

# No deadline: a busy machine is no fault of the code. In CI the same examples each time, so that a
# failure belongs to the change that shows it; everywhere else new ones.
hypothesis.settings.register_profile("liushui", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("liushui"), derandomize=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "liushui")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs a program that is not here."""
    for marker, (program, source) in PROGRAM_OF_MARKER.items():
        if shutil.which(program, path=PROGRAM_PATH):
            continue
        skip = pytest.mark.skip(reason=f"{program} is not installed ({source})")
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(skip)
