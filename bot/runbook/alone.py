"""One file read as what it is in its folder, without reading the folder: `bringback steps` prints such walks."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.opening import runbook_name
from bot.runbook.library import folder_above
from bot.runbook.named_files import NamedFiles
from bot.runbook.opened_digests import with_opened
from bot.runbook.parse import Parsed, parse
from bot.runbook.source import read_source

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook


class Alone:
    """Reads files one by one, with the digests that they have in their folders.

    That is `within` for what lies below it, else the nearest folder above that holds a policy, else the file's own.
    """

    def __init__(self, within: Path | None) -> None:
        self._within = within
        self._files: dict[Path, NamedFiles] = {}

    def read(self, path: Path) -> Runbook:
        """The runbook in a file. Never raises: what is wrong stands in its `faults`."""
        own = path.parent.resolve()
        within = folder_above(own / path.name, self._within) or own
        # By the name that the folder was given, too, may its commands name files.
        folder = within.resolve()
        self._files.setdefault(folder, NamedFiles(within))
        one = self._parse(folder, path, own / path.name)
        if not any(step.opens for step in one.runbook.steps):
            return one.runbook
        return with_opened(self._with_reached(folder, one))[0].runbook

    def _parse(self, folder: Path, path: Path, real: Path) -> Parsed:
        files = self._files[folder]
        place = real.relative_to(folder)
        name = place.as_posix().removesuffix(place.suffix)
        return parse(read_source(path, str(path)), name, partial(files.of, beside=str(place.parent)))

    def _with_reached(self, folder: Path, one: Parsed) -> list[Parsed]:
        """It, and every runbook of the folder that it opens, and those that they open."""
        found = {one.runbook.name: one}
        waiting = [one.runbook]
        while waiting:
            book = waiting.pop()
            for step in book.steps:
                name = runbook_name(step.opens, book.name).partition("#")[0] if step.opens else ""
                if name and name not in found and _is_runbook(folder, name):
                    path = folder / f"{name}.md"
                    found[name] = self._parse(folder, path, path)
                    waiting.append(found[name].runbook)
        return list(found.values())


def _is_runbook(folder: Path, name: str) -> bool:
    """Whether a folder has a runbook of that name among its own: not hidden, nor behind a link to another folder."""
    if any(part.startswith((".", "/")) for part in Path(name).parts):
        return False  # outside of the folder, or hidden
    path = folder / f"{name}.md"
    try:
        return path.is_file() and not any(above.is_symlink() for above in path.parents if folder in above.parents)
    except OSError:  # longer than any name can be
        return False
