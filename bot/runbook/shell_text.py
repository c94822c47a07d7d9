"""Shell scripts as far as quoting goes: in which quotes, substitutions and here-documents a place of one stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Inside(StrEnum):
    """What a place can stand in. Within a word of commands, at the top or in a substitution, it is in nothing."""

    SINGLE = "'"
    DOLLAR = "$'"  # $'...'
    DOUBLE = '"'
    COMMAND = "("  # $(...), or a subshell
    SUM = "(("  # ((...)) and $((...))
    TICKS = "`"
    PARAMETER = "${"  # ${NAME:-...}
    CASE = "case"  # case ... esac: a parenthesis in it may have no partner
    COMMENT = "#"
    DOCUMENT = "<<"  # the body of a here-document


Stack = tuple[Inside, ...]
"""What is open, outermost first."""

_STOP = re.compile(r"[\\'\"`$(){}#<\n]|\b(?:case|esac)\b")
_HEREDOC = re.compile(r"<<(?P<tabs>-?)[ \t]*(?:'(?P<single>[^'\n]+)'|\"(?P<double>[^\"\n]+)\"|(?P<bare>[^\s;&|<>()]+))")
_STARTS_COMMAND = re.compile(r"(?:^|[;&|({`\n]|\b(?:then|do|else))[ \t]*$")
_LOOK_BACK = 80
_DEEPEST = 100
_CODE = {Inside.COMMAND, Inside.SUM, Inside.TICKS, Inside.CASE}
_OPENERS = (("$((", Inside.SUM), ("$(", Inside.COMMAND), ("${", Inside.PARAMETER))


@dataclass(slots=True)
class ShellText:
    """A script, with what each of `spans` stands in. A span is passed over as one word."""

    script: str
    spans: Sequence[tuple[int, int]] = ()
    inside: list[Stack] = field(default_factory=list)
    documents: list[tuple[int, int]] = field(default_factory=list)  # bodies of here-documents
    _open: list[Inside] = field(default_factory=list)
    _awaited: list[str] = field(default_factory=list)  # what ends the here-documents of this line

    @property
    def ends_open(self) -> bool:
        """Whether a quote or a substitution is open at the end: then the script is broken, or was misread."""
        return any(one is not Inside.COMMENT for one in self._open)

    def read(self) -> ShellText:
        """Read the whole script once."""
        at = 0
        for start, end in self.spans:
            at = self._read(at, start)
            document = (Inside.DOCUMENT,) if self.documents and start < self.documents[-1][1] else ()
            self.inside.append((*self._open, *document))
            at = max(at, end)
        self._read(at, len(self.script))
        return self

    def _read(self, at: int, end: int) -> int:
        """Read up to `end`, or to the end of the here-document that reaches over it. Says how far."""
        while at < end and (stop := _STOP.search(self.script, at, end)):
            at = self._step(stop.start(), stop[0])
        return max(at, end)

    def _step(self, at: int, found: str) -> int:
        top = self._open[-1] if self._open else None
        if top is Inside.COMMENT:
            return self._comment(at, found)
        if found == "\\" and top is not Inside.SINGLE:
            return at + 2
        if top in {Inside.SINGLE, Inside.DOLLAR}:
            return self._close(at, closes=found == "'")
        if found in "\"'`$":
            return self._quote(at, found)
        if top is Inside.PARAMETER and found == "}":
            return self._close(at, closes=True)
        return self._code(at, found, top) if top is None or top in _CODE else at + len(found)

    def _comment(self, at: int, found: str) -> int:
        if found != "\n":
            return at + len(found)
        self._open.pop()
        return self._newline(at)

    def _quote(self, at: int, found: str) -> int:
        if found == "`":
            return self._ticks(at)
        if found == "$":
            return self._dollar(at)
        if found == "'":
            return at + 1 if self._quoted() else self._push(at + 1, Inside.SINGLE)
        closes = self._open[-1:] == [Inside.DOUBLE]
        return self._close(at, closes=True) if closes else self._push(at + 1, Inside.DOUBLE)

    def _quoted(self) -> bool:
        """Whether double quotes are what counts here: directly, or around `${...}`."""
        around = (one for one in reversed(self._open) if one is not Inside.PARAMETER)
        return next(around, None) is Inside.DOUBLE

    def _push(self, after: int, inside: Inside) -> int:
        if len(self._open) < _DEEPEST:
            self._open.append(inside)
        return after

    def _close(self, at: int, *, closes: bool) -> int:
        if closes:
            self._open.pop()
        return at + 1

    def _ticks(self, at: int) -> int:
        if Inside.TICKS not in self._open:
            return self._push(at + 1, Inside.TICKS)
        while self._open.pop() is not Inside.TICKS:
            pass  # what was opened within them ends with them
        return at + 1

    def _dollar(self, at: int) -> int:
        if not self._quoted() and self.script.startswith("$'", at):
            return self._push(at + 2, Inside.DOLLAR)
        for opener, inside in _OPENERS:
            if self.script.startswith(opener, at):
                return self._push(at + len(opener), inside)
        return at + 1

    def _code(self, at: int, found: str, top: Inside | None) -> int:
        match found:
            case "(":
                double = self.script.startswith("((", at)
                return self._push(at + 1 + double, Inside.SUM if double else Inside.COMMAND)
            case ")" if top in {Inside.COMMAND, Inside.SUM}:
                return self._close(at + (top is Inside.SUM and self.script.startswith("))", at)), closes=True)
            case "#" if at == 0 or self.script[at - 1] in " \t\n;&|()`":
                return self._push(at + 1, Inside.COMMENT)
            case "<" if top is not Inside.SUM:
                return self._less(at)
            case "\n":
                return self._newline(at)
            case "case" if _STARTS_COMMAND.search(self.script[max(at - _LOOK_BACK, 0) : at]):
                return self._push(at + len(found), Inside.CASE)
            case "esac" if top is Inside.CASE:
                self._open.pop()
        return at + len(found)

    def _less(self, at: int) -> int:
        if self.script.startswith("<<<", at):
            return at + 3
        found = _HEREDOC.match(self.script, at)
        if not found:
            return at + 1
        word = found["single"] or found["double"] or re.sub(r"[\\'\"]", "", found["bare"])
        indent = "\\t*" if found["tabs"] else ""
        self._awaited.append(f"^{indent}{re.escape(word)}[ \\t]*$")
        return found.end()

    def _newline(self, at: int) -> int:
        start = at = at + 1
        for closing in self._awaited:
            found = re.compile(closing, re.MULTILINE).search(self.script, at)
            at = found.end() if found else len(self.script)
        if self._awaited:
            self.documents.append((start, at))
            self._awaited.clear()
        return at


def innermost(inside: Stack) -> Inside | None:
    """What decides how a place is to be quoted: `${...}` is as what stands around it. None: it is a word of its own."""
    deciding = next((one for one in reversed(inside) if one is not Inside.PARAMETER), None)
    return None if deciding in _CODE - {Inside.SUM} else deciding
