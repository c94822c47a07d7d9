"""A markdown body as blocks and sections: what the step rule reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.runbook.directives import Directives, Tab, read_directives
from bot.runbook.vocabulary import is_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.runbook.source import Source

_TAB_LEVEL = 7
CODES = frozenset({"fence", "code_block"})
"""Types of the tokens that hold code."""

_PLAIN = frozenset({"paragraph", "heading", "table", "html_block", "hr"})
_DEEPEST = 100
"""Lists nested deeper are text. The parser's own default, 20, drops the tenth level of a list in silence."""


def make_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, task lists and GitHub's alerts."""
    options = {"tasklists": True, "alerts": True, "maxNesting": _DEEPEST}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def parse_blocks(text: str, found: dict[str, Any] | None = None) -> list[Token]:
    """The block tokens of a text. Inline text stays unparsed: a step rule needs none of it, and it is half the work.

    `found` takes the definitions of links, as the parser keeps them.
    """
    return _block_parser().parse(text, found)


@lru_cache(1)
def _block_parser() -> MarkdownIt:
    return make_parser().disable(["inline", "text_join"])


class Block(NamedTuple):
    """One top-level block. Lines count from 0 in the file, `end` exclusive, blank lines behind it included."""

    kind: str  # the token's type without _open: heading, paragraph, ordered_list, bullet_list, fence, html_block, ...
    start: int
    end: int
    tokens: Sequence[Token]
    codes: Sequence[Token] = ()  # of these, the fences and indented blocks of code

    @property
    def text(self) -> str:
        """The raw inline text of a heading or paragraph."""
        for token in self.tokens:
            if token.type == "inline":
                return token.content
        return ""


@dataclass(slots=True)
class Section:
    """A heading with what stands below it. The document itself is the section of level 0 without a heading."""

    level: int
    title: str
    start: int
    end: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    body_start: int = 0  # the line after the heading
    tab: bool = False  # one tab of a group: an alternative
    tokens: list[Token] = field(default_factory=list)  # of the document: all of them, in its order
    definitions: Mapping[str, Any] = field(default_factory=dict)  # of the document: its links', as the parser has them
    directives: Sequence[int] = ()  # of the document: lines of its body, from 0, that the parser was not given

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in the order of the file."""
        waiting = [self]
        while waiting:
            section = waiting.pop()
            yield section
            waiting += reversed(section.children)


def codes(root: Section) -> list[Token]:
    """Every fence and indented code block of a document, in the order of the file."""
    return [token for token in root.tokens if token.type in CODES and token.map]


def read_document(source: Source) -> Section:
    """The section tree of a source's body."""
    directives = read_directives(source.lines[source.front :])
    found: dict[str, Any] = {}
    tokens = parse_blocks(directives.text, found)
    root = build_sections(blocks_of(tokens, source, directives), source, directives.tabs)
    root.tokens = tokens
    root.definitions = found.get("references", {})
    root.directives = directives.marks
    return root


def blocks_of(tokens: Sequence[Token], source: Source, directives: Directives) -> list[Block]:
    """The top-level blocks, each reaching to the start of the next. What stands in an admonition is of kind `note`."""
    offset, end = source.front, len(source.lines)
    notes = {line + offset for start, end in directives.notes for line in range(start, end)}
    blocks: list[Block] = []
    last = len(tokens)
    for index in range(last - 1, -1, -1):
        token = tokens[index]
        if token.level or token.nesting < 0:
            continue
        start = (token.map or [0, 0])[0] + offset
        kind = token.type.removesuffix("_open")
        inner = tokens[index:last]
        codes = () if kind in _PLAIN else [one for one in inner if one.type in CODES]
        blocks.append(Block("note" if start in notes else kind, start, end, inner, codes))
        last, end = index, start
    return blocks[::-1]


def build_sections(blocks: Sequence[Block], source: Source, tabs: Sequence[Tab] = ()) -> Section:
    """Hangs blocks under their headings, and headings under those of a lower level; a tab is a section too."""
    return _Tree(source, tabs).build(blocks)


class _Tree:
    def __init__(self, source: Source, tabs: Sequence[Tab]) -> None:
        self._source = source
        self._tabs = deque(tabs)
        self._end = len(source.lines)
        self.root = Section(0, "", source.front, self._end, body_start=source.front)
        self._path = [self.root]
        self._tab_end = 0

    def build(self, blocks: Sequence[Block]) -> Section:
        for block in blocks:
            if self._path[-1].tab and block.start >= self._tab_end:
                self._path.pop().end = block.start
            if block.kind == "heading":
                self._heading(block)
            else:
                if self._tabs:
                    self._tab(block)
                self._path[-1].blocks.append(block)
        _fold_tabs(self.root)
        return self.root

    def _heading(self, block: Block) -> None:
        level = int(block.tokens[0].tag[1:])
        while self._path[-1].level >= level:
            self._path.pop().end = block.start
        heading = block.tokens[0].map or [0, 1]
        self._open(Section(level, block.text, block.start, self._end, body_start=self._source.front + heading[1]))

    def _tab(self, block: Block) -> None:
        front = self._source.front
        while self._tabs and self._tabs[0].start + front <= block.start:
            tab = self._tabs.popleft()
            start = tab.start + front
            if tab.end + front <= block.start:
                continue  # empty, or inside a list item
            while self._path[-1].tab:
                self._path.pop().end = start
            self._tab_end = tab.end + front
            self._open(Section(_TAB_LEVEL, tab.title, start, self._end, body_start=start + 1, tab=True))

    def _open(self, section: Section) -> None:
        self._path[-1].children.append(section)
        self._path.append(section)


def _fold_tabs(section: Section) -> None:
    # Tabs that hold one command each are one action told for several systems: they stay in the text around them.
    for child in section.children:
        _fold_tabs(child)
    tabs = [child for child in section.children if child.tab]
    if tabs and not any(block.kind == "ordered_list" for tab in tabs for block in tab.blocks):
        kept = [tab for tab in tabs if is_before(tab.title)]
        section.children = [child for child in section.children if not child.tab or child in kept]
        folded = (block for tab in tabs if tab not in kept for block in tab.blocks)
        section.blocks = sorted([*section.blocks, *folded], key=_start)


def _start(block: Block) -> int:
    return block.start
