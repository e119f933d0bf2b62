"""Breaks one line of the product in this process, before it is imported, and nowhere else.

A mutant names a file, a piece of its text, and what stands there instead. Text that is not there
any more, or there twice, is an error: a mutant that changes nothing would be caught by nobody.
"""

from __future__ import annotations

import dataclasses
import importlib.machinery
import os
import pathlib
import sys
from collections.abc import Mapping
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]


class MutantStaleError(Exception):
    """The product's text is another one now: change the mutant too."""


@dataclasses.dataclass(frozen=True, slots=True)
class Mutant:
    """One safeguard taken away."""

    name: str
    path: str
    """From the root of the repository."""
    text: str
    """Stands there exactly once."""
    instead: str
    case: str = ""
    """Of a plot: only seeds in which this may happen are played."""
    seeds_max: int = 12
    """Within so many of them it must be caught."""
    has_own_templates: bool = False
    """It changes what every seed begins with."""

    @property
    def module(self) -> str:
        """Dotted name."""
        return self.path.removesuffix(".py").replace("/", ".")

    def change(self) -> str:
        """The file's text as the mutant has it.

        Raises:
            MutantStaleError
        """
        source = (ROOT / self.path).read_text()
        found = source.count(self.text)
        if found != 1:
            raise MutantStaleError(f"{self.name}: its text is {found} times in {self.path}")
        changed = source.replace(self.text, self.instead)
        compile(changed, self.path, "exec")
        return changed


def put_in(mutant: Mutant) -> None:
    """Let this process import the mutant; it must not have imported the product yet.

    Whatever loads Python from a file gets the changed text, also what loads by path; what Python
    keeps compiled on the disk is neither read nor written for it.

    Raises:
        MutantStaleError
    """
    changed, path = mutant.change().encode(), str(ROOT / mutant.path)
    assert mutant.module not in sys.modules, f"{mutant.module} is imported already"
    loader = importlib.machinery.SourceFileLoader
    read, look = loader.get_data, loader.path_stats

    def get_data(self: importlib.machinery.SourceFileLoader, name: str) -> bytes:
        return changed if os.path.abspath(name) == path else read(self, name)  # noqa: PTH100 - of every import

    def path_stats(self: importlib.machinery.SourceFileLoader, name: str) -> Mapping[str, Any]:
        if os.path.abspath(name) == path:  # noqa: PTH100 - of every import
            raise OSError(name)
        return look(self, name)

    for name, function in (("get_data", get_data), ("path_stats", path_stats)):
        setattr(loader, name, function)
