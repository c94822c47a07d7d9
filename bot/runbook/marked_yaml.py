"""YAML whose every value knows its line: what strict validation needs to point at a fault."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
"""Where a value stands: keys and indexes from the top."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_VALUES = 20_000
_MOST_DEPTH = 40
_MOST_BRACKETS = 200
_BRACKET = re.compile(r"[\[\]{}]")
_TRUE = {"true", "yes", "on"}

_IN_ONE_COLUMN = "Begin the keys of one mapping in one column"
_IN_QUOTES = "Put text that begins with { or [ in quotes."
_HINTS = (
    ("unexpected end of stream", "Close the quotes that open here.", True),
    ("expected ',' or", "Close the {bracket} that opens here.", True),
    ("expected ':'", "Write key: value, or indent what goes on from the line above.", True),
    ("mapping values", f"{_IN_ONE_COLUMN}, and put text that holds “: ” in quotes.", False),
    ("expected key", f"{_IN_ONE_COLUMN}; what is in quotes ends with them.", False),
    ("start any token", "Indent with spaces, and put text that begins with @, ` or % in quotes.", False),
    ("tab character", "Indent with spaces, not with tabs.", False),
    ("alias", "Put text that begins with * or & in quotes.", False),
    ("alphabetic or numeric", "Put text that begins with * or & in quotes.", False),
    ("sequence entries", "Write lists as [a, b], or each item on a line of its own.", False),
    ("another document", "Keep one: take out the second line of ---.", False),
    ("escape character", "Put it in single quotes: in double quotes \\ begins an escape.", False),
)
"""What the reader says, what helps, and whether it went wrong where it says that something opened."""

_NO_BLANK = re.compile(r"\s*[A-Za-z_][\w-]*:[^\s:/]\S*\s*$")


class MarkedYamlError(Exception):
    """The text is no YAML that can be used: `line` counts from 1, `what` is a sentence, and so is what `helps`."""

    def __init__(self, line: int, what: str, helps: str = "") -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.helps = helps


@dataclass(slots=True)
class Marked:
    """Plain values, with the line of each (from 1) and the text of each scalar as it was written."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    repeated: list[Path] = field(default_factory=list)  # keys that stand twice in one mapping

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def compose(text: str, first_line: int = 1) -> Marked:
    """The first YAML document in `text`, whose first line is `first_line` of its file.

    Scalars that YAML reads as true/false, whole or decimal numbers and null become those; all others, times and
    dates among them, stay text. Raises MarkedYamlError.
    """
    _refuse_depth(text, first_line)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _unreadable(error, text, first_line) from None
    except RecursionError:
        raise MarkedYamlError(first_line, "the YAML is nested too deeply.") from None
    marked = Marked(lines={(): first_line})
    if node is not None:
        marked.value = _Builder(marked, first_line).build(node, (), 0)
    return marked


def _refuse_depth(text: str, first_line: int) -> None:
    # Brackets are counted before the reader sees them: its time grows with the square of their depth.
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        if depth > _MOST_BRACKETS:
            raise MarkedYamlError(first_line + text.count("\n", 0, match.start()), "the YAML is nested too deeply.")


def _unreadable(error: yaml.YAMLError, text: str, first_line: int) -> MarkedYamlError:
    mark, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
    helps, at_opening = next((hint[1:] for hint in _HINTS if hint[0] in problem), ("", False))
    line = opened.line if at_opening and opened else mark.line if mark else 0
    lines = text.split("\n")[: line + 1]
    if opened and "{bracket}" in helps:
        helps = helps.format(bracket=lines[line][opened.column])
    elif "mapping values" in problem and line and _NO_BLANK.match(lines[line - 1]):
        line, helps = line - 1, "A blank belongs behind the colon."
    return MarkedYamlError(first_line + line, f"the YAML cannot be read: {problem}.", helps)


class _Builder:
    """Turns nodes into values. Counts them, for a few aliases can stand for billions of values."""

    def __init__(self, marked: Marked, first_line: int) -> None:
        self._marked = marked
        self._first = first_line
        self._count = 0

    def build(self, node: Node, path: Path, depth: int) -> Any:
        self._count += 1
        self._marked.lines.setdefault(path, self._line(node))
        if self._count > _MOST_VALUES or depth > _MOST_DEPTH:
            raise MarkedYamlError(self._line(node), "the YAML holds too much, or refers to itself.")
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        self._marked.texts[path] = node.value
        return _scalar(node)

    def _mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise MarkedYamlError(self._line(key), "a key must be a plain text.", _IN_QUOTES)
            below = (*path, key.value)
            if key.value in result:
                self._marked.repeated.append(below)
            self._marked.lines[below] = self._line(key)
            result[key.value] = self.build(value, below, depth + 1)
        return result

    def _line(self, node: Node) -> int:
        return int(node.start_mark.line) + self._first


def _scalar(node: ScalarNode) -> Any:
    kind, text = node.tag.rpartition(":")[2], node.value
    try:
        if kind == "bool":
            return text.lower() in _TRUE
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:  # YAML 1.1 reads 1:30 as a number: the text is what its author meant
        return text
    return None if kind == "null" else text
