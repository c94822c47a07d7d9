"""Markdown as Slack's rich text: literal everywhere, code exact, in pieces that fit a message.

Rich text elements carry plain strings: nothing in them mentions, links or formats. The only links are those that
`bot.runbook.reading` lets through.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.runbook.reading import Code, Heading, Item, Listing, Paragraph, Quote, Rule, Shape, Table, read_markdown
from bot.runbook.runs import Run, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Element = dict[str, Any]

MESSAGE = 8000
"""Characters of text in one message: Slack's own limit is not documented, and lies somewhere above 11,000."""

CODE = 3000
"""Characters of one piece of code, and of one paragraph; longer ones are cut at the ends of lines, or of words."""

_ELEMENTS = 100
_WIDEST = 100
_LONGEST_URL = 3000
_DEEPEST = 6
_BOXES = {True: "\u2611 ", False: "\u2610 "}


def markdown_blocks(markdown: str, base_url: str = "", most: int = MESSAGE) -> list[Element]:
    """Markdown as rich_text blocks of at most `most` characters each: one a message. Never empty."""
    blocks: list[Element] = []
    current: list[Element] = []
    room = most
    for element in _Renderer(min(CODE, most)).elements(read_markdown(markdown, base_url)):
        size = text_size(element)
        if current and (size > room or len(current) >= _ELEMENTS):
            blocks.append(_block(current))
            current, room = [], most
        current.append(element)
        room -= size
    if current or not blocks:
        blocks.append(_block(current or [_section([Run("-")])]))
    return blocks


def markdown_block(markdown: str, most: int, mark: str, base_url: str = "") -> Element:
    """The first `most` characters of markdown as one block; `mark` says at its end that something is missing."""
    blocks = markdown_blocks(markdown, base_url, most)
    if len(blocks) == 1:
        return blocks[0]
    return {**blocks[0], "elements": [*blocks[0]["elements"], _section([Run(mark)])]}


def text_size(element: Element) -> int:
    """The characters of text in an element and all below it."""
    own = len(element["text"]) if isinstance(element.get("text"), str) else 0
    return own + sum(text_size(child) for child in element.get("elements", ()))


def _block(elements: Sequence[Element]) -> Element:
    return {"type": "rich_text", "elements": list(elements)}


@dataclass(slots=True)
class _Renderer:
    most: int

    def elements(self, shapes: Iterable[Shape]) -> Iterator[Element]:
        """The elements of shapes that stand one below the other, with a line between paragraphs."""
        before: Element | None = None
        for shape in shapes:
            for element in self._shape(shape, 0):
                if before is not None:
                    yield _spaced(before) if _is_section(before) and _is_section(element) else before
                before = element
        if before is not None:
            yield before

    def _shape(self, shape: Shape, indent: int) -> Iterator[Element]:
        if isinstance(shape, Paragraph):
            yield from self._text(shape.runs)
        elif isinstance(shape, Heading):
            yield from self._text([replace(run, bold=True) for run in shape.runs] or [Run("-")])
        elif isinstance(shape, Code):
            yield from _code(shape.text, self.most)
        elif isinstance(shape, Listing):
            yield from self._list(shape, indent)
        elif isinstance(shape, Quote):
            yield from _quote(shape, self.most)
        elif isinstance(shape, Table):
            yield from self._table(shape)
        else:
            yield _section([Run("\u2500" * 10)])

    def _text(self, runs: Sequence[Run]) -> Iterator[Element]:
        for piece in _cut_runs(runs, self.most):
            yield _section(piece)

    def _list(self, listing: Listing, indent: int) -> Iterator[Element]:
        sections: list[Element] = []
        first = count = listing.start
        for item in listing.items:
            lead, rest = _split_item(item)
            pieces = list(_cut_runs(lead, self.most))
            sections.append(_section(pieces[0]))
            count += 1
            if not rest and len(pieces) == 1 and sum(map(text_size, sections)) < self.most:
                continue
            yield _list_element(listing, sections, first, indent)
            sections, first = [], count
            for piece in pieces[1:]:
                yield _section(piece)
            for shape in rest:
                yield from self._shape(shape, min(indent + 1, _DEEPEST))
        if sections:
            yield _list_element(listing, sections, first, indent)

    def _table(self, table: Table) -> Iterator[Element]:
        cells = [[_one_line(plain_text(cell)) for cell in row] for row in table.rows]
        lines = _aligned(cells) or _named(cells)
        if lines:
            yield from _code("\n".join(lines), self.most)


def _split_item(item: Item) -> tuple[list[Run], list[Shape]]:
    """The text that stands beside an item's mark, and what stands below it."""
    box = [Run(_BOXES[item.checked])] if item.checked is not None else []
    shapes = list(item.shapes)
    lead: list[Run] = []
    while shapes:
        shape = shapes[0]
        if not isinstance(shape, Paragraph | Heading):
            break
        lead += [Run("\n"), *shape.runs] if lead else shape.runs
        del shapes[0]
    return [*box, *lead] or [Run("-")], shapes


def _list_element(listing: Listing, sections: Sequence[Element], first: int, indent: int) -> Element:
    style = "ordered" if listing.ordered else "bullet"
    element: Element = {"type": "rich_text_list", "style": style, "indent": indent, "elements": list(sections)}
    if listing.ordered and first > 1:
        element["offset"] = first - 1
    return element


def _section(runs: Sequence[Run]) -> Element:
    return {"type": "rich_text_section", "elements": _inline(runs)}


def _inline(runs: Sequence[Run]) -> list[Element]:
    return [_run(run) for run in runs if run.text] or [{"type": "text", "text": "-"}]


def _run(run: Run) -> Element:
    looks = (("bold", run.bold), ("italic", run.italic), ("strike", run.strike), ("code", run.code))
    style = {name: True for name, on in looks if on}
    follows = run.link and len(run.link) <= _LONGEST_URL and run.text.strip()
    element: Element = (
        {"type": "link", "url": run.link, "text": run.text} if follows else {"type": "text", "text": run.text}
    )
    return {**element, "style": style} if style else element


def _is_section(element: Element) -> bool:
    return bool(element["type"] == "rich_text_section")


def _spaced(section: Element) -> Element:
    # Two sections stand on neighbouring lines: an empty line between makes paragraphs of them.
    return {**section, "elements": [*section["elements"], {"type": "text", "text": "\n"}]}


def _code(text: str, most: int) -> Iterator[Element]:
    for piece in cut_text(text.removesuffix("\n"), most):
        yield {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece or " "}]}


def cut_text(text: str, most: int) -> list[str]:
    """A text in pieces of at most `most` characters, cut at the ends of lines where there are any."""
    pieces = []
    while len(text) > most:
        end = text.rfind("\n", 1, most + 1)
        if end > 0:
            pieces.append(text[:end])
            text = text[end + 1 :]
        else:
            pieces.append(text[:most])
            text = text[most:]
    return [*pieces, text]


def _cut_runs(runs: Sequence[Run], most: int) -> Iterator[list[Run]]:
    piece: list[Run] = []
    room = most
    for run in runs:
        rest = run
        while len(rest.text) > room:
            space = rest.text.rfind(" ", 1, room + 1) + 1
            end = space or (0 if piece else room)
            if end:
                piece.append(replace(rest, text=rest.text[:end]))
                rest = replace(rest, text=rest.text[end:])
            yield piece
            piece, room = [], most
        piece.append(rest)
        room -= len(rest.text)
    yield piece


def _quote(quote: Quote, most: int) -> Iterator[Element]:
    label = [Run(f"{quote.label}: ", bold=True)] if quote.label else []
    for piece in _cut_runs([*label, *_flat(quote.shapes, "")], most):
        yield {"type": "rich_text_quote", "elements": _inline(piece)}


def _flat(shapes: Sequence[Shape], margin: str) -> Iterator[Run]:
    """Shapes as lines of runs, for places that hold nothing but text."""
    for index, shape in enumerate(shapes):
        if index:
            yield Run("\n")
        if isinstance(shape, Paragraph | Heading):
            yield from shape.runs
        elif isinstance(shape, Code):
            yield Run(shape.text.removesuffix("\n"), code="\n" not in shape.text.removesuffix("\n"))
        elif isinstance(shape, Listing):
            for number, item in enumerate(shape.items):
                mark = f"{shape.start + number}. " if shape.ordered else "\u2022 "
                yield Run(
                    ("\n" if number else "")
                    + margin
                    + mark
                    + _BOXES.get(bool(item.checked), "") * (item.checked is not None)
                )
                yield from _flat(item.shapes, margin + "    ")
        elif isinstance(shape, Quote):
            yield from _flat(shape.shapes, margin)
        elif isinstance(shape, Table):
            yield Run("\n".join(" | ".join(_one_line(plain_text(cell)) for cell in row) for row in shape.rows))
        elif isinstance(shape, Rule):
            yield Run("\u2500" * 10)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    """A table with straight columns, or nothing when it is too wide to be read."""
    columns = max(map(len, cells), default=0)
    widths = [max((len(row[index]) for row in cells if index < len(row)), default=0) for index in range(columns)]
    if sum(widths) + 2 * len(widths) > _WIDEST:
        return []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in cells]


def _named(cells: Sequence[Sequence[str]]) -> list[str]:
    """A wide table as lines of its own for each row: what the column is called, and what stands there."""
    header, *rows = cells
    lines: list[str] = []
    for row in rows:
        lines += [""] if lines else []
        lines += [f"{name}: {cell}" for name, cell in zip(header, row, strict=False) if cell]
    return lines or ["  ".join(header)]
