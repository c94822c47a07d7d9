"""A runbook's text as it was read: lines, where its front matter ends, and what had to be mended to read it."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.runbook import Fault
from bot.runbook.fences import fence_after
from bot.runbook.marked_yaml import MarkedYamlError, compose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_BYTES = 512 * 1024
"""A larger file is refused: no runbook that people walk is near it, and parsing time grows with size."""

NOTHING = ("",)
"""The lines of a file that could not be read."""

_NEWLINE = re.compile(r"\r\n?")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_CLOSERS = {"---": ("---", "..."), "+++": ("+++",)}
_KEY = re.compile(r"""(?:"[^"]+"|'[^']+'|[\w<][\w .<-]*?)\s*[:=](?:\s|$)|\{|\[recovery[\w.]*\]\s*$""")
_HEADING = re.compile(r"#{1,6} ")
_TEXT = re.compile(r"```|~~~|\d{1,3}[.)] ")
"""Lines of markdown that few would write in YAML."""

_OURS = re.compile(r"""["']?recovery["']?\s*[:=]\s*(?P<flow>\{)?(?:[#&!].*)?(?(flow)|$)""")
_KEY_BELOW = re.compile(r"""\s+(?:["']?\w+["']?\s*:|#)""")


OPENERS = frozenset(_CLOSERS)
"""Lines that open front matter."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file's text.

    `lines` are its lines without their ends, `front` the index of the line after the front matter (0: there is none),
    `front_open` that of the line which opens it.
    """

    file: str
    lines: tuple[str, ...]
    front_open: int = 0
    front: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def front_matter(self) -> str:
        """The YAML between the fences, or an empty text (also for TOML, which is left alone)."""
        if not self.front or self.lines[self.front_open].rstrip() != "---":
            return ""
        return "\n".join(self.lines[self.front_open + 1 : self.front - 1])

    @property
    def body(self) -> str:
        """Everything after the front matter."""
        return "\n".join(self.lines[self.front :])

    def text(self, start: int, end: int) -> str:
        """Lines `start` to `end` (from 0, end exclusive) as the author wrote them."""
        return "\n".join(self.lines[start:end])


def read_source(path: Path, file: str) -> Source:
    """Reads a file; `file` is how faults name it. A file that cannot be read is an empty source with a fault."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe would be waited for without an end, and a device has none.
            return Source(file, NOTHING, faults=(Fault(file, 1, "is no file that can be read."),))
        if status.st_size > MOST_BYTES:
            return Source(file, NOTHING, faults=(too_large(file, status.st_size),))
        data = path.read_bytes()
    except OSError as error:
        return Source(file, NOTHING, faults=(Fault(file, 1, f"cannot be read: {error.strerror}."),))
    return decode_source(data, file)


def can_be_read(path: Path) -> bool:
    """Whether `read_source` finds a text: False for what is missing, no file, closed to us, or too large."""
    try:
        status = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= MOST_BYTES and os.access(path, os.R_OK)


def too_large(file: str, size: int) -> Fault:
    """The fault of a file above `MOST_BYTES`."""
    what = f"the file has {-(-size // 1024)} KB; runbooks of more than {MOST_BYTES // 1024} KB are not read."
    return Fault(file, 1, what, "Split it into one runbook for each procedure.")


def decode_source(data: bytes, file: str) -> Source:
    """The source in `data`, read as UTF-8; bytes that are not UTF-8 become U+FFFD, with a warning."""
    try:
        return make_source(data.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        warning = Fault(file, line, "holds bytes that are not UTF-8.", "Save the file as UTF-8.", "warning")
        return make_source(data.decode("utf-8", "replace"), file, (warning,))


def make_source(text: str, file: str, faults: tuple[Fault, ...] = ()) -> Source:
    r"""The source of a text. A byte order mark goes, line ends become `\n`, NUL and lone surrogates become U+FFFD."""
    text = text.removeprefix("\ufeff")
    if len(text) > MOST_BYTES:
        return Source(file, NOTHING, faults=(*faults, too_large(file, len(text))))
    if "\r" in text:
        text = _NEWLINE.sub("\n", text)
    if "\0" in text or not _is_sound(text):
        text = _UNREADABLE.sub("\ufffd", text)
    lines = tuple(text.split("\n"))
    front_open, front = _front_matter(lines)
    return Source(file, lines, front_open, front, faults)


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a character
        return False
    return True


def _front_matter(lines: tuple[str, ...]) -> tuple[int, int]:
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    closers = _CLOSERS.get(lines[start].rstrip())
    if not closers:
        return 0, 0
    for index in range(start + 1, len(lines)):
        if lines[index].rstrip() in closers:
            return (start, index + 1) if _holds_keys(lines[start + 1 : index]) else (0, 0)
    return 0, 0


def _holds_keys(inside: Sequence[str]) -> bool:
    """Whether lines between two rules are front matter: a mapping of YAML, or what was meant as one.

    A rule above the title ("---", a blank line, "# Restore orders") is one, and the text below it is the runbook.
    """
    said = [index for index, line in enumerate(inside) if line.strip()]
    if not said or ours_at(inside) is not None:
        return True
    if _is_heading(inside, said[0], title=True):
        return False
    key = next((inside[index] for index in said if not inside[index].startswith("#")), "")
    text = any(_TEXT.match(inside[index]) or _is_heading(inside, index) for index in said)
    return bool(_KEY.match(key)) and (not text or _is_mapping(inside))


def _is_heading(lines: Sequence[str], index: int, *, title: bool = False) -> bool:
    """Whether a line is a heading, and no comment of YAML: blank lines stand around it; of a title, on one side."""
    if not _HEADING.match(lines[index]):
        return False
    above, below = (not "".join(lines[at : at + 1]).strip() for at in (index - 1, index + 1))
    return (index > 0 or below) if title else index > 0 and above and below


def ours_at(lines: Sequence[str]) -> int | None:
    """Where `recovery:` stands among lines, outside of code, with keys behind or below it, sound or not."""
    fence, ours = "", None
    if "recovery" not in "\n".join(lines):
        return None  # most files, and each line below costs two looks
    for index, line in enumerate(lines):
        before, fence = fence, fence_after(line, fence)
        if ours is not None and line.strip():
            if _KEY_BELOW.match(line):
                return ours
            ours = None
        if not (before or fence) and (match := _OURS.match(line)):
            ours = index
            if match["flow"]:
                return ours
    return None


def _is_mapping(inside: Sequence[str]) -> bool:
    try:
        return isinstance(compose("\n".join(inside)).value, dict)
    except MarkedYamlError:
        return False
