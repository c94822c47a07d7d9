"""The files that commands name: found where the commands run, never outside the folder of the runbooks."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runbook.script_words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.runbook import Command

WHOLE_BYTES = 16 * 1024 * 1024
"""Of a larger file its size counts, and so much of its beginning and its end as makes up this together."""

MOST_PLACES = 8
"""Folders in which the words of one command are looked for: it may go into some itself."""

Named = tuple[tuple[str, str], ...]
"""The files that one command names: where each lies, told from the folder on, and the digest of what it holds."""


class NamedFiles:
    """Finds and reads the files of one folder, each once: made for one reading of its runbooks.

    `seen` holds the real path of each that was read, with its time and size as they were before that.
    """

    def __init__(self, folder: Path) -> None:
        self._root = os.path.realpath(folder)
        self._inside = (f"{self._root.rstrip('/')}/", f"{str(folder.absolute()).rstrip('/')}/")
        self._places: dict[tuple[str, str], list[str]] = {}
        self._listed: dict[str, frozenset[str]] = {}
        self._digests: dict[str, str] = {}
        self.seen: dict[str, tuple[int, int]] = {}

    def of(self, command: Command, beside: str = "") -> Named:
        """What a command names; `beside` is the folder of its runbook, told from that of all runbooks on.

        A command that runs does so in the folder of the runbooks, or in its `cwd`. Where a person stands who runs one
        that is only shown, nobody knows: what lies beside the runbook counts too.
        """
        words = words_of(command.script, command.language)
        places = self._starts("" if command.runs else beside, command.cwd)
        for name in dict.fromkeys(words.folders):
            if len(places) < MOST_PLACES:
                places = list(
                    dict.fromkeys([*places, *(one for place in places for one in self._folders(place, name))])
                )
        paths = {path for place in places[:MOST_PLACES] for path in self._paths(place, words.names)}
        found = ((os.path.relpath(path, self._root), self._digest(path)) for path in paths)
        return tuple(sorted((path, digest) for path, digest in found if digest))

    def _starts(self, beside: str, cwd: str) -> list[str]:
        """Where a command may begin: where it runs, and in the same folder told from `beside` on."""
        if (beside, cwd) not in self._places:
            both = (str(Path(self._root, start, cwd)) for start in ("", beside))
            self._places[beside, cwd] = list(dict.fromkeys(both))
        return self._places[beside, cwd]

    def _folders(self, place: str, name: str) -> list[str]:
        found = (os.path.realpath(path) for path in self._paths(place, [name]) if self._is_ours(path))
        return [path for path in found if Path(path).is_dir()]

    def _paths(self, place: str, names: Iterable[str]) -> Iterator[str]:
        """What may lie there: of that alone is the file system asked."""
        listed = self._names_in(place)
        for name in names:
            first, _, _ = name.removeprefix("./").partition("/")
            if first in listed or first in {".", ".."}:
                yield f"{place}/{name}"
            elif not first and name.startswith(self._inside):
                yield name

    def _names_in(self, place: str) -> frozenset[str]:
        if place not in self._listed:
            try:
                self._listed[place] = (
                    frozenset(entry.name for entry in os.scandir(place)) if self._is_ours(place) else frozenset()
                )
            except (OSError, ValueError):
                self._listed[place] = frozenset()
        return self._listed[place]

    def _is_ours(self, path: str) -> bool:
        try:
            return f"{os.path.realpath(path)}/".startswith(self._inside[0])
        except (OSError, ValueError):
            return False

    def _digest(self, path: str) -> str:
        """The digest of what a file holds; empty when there is none that can be read, or it lies elsewhere."""
        try:
            real = os.path.realpath(path)
            if real not in self._digests:
                self._digests[real] = self._read(real) if self._is_ours(real) else ""
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return ""
        return self._digests[real]

    def _read(self, real: str) -> str:
        path = Path(real)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return ""
        self.seen[real] = (status.st_mtime_ns, status.st_size)
        return _content(path, status.st_size)


def _content(path: Path, size: int) -> str:
    with path.open("rb") as stream:
        if size <= WHOLE_BYTES:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        hasher = hashlib.sha256(f"{size}:".encode())
        hasher.update(stream.read(WHOLE_BYTES // 2))
        stream.seek(-(WHOLE_BYTES // 2), os.SEEK_END)
        hasher.update(stream.read(WHOLE_BYTES // 2))
    return hasher.hexdigest()
