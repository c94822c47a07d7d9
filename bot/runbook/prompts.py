"""Prompts and sample output: which lines of a fence are commands."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.runbook.languages import SESSIONS
from bot.runbook.shell_text import Inside, ShellText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.runbook.shell_text import Stack

_HOST = r"\[[\w.-]{1,60}@[^\]\n]{1,80}\]|[\w.-]{1,60}@[\w.-]{1,80}(?::[^\s$#%]{0,120})?"
_WHO = rf"(?:\([\w.-]{{1,40}}\)[ \t]*)?(?:{_HOST})[ \t]?"
_DOLLAR = re.compile(rf"^[ \t]*(?:\$|{_WHO}[$#%])[ \t]+(?=\S)")
_PROMPT = re.compile(r"^[ \t]*(?:\$|>|#|PS [^>\n]*>)[ \t]+(?=\S)")
_SECOND_PROMPT = re.compile(r"^[ \t]*>(?:[ \t]|$)")
_PLAIN = re.compile(r"[\w ./:=,@+*%-]*")
_GOES_ON = re.compile(r"(?:\||&&)[ \t]*$")
_OPENS = re.compile(r"[({][ \t]*$|\b(?:do|then|else|in)[ \t]*$|^[ \t]*(?:for|while|until|if|case|select|function)\b")
_CLOSES = re.compile(r"(?:\b(?:done|fi|esac)|\})[ \t]*;?[ \t]*$")


def script_of(text: str, language: str) -> str:
    r"""The lines of a fence that run: all of them, or, where there are prompts, what stands behind these.

    A command goes on over the lines that it cannot end before: behind a `\`, `|` or `&&`, in quotes, in a
    here-document, or behind the shell's second prompt `> `. Everything else beside prompts is sample output.
    """
    lines = text.split("\n")
    prompt = _PROMPT if language in SESSIONS and not any(map(_DOLLAR.match, lines)) else _DOLLAR
    starts = [(at, match.end()) for at, line in enumerate(lines) if (match := prompt.match(line))]
    if not starts:
        return text
    kept: list[str] = []
    ends = [*(at for at, _ in starts[1:]), len(lines)]
    for (at, command), end in zip(starts, ends, strict=True):
        kept += _command([lines[at][command:], *lines[at + 1 : end]])
    return "\n".join(kept) + "\n"


def _command(lines: Sequence[str]) -> Sequence[str]:
    """The lines of one command, of those from its prompt to the next one."""
    if len(lines) == 1 or (_PLAIN.fullmatch(lines[0]) and not _is_open(lines[0])):
        return lines[:1]
    more = [line[match.end() :] for line in lines[1:] if (match := _SECOND_PROMPT.match(line))]
    states = _states(lines)
    if _SECOND_PROMPT.match(lines[1]) and (states[0] or _is_open(lines[0])):
        asked = sum(1 for _ in takewhile(_SECOND_PROMPT.match, lines[1:]))
        return [lines[0], *more[:asked]]
    if False in states:
        return lines[: states.index(False) + 1]
    # It never ends, so it was misread: only what its author marked as going on is taken.
    marked = sum(1 for _ in takewhile(lambda line: line.endswith("\\"), lines))
    return lines[: marked + 1]


def _is_open(line: str) -> bool:
    return bool(_OPENS.search(line)) and not _CLOSES.search(line)


def _states(lines: Sequence[str]) -> list[bool]:
    """Whether a command that ended behind each of these lines would be incomplete."""
    spans: list[tuple[int, int]] = []
    at = 0
    for line in lines:
        at += len(line) + 1
        spans += [(at - 1, at - 1), (at, at)]
    # The space keeps the last place within a here-document that nothing ends.
    inside = ShellText("\n".join(lines) + "\n ", spans).read().inside
    return [_goes_on(line, *inside[2 * index : 2 * index + 2]) for index, line in enumerate(lines)]


def _goes_on(line: str, end: Stack, behind: Stack) -> bool:
    if Inside.COMMENT in end:
        return False
    return bool(behind) or line.endswith("\\") or bool(_GOES_ON.search(line))
