"""Where the workspace is kept: an append-only file of JSON lines, one for each changed thing.

Chosen over SQLite because every change happens inside the event loop, in one step, without a thread between: the
state in memory and the file cannot disagree, and no lock is needed. A line goes to the operating system at once, so
that it survives the death of the process; a torn last line is dropped. Nothing here is evidence: that is the ledger
of the bot.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALLEST_WORTH_COMPACTING = 16 * 1024 * 1024


class Journal:
    """The latest value under each (kind, key), in the order in which the keys first appeared."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[tuple[str, str], str] = {}
        self._file: IO[str] | None = None
        self._bytes = 0

    def open(self) -> None:
        """Reads what is there and rewrites it without what was replaced since."""
        if self._path.exists():
            with self._path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    self._replay(line)
        self._compact()

    def close(self) -> None:
        """Closes the file; further changes are refused."""
        if self._file:
            self._file.close()
            self._file = None

    def values(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Key and value of everything of one kind, oldest key first."""
        for (stored_kind, key), line in self._lines.items():
            if stored_kind == kind:
                yield key, json.loads(line)[2]

    def put(self, kind: str, key: str, value: Any) -> None:
        """Keeps a JSON value under (kind, key)."""
        line = json.dumps([kind, key, value], separators=(",", ":"))
        self._lines[kind, key] = line
        self._append(line)

    def drop(self, kind: str, key: str) -> None:
        """Forgets what is under (kind, key), if anything."""
        if self._lines.pop((kind, key), None) is not None:
            self._append(json.dumps([kind, key], separators=(",", ":")))

    def _replay(self, line: str) -> None:
        try:
            kind, key, *value = json.loads(line)
        except ValueError:
            return  # torn by the death of the process in the middle of a write
        if value:
            self._lines[kind, key] = line.rstrip("\n")
        else:
            self._lines.pop((kind, key), None)

    def _append(self, line: str) -> None:
        if self._file is None:
            return
        self._file.write(line + "\n")
        self._file.flush()
        self._bytes += len(line)
        if self._bytes > max(_SMALLEST_WORTH_COMPACTING, 4 * sum(map(len, self._lines.values()))):
            self._compact()

    def _compact(self) -> None:
        self.close()
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            fresh.chmod(0o600)
            file.writelines(f"{line}\n" for line in self._lines.values())
        fresh.replace(self._path)
        self._bytes = sum(map(len, self._lines.values()))
        self._file = self._path.open("a", encoding="utf-8")
