r"""The words of a script that may name files: told roughly, for only those count that are names of files there.

Shell quoting is honoured (`"my file.sh"`, `a\ b`), and so is what stands around a name (`--config=x.conf`, `@x.json`,
`<x.sql`, `-fx.yml`). What a comment names is not read, and what `>` writes is not what the script does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from posixpath import normpath
from typing import TYPE_CHECKING

from bot.runbook.languages import POSIX_SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4096
"""Characters: no system takes a longer path."""

_BACKSLASHED = frozenset({"powershell", "pwsh", "ps1", "cmd", "bat", "batch"})
"""Languages in which a backslash parts folders and quotes nothing."""

_HERE = re.compile(r"\$(?:PWD\b|\{PWD\}|\(pwd\))|`pwd`")
_GOES_ON = re.compile(r"\\\n")
_TOKEN = re.compile(
    r"""(?P<comment>(?<![^\s;|&()])\#[^\n]*)
    |(?P<writes>(?<![-=<])(?:[0-9]{0,3}|&)>{1,2}\|?[ \t]*)
    |(?P<word>(?:[^\s'"\\;|&<>()`]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)""",
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)|([^'\"\\]+)", re.DOTALL)
_QUOTED = re.compile(r"['\"\\]")
_ESCAPED = re.compile(r"\\([\"\\$`])")
_AROUND = re.compile(r":-|[=:,@{}\[\]]+")
_GOES_INTO = frozenset({"cd", "pushd"})
_DEEPEST = 3
"""Scripts in the quotes of a script: `ssh db "sh -c './x.sh'"`."""


@dataclass(slots=True)
class ScriptWords:
    """`names` may be those of files, `folders` those of folders that the script goes into, in its order."""

    names: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)


def words_of(script: str, language: str) -> ScriptWords:
    """The words of a script in a language, in time that grows with it."""
    found = ScriptWords()
    text = script.replace("\\", "/") if language in _BACKSLASHED else _GOES_ON.sub("", script)
    written: set[str] = set()
    _read(_HERE.sub(".", text), found, written, 0, writes=language in POSIX_SHELLS)
    if written:
        gone = {normpath(name) for name in written}
        found.names = {name for name in found.names if normpath(name) not in gone}
    return found


def _read(text: str, found: ScriptWords, written: set[str], depth: int, *, writes: bool) -> None:
    target = -1  # where the word begins that is written
    goes = False
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "writes":
            target = token.end() if writes else -1
        if token.lastgroup != "word":
            continue
        word, quoted = _unquoted(token[0])
        if token.start() == target:
            written.add(word)
            continue
        found.names.update(_names(word))
        for inner in quoted if depth < _DEEPEST else ():
            _read(inner, found, written, depth + 1, writes=writes)
        if goes and not word.startswith("-"):
            found.folders.append(word)
        goes = word in _GOES_INTO or (goes and word.startswith("-"))


def _unquoted(word: str) -> tuple[str, list[str]]:
    """A word as a shell hands it on, and what stands in its quotes."""
    if not _QUOTED.search(word):
        return word, []
    pieces, quoted = [], []
    for single, double, escaped, bare in _PIECE.findall(word):
        inner = single or _ESCAPED.sub(r"\1", double)
        pieces.append(inner or escaped or bare)
        quoted += [inner] if inner else []
    return "".join(pieces), quoted


def _names(word: str) -> Iterator[str]:
    if not word or len(word) > LONGEST:
        return
    yield word
    if _AROUND.search(word):
        yield from _AROUND.split(word)
        yield word.partition("=")[2]
    if word[0] == "-" and word[1:2] != "-":
        yield word[2:]
