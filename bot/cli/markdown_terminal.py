"""Markdown for a terminal, through rich: literal text, no markup of rich's own, no escape code of the author's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.segment import Segment
from rich.table import Table as Grid
from rich.text import Text

from bot.runbook.reading import Code, Heading, Item, Listing, Paragraph, Quote, Rule, Shape, Table, read_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderResult

    from bot.runbook.runs import Run

_BOXES = {None: "", True: "[x] ", False: "[ ] "}


def markdown_terminal(markdown: str, base_url: str = "") -> Group:
    """Markdown as something that a rich console prints. Addresses of links stand behind their words."""
    return Group(*_shapes(read_markdown(markdown, base_url)))


@dataclass(frozen=True, slots=True)
class Exact:
    """Code, to be copied as it stands: no line is indented, padded, broken or cut, and no tab becomes spaces.

    Shown whole where nothing crops: `console.print(..., crop=False)`.
    """

    text: str

    def __rich_console__(self, console: Console, _options: ConsoleOptions) -> RenderResult:
        style = console.get_style("cyan")
        for line in self.text.split("\n"):
            yield Segment(line, style)
            yield Segment.line()


def _shapes(shapes: Iterable[Shape]) -> Iterator[RenderableType]:
    for index, shape in enumerate(shapes):
        if index:
            yield Text()
        yield from _shape(shape)


def _shape(shape: Shape) -> Iterator[RenderableType]:
    if isinstance(shape, Paragraph):
        yield _text(shape.runs)
    elif isinstance(shape, Heading):
        yield Text.assemble(_text(shape.runs), style="bold underline" if shape.level == 1 else "bold")
    elif isinstance(shape, Code):
        yield Exact(shape.text.removesuffix("\n"))
    elif isinstance(shape, Listing):
        yield from _list(shape)
    elif isinstance(shape, Quote):
        label = [Text(shape.label, style="bold")] if shape.label else []
        for piece in _around_code([*label, *_shapes(shape.shapes)]):
            yield piece if isinstance(piece, Exact) else Padding(Group(*piece), (0, 0, 0, 2), style="dim")
    elif isinstance(shape, Table):
        yield _table(shape)
    elif isinstance(shape, Rule):
        yield Line(style="dim")


def _list(listing: Listing) -> Iterator[RenderableType]:
    grid = Grid.grid(padding=(0, 1))
    for number, item in enumerate(listing.items, listing.start):
        mark = f"{number}." if listing.ordered else "\u2022"
        for piece in _around_code(_item(item)):
            if isinstance(piece, Exact):
                yield from (grid, Text(), piece, Text())
                grid = Grid.grid(padding=(0, 1))
            else:
                grid.add_row(mark, Group(*piece))
                mark = " " * len(mark)
    if grid.row_count:
        yield grid


def _around_code(pieces: Iterable[RenderableType]) -> Iterator[list[RenderableType] | Exact]:
    """What stands between code, together, and the code, which stands for itself."""
    together: list[RenderableType] = []
    for piece in pieces:
        if not isinstance(piece, Exact):
            together.append(piece)
            continue
        if together:
            yield together
        together = []
        yield piece
    if together:
        yield together


def _item(item: Item) -> Iterator[RenderableType]:
    mark = _BOXES[item.checked]
    rest = item.shapes
    if rest and isinstance(rest[0], Paragraph):
        yield Text.assemble(mark, _text(rest[0].runs))
        rest = rest[1:]
    elif mark or not rest:
        yield Text(mark or "-")
    for shape in rest:
        yield from _shape(shape)


def _table(table: Table) -> Grid:
    grid = Grid(box=box.SIMPLE, show_header=False)
    for index, row in enumerate(table.rows):
        grid.add_row(*(_text(cell) for cell in row), style="" if index else "bold")
    return grid


def _text(runs: Iterable[Run]) -> Text:
    text = Text()
    for run in runs:
        looks = (("bold", run.bold), ("italic", run.italic), ("strike", run.strike), ("cyan", run.code))
        text.append(run.text, style=" ".join(name for name, on in looks if on))
        if run.link and run.link not in {run.text, f"mailto:{run.text}"}:
            text.append(f" ({run.link})", style="dim")
    return text
