"""The secrets that runbooks name: by reference in their inputs, and in the files of their sources' passwords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.errors import BringbackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.domain.runbook import Runbook
    from bot.runbook.library import Library

MOST = 1000
_SECRET_FILE = re.compile(r"(pass|secret|token|key|credential)\w*_file$")
_SECRET_OPTION = re.compile(r"(pass|secret|token|credential)\w*(?<!_file)$")


class RunbookSecrets:
    """Their values as they are now, for taking them out of what people read. `own` are the bot's own secrets.

    `read_secret` turns a reference (`env:NAME`, `file:PATH`) into its value. What cannot be read is not known, and
    cannot be hidden. Values are read when the runbooks change; `refresh` reads them again, for somebody renews them.
    """

    def __init__(
        self,
        read_library: Callable[[], Library],
        read_secret: Callable[[str], str],
        own: Sequence[str] = (),
    ) -> None:
        self._read_library = read_library
        self._read_secret = read_secret
        self._own = tuple(own)
        self._known: tuple[str, ...] = self._own
        self._library: Library | None = None

    def __call__(self) -> tuple[str, ...]:
        """Every secret, each of its lines too."""
        if self._read_library() is not self._library:
            self.refresh()
        return self._known

    @property
    def known(self) -> tuple[str, ...]:
        """Those that are known by now. Nothing is read for it, so any thread may ask."""
        return self._known

    def refresh(self) -> None:
        """Read them again; it waits for the disks on which they lie. What was one before stays one."""
        library = self._read_library()
        values = [value for book in library.runbooks for value in self._of(book)]
        lines = [line.strip() for value in values for line in value.splitlines()]
        self._known = tuple(dict.fromkeys([*self._own, *values, *lines, *self._known]))[:MOST]
        self._library = library

    def _of(self, book: Runbook) -> Iterator[str]:
        references = [wanted.secret for wanted in book.inputs if wanted.secret]
        for backup in book.system.backups if book.system else ():
            for name, value in backup.options:
                if _SECRET_FILE.search(name):
                    references.append(f"file:{value}")
                elif _SECRET_OPTION.search(name):
                    yield value
        for reference in references:
            try:
                yield self._read_secret(reference).strip()
            except BringbackError:
                continue
