"""Markdown as a small tree of values that any surface can show: what is safe to show is decided here, once.

Text is literal: nothing in it is markup any more. Links lead only to http, https and mailto. Control, turning and
invisible characters are gone from prose, and visible in code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt  # noqa: TC002 - named in a cached function's annotation
from markdown_it.tree import SyntaxTreeNode

from bot.runbook import harmless
from bot.runbook.directives import read_directives
from bot.runbook.document import make_parser
from bot.runbook.runs import Run, read_runs, text_of_html

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A fence or indented code: exact to the byte."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; `checked` is None where there is no box."""

    shapes: tuple[Shape, ...]
    checked: bool | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `start` is the first number of an ordered one."""

    ordered: bool
    items: tuple[Item, ...]
    start: int = 1


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, or an alert with its label ("Warning")."""

    shapes: tuple[Shape, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the header."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Shape = Paragraph | Heading | Code | Listing | Quote | Table | Rule


def read_markdown(markdown: str, base_url: str = "") -> tuple[Shape, ...]:
    """The shapes of a markdown text. Relative links lead below `base_url`, or are told as text without one."""
    text = read_directives(markdown.split("\n"), shown=True).text
    return tuple(_Reader(base_url).shapes(SyntaxTreeNode(_parser().parse(text)).children, 0))


@lru_cache(1)
def _parser() -> MarkdownIt:
    return make_parser()


class _Reader:
    def __init__(self, base_url: str) -> None:
        self._base = base_url

    def shapes(self, nodes: Iterable[SyntaxTreeNode], depth: int) -> Iterable[Shape]:
        for node in nodes:
            shape = self._shape(node, depth)
            if shape is not None:
                yield shape

    def _shape(self, node: SyntaxTreeNode, depth: int) -> Shape | None:
        kind = node.type
        if depth > _DEEPEST:
            return _words(_raw(node))
        if kind in {"fence", "code_block"}:
            return Code(harmless.code(node.content), node.info.split()[0] if node.info.split() else "")
        if kind == "paragraph":
            runs = self._runs(node)
            return Paragraph(runs) if runs else None
        if kind == "heading":
            return Heading(int(node.tag[1:]), self._runs(node))
        if kind in {"bullet_list", "ordered_list"}:
            return self._list(node, depth)
        if kind in {"blockquote", "alert"}:
            return self._quote(node, depth)
        if kind == "table":
            return Table(tuple(self._row(row) for part in node.children for row in part.children))
        if kind == "hr":
            return Rule()
        return _words(text_of_html(node.content)) if kind == "html_block" else None

    def _list(self, node: SyntaxTreeNode, depth: int) -> Listing:
        items = tuple(
            Item(tuple(self.shapes(item.children, depth + 1)), item.meta.get("checked")) for item in node.children
        )
        ordered = node.type == "ordered_list"
        return Listing(ordered, items, int(node.attrs.get("start", 1)) if ordered else 1)

    def _quote(self, node: SyntaxTreeNode, depth: int) -> Quote:
        inner = [child for child in node.children if child.type != "alert_title"]
        label = str(node.meta.get("kind", "")).capitalize() if node.type == "alert" else ""
        return Quote(tuple(self.shapes(inner, depth + 1)), label)

    def _row(self, row: SyntaxTreeNode) -> tuple[tuple[Run, ...], ...]:
        return tuple(self._runs(cell) for cell in row.children)

    def _runs(self, node: SyntaxTreeNode) -> tuple[Run, ...]:
        inline = [child.token for child in node.children if child.type == "inline" and child.token]
        return read_runs([token for one in inline for token in one.children or []], self._base)


def _words(text: str) -> Paragraph | None:
    return Paragraph((Run(text),)) if text.strip() else None


def _raw(node: SyntaxTreeNode) -> str:
    return "\n".join(inner.content for inner in node.walk() if inner.type in {"inline", "fence", "code_block"})
