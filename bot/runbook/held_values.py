"""Whether a pattern holds all of a value, and lets through nothing that a shell would read as code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODE = ";&|<>()$`\\\"'"
"""What ends a word's being a word, for a shell that reads it again. Blanks and wildcards only part and match words."""

_FIRST = frozenset({"AT_BEGINNING", "AT_BEGINNING_STRING"})
_LAST = frozenset({"AT_END", "AT_END_STRING"})

_Node = tuple[Any, Any]
"""What the parser of regular expressions makes of a part of one: its kind, and what belongs to it."""


def holds_all(pattern: str) -> bool:
    """Whether every value in which a pattern is found is, from its first letter to its last, harmless to a shell.

    Decided by what the pattern is made of: `^(eu)|(us)$` finds "us" at the end of anything.
    """
    try:
        nodes: Sequence[_Node] = list(re._parser.parse(pattern))  # type: ignore[attr-defined]  # noqa: SLF001 - the only parser there is of Python's own expressions
    except (re.error, OverflowError, RecursionError):
        return False
    return _ends_at(nodes, _FIRST) and _ends_at(nodes[::-1], _LAST, backwards=True) and not _takes_code(nodes)


def _ends_at(nodes: Iterable[_Node], anchors: frozenset[str], *, backwards: bool = False) -> bool:
    """Whether a sequence can only match where the value begins; `backwards`, where it ends: it comes turned round."""
    for kind, inner in nodes:
        match str(kind):
            case "AT":
                if str(inner) in anchors:
                    return True
            case "ASSERT" | "ASSERT_NOT":
                pass  # it looks on, and takes nothing
            case _:
                ways = _ways(str(kind), inner)
                return bool(ways) and all(
                    _ends_at(_turned(way, backwards=backwards), anchors, backwards=backwards) for way in ways
                )
    return False


def _turned(nodes: Iterable[_Node], *, backwards: bool) -> Sequence[_Node]:
    return list(nodes)[::-1] if backwards else list(nodes)


def _ways(kind: str, inner: Any) -> Sequence[Iterable[_Node]]:
    """What stands within a group, an alternation, a repetition; nothing for what may be left out, and for letters."""
    match kind:
        case "SUBPATTERN":
            return [inner[-1]]
        case "ATOMIC_GROUP":
            return [inner]
        case "BRANCH":
            return list(inner[1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT" if inner[0]:
            return [inner[2]]
    return []


def _takes_code(nodes: Iterable[_Node]) -> bool:
    """Whether some letter of `CODE` can be a part of what a sequence matches."""
    return any(_takes(str(kind), inner) for kind, inner in nodes)


def _takes(kind: str, inner: Any) -> bool:
    match kind:
        case "AT" | "ASSERT" | "ASSERT_NOT" | "GROUPREF" | "FAILURE":
            return False
        case "LITERAL":
            return chr(inner) in CODE
        case "IN":
            return any(_is_in(ord(letter), inner) for letter in CODE)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _takes_code(inner[2])
    ways = _ways(kind, inner)
    return not ways or any(map(_takes_code, ways))


def _is_in(letter: int, members: Iterable[_Node]) -> bool:
    """Whether a set such as `[^a-z]` holds a letter of `CODE`: none of these is a digit, a blank, or a word's."""
    negated = found = False
    for kind, inner in members:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                found |= letter == inner
            case "RANGE":
                found |= inner[0] <= letter <= inner[1]
            case "CATEGORY":
                found |= "_NOT_" in str(inner)
            case _:
                return True
    return found != negated
