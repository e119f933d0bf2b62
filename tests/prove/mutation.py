"""Breaks one line of the product in this process, before it is imported, and nowhere else.

A mutant names a file, a piece of its text, and what stands there instead. Text that is not there
any more, or there twice, is an error: a mutant that changes nothing would be caught by nobody.
"""

from __future__ import annotations

import dataclasses
import importlib.abc
import importlib.machinery
import importlib.util
import pathlib
import sys
import types
from collections.abc import Sequence

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
    seeds_max: int = 12
    """Within so many seeds it must be caught."""

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


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads the changed text; what Python keeps compiled on the disk is left alone."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(ROOT / mutant.path))
        self._source = mutant.change()

    def get_code(self, fullname: str) -> types.CodeType:
        code: types.CodeType = compile(self._source, self.get_filename(fullname), "exec")
        return code


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None,
        _target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        loader = _Loader(self._mutant)
        return importlib.util.spec_from_loader(fullname, loader, origin=loader.path)


def put_in(mutant: Mutant) -> None:
    """Let this process import the mutant; it must not have imported the product yet.

    Raises:
        MutantStaleError
    """
    mutant.change()
    assert mutant.module not in sys.modules, f"{mutant.module} is imported already"
    sys.meta_path.insert(0, _Finder(mutant))
