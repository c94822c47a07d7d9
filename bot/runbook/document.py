"""A markdown body as blocks and sections: what the step rule reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.runbook.source import Source

_DEEPEST = 100
"""Lists nested deeper are text. The parser's own default, 20, drops the tenth level of a list in silence."""


def make_parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough, task lists and GitHub's alerts."""
    options = {"tasklists": True, "alerts": True, "maxNesting": _DEEPEST}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def parse_blocks(text: str) -> list[Token]:
    """The block tokens of a text. Inline text stays unparsed: a step rule needs none of it, and it is half the work."""
    parser = make_parser()
    parser.core.ruler.disable(["inline", "text_join"])
    return parser.parse(text)


@dataclass(frozen=True, slots=True)
class Block:
    """One top-level block. Lines count from 0 in the file, `end` exclusive, blank lines behind it included."""

    kind: str  # the token's type without _open: heading, paragraph, ordered_list, bullet_list, fence, html_block, ...
    start: int
    end: int
    tokens: Sequence[Token]

    @property
    def text(self) -> str:
        """The raw inline text of a heading or paragraph."""
        return next((token.content for token in self.tokens if token.type == "inline"), "")


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
    body_end: int = 0  # where the first child starts

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_document(source: Source) -> Section:
    """The section tree of a source's body."""
    return build_sections(blocks_of(parse_blocks(source.body), source), source)


def blocks_of(tokens: Sequence[Token], source: Source) -> list[Block]:
    """The top-level blocks, each reaching to the start of the next."""
    spans = list(_top_level(tokens))
    offset = source.front
    starts = [(tokens[first].map or [0, 0])[0] + offset for first, _ in spans]
    ends = [*starts[1:], len(source.lines)][: len(starts)]
    return [
        Block(tokens[first].type.removesuffix("_open"), start, end, tokens[first : last + 1])
        for (first, last), start, end in zip(spans, starts, ends, strict=True)
    ]


def _top_level(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    first = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0:
            first = index
        if token.level == 0 and token.nesting <= 0:
            yield first, index


def build_sections(blocks: Sequence[Block], source: Source) -> Section:
    """Hangs blocks under their headings, and headings under those of a lower level."""
    root = Section(0, "", source.front, len(source.lines), body_start=source.front, body_end=len(source.lines))
    path = [root]
    for block in blocks:
        if block.kind != "heading":
            path[-1].blocks.append(block)
            continue
        level = int(block.tokens[0].tag[1:])
        while path[-1].level >= level:
            path.pop().end = block.start
        heading = block.tokens[0].map or [block.start, block.start + 1]
        behind = source.front + heading[1]
        section = Section(level, block.text, block.start, len(source.lines), body_start=behind)
        section.body_end = len(source.lines)
        path[-1].children.append(section)
        path.append(section)
    for section in root.walk():
        section.body_end = section.children[0].start if section.children else section.end
    return root
