r"""The words of a script that may name files: told roughly, for only those count that are names of files there.

Shell quoting is honoured (`"my file.sh"`, `a\ b`), and so is what stands around a name (`--config=x.conf`, `@x.json`,
`<x.sql`, `-fx.yml`). What a comment names is not read, nor a file that `>` writes before the script uses it: such a
one is the script's own product. One that `>>` goes on writing holds what was there before.
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
_GOES_INTO = frozenset({"cd", "pushd", "-C", "--directory", "--chdir"})
_INTO = re.compile(r"(?:-C|--directory=|--chdir=)(.+)", re.DOTALL)
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
    _read(_HERE.sub(".", text), found, (set(),), writes=language in POSIX_SHELLS)
    return found


def _read(text: str, found: ScriptWords, written: tuple[set[str], ...], *, writes: bool) -> None:
    """`written` are the files that are this script's own by now, last, behind those of the scripts around it."""
    target, whole = -1, False  # where the word begins that is written, and whether nothing is left of what it held
    goes = False
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "writes":
            target, whole = token.end() if writes else -1, ">>" not in token[0]
        if token.lastgroup != "word":
            continue
        word, quoted = _unquoted(token[0])
        if token.start() == target:
            written[-1].update([normpath(word)] if whole else [])
            continue
        names = _names(word)
        found.names.update(_others(names, written) if any(written) else names)
        for inner in quoted if len(written) <= _DEEPEST else ():
            _read(inner, found, (*written, set()), writes=writes)
        into = _INTO.fullmatch(word)
        if into or (goes and not word.startswith("-")):
            found.folders.append(into[1] if into else word)
            for ours in written:
                ours.clear()  # the same names are those of other files there
        goes = word in _GOES_INTO or (goes and word.startswith("-"))


def _others(names: Iterator[str], written: tuple[set[str], ...]) -> Iterator[str]:
    return (name for name in names if not any(normpath(name) in ours for ours in written))


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
    pieces = [word, *_AROUND.split(word), word.partition("=")[2]] if _AROUND.search(word) else [word]
    for piece in pieces:
        yield piece
        if piece[:1] == "-" and piece[1:2] != "-":
            yield piece[2:]  # the value of an option of one letter
