"""The files that commands name: found where the commands run, never outside the folder of the runbooks."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import defaultdict
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runbook.script_words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.domain.runbook import Command

WHOLE_BYTES = 16 * 1024 * 1024
"""Of a larger file its size counts, and so much of its beginning and its end as makes up this together."""

MOST_PLACES = 100
"""Folders in which the words of one command are looked for: it may go into some itself."""

MOST_PATHS = 20_000
"""Paths at which a file of one command is looked for, in an order that is always the same."""

_SHORT = 4000
"""Words of longer scripts are not remembered."""

_SLASHES = re.compile(r"//+")
_HERE = re.compile(r"\A(?:\./)+")
_ROOT = re.compile(r"\$(?:RUNBOOKS_DIR\b|\{RUNBOOKS_DIR\})")

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
        self._entered: dict[tuple[str, str], list[str]] = {}
        self._listed: dict[str, frozenset[str]] = {}
        self._digests: dict[str, str] = {}
        self.seen: dict[str, tuple[int, int]] = {}

    def of(self, command: Command, beside: str = "") -> Named:
        """What a command names; `beside` is the folder of its runbook, told from that of all runbooks on.

        A command that runs does so in the folder of the runbooks, or in its `cwd`. Where a person stands who runs one
        that is only shown, nobody knows: what lies beside the runbook counts too.
        """
        script = _ROOT.sub(lambda _: self._root, command.script)
        read = _remembered if len(script) <= _SHORT else _words
        names, folders = read(script, command.language, command.interpreter)
        places = self._starts("" if command.runs else beside, command.cwd)
        for name in folders:
            more = (folder for place in places for folder in self._folders(place, name))
            places = list(dict.fromkeys([*places, *more]))[:MOST_PLACES]
        paths = islice((path for place in places for path in self._paths(place, names)), MOST_PATHS)
        found = {(os.path.relpath(path, self._root), self._digest(path)) for path in paths}
        return tuple(sorted((path, digest) for path, digest in found if digest))

    def _starts(self, beside: str, cwd: str) -> list[str]:
        """Where a command may begin: where it runs, and in the same folder told from `beside` on."""
        if (beside, cwd) not in self._places:
            both = (_real(f"{self._root}/{start}/{cwd}") for start in ("", beside))
            self._places[beside, cwd] = list(dict.fromkeys(both))
        return self._places[beside, cwd]

    def _folders(self, place: str, name: str) -> list[str]:
        if (place, name) not in self._entered:
            found = (_real(path) for path in self._paths(place, _by_beginning([name])))
            self._entered[place, name] = [path for path in found if self._is_ours(path) and Path(path).is_dir()]
        return self._entered[place, name]

    def _paths(self, place: str, names: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """What may lie there, by how it begins: of that alone is the file system asked."""
        for first in sorted(self._names_in(place) & names.keys()):
            yield from (f"{place}/{name}" for name in names[first])
        for name in names.get("..", ()):
            above, rest = place, name
            while rest.partition("/")[0] == "..":
                above, rest = os.path.dirname(above), rest.partition("/")[2]  # noqa: PTH120 - a place is a real path
            yield from self._inside_of(f"{above.rstrip('/')}/{rest}")
        for name in names.get("", ()):
            yield from self._inside_of(name)

    def _inside_of(self, path: str) -> Iterator[str]:
        """The absolute path, when it may lie in the folder."""
        for start in self._inside:
            first = path[len(start) :].partition("/")[0]
            if path.startswith(start) and (not first or first in self._names_in(self._root)):
                yield path
                return

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
        return f"{_real(path)}/".startswith(self._inside[0])

    def _digest(self, path: str) -> str:
        """The digest of what a file holds; empty when there is none that can be read, or it lies elsewhere."""
        real = _real(path)
        try:
            if real not in self._digests:
                self._digests[real] = self._read(real) if self._is_ours(real) else ""
        except (OSError, ValueError):
            return ""
        return self._digests[real]

    def _read(self, real: str) -> str:
        path = Path(real)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return ""
        self.seen[real] = (status.st_mtime_ns, status.st_size)
        return _content(path, status.st_size)


def _words(script: str, language: str, interpreter: str) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """The names of a command, by their first part, and the folders that it goes into."""
    words = words_of(script, language)
    names = words.names | words_of(interpreter, "sh").names if interpreter else words.names
    return _by_beginning(names), tuple(islice(dict.fromkeys(words.folders), MOST_PLACES))


_remembered = lru_cache(4096)(_words)


def _by_beginning(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Names by their first part: empty for an absolute one. `.//x` begins with x."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        tidy = _HERE.sub("", _SLASHES.sub("/", name)) if name[:2] == "./" or "//" in name else name
        found[tidy.partition("/")[0]].append(tidy)
    return found


def _real(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return ""


def _content(path: Path, size: int) -> str:
    with path.open("rb") as stream:
        if size <= WHOLE_BYTES:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        hasher = hashlib.sha256(f"{size}:".encode())
        hasher.update(stream.read(WHOLE_BYTES // 2))
        stream.seek(-(WHOLE_BYTES // 2), os.SEEK_END)
        hasher.update(stream.read(WHOLE_BYTES // 2))
    return hasher.hexdigest()
