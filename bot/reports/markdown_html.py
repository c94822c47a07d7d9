"""Markdown as HTML: every text is escaped, and no tag or address of the author's gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from bot.runbook.reading import Code, Heading, Item, Listing, Paragraph, Quote, Rule, Shape, Table, read_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.runbook.runs import Run

_BELOW = 2  # a page's own headings stand above those of a text
_LOWEST = 6


def markdown_html(markdown: str, base_url: str = "") -> Markup:
    """The HTML of a markdown text. Relative links lead below `base_url`, or are told as text without one."""
    return _shapes(read_markdown(markdown, base_url))


def _shapes(shapes: Iterable[Shape]) -> Markup:
    return Markup("\n").join(_shape(shape) for shape in shapes)


def _shape(shape: Shape) -> Markup:
    if isinstance(shape, Paragraph):
        return Markup("<p>{}</p>").format(_runs(shape.runs))
    if isinstance(shape, Heading):
        level = min(shape.level + _BELOW, _LOWEST)
        return Markup("<h{0}>{1}</h{0}>").format(level, _runs(shape.runs))
    if isinstance(shape, Code):
        return Markup("<pre><code>{}</code></pre>").format(shape.text)
    if isinstance(shape, Listing):
        return _list(shape)
    if isinstance(shape, Quote):
        label = Markup("<p><strong>{}</strong></p>\n").format(shape.label) if shape.label else Markup()
        return Markup("<blockquote>{}{}</blockquote>").format(label, _shapes(shape.shapes))
    if isinstance(shape, Table):
        return _table(shape)
    assert isinstance(shape, Rule)
    return Markup("<hr>")


def _list(listing: Listing) -> Markup:
    items = Markup("\n").join(Markup("<li>{}</li>").format(_item(item)) for item in listing.items)
    if not listing.ordered:
        return Markup("<ul>\n{}\n</ul>").format(items)
    start = Markup(' start="{}"').format(listing.start) if listing.start != 1 else Markup()
    return Markup("<ol{}>\n{}\n</ol>").format(start, items)


def _item(item: Item) -> Markup:
    box = {None: "", True: "\u2611 ", False: "\u2610 "}[item.checked]
    if len(item.shapes) == 1 and isinstance(item.shapes[0], Paragraph):
        return escape(box) + _runs(item.shapes[0].runs)
    return escape(box) + _shapes(item.shapes)


def _table(table: Table) -> Markup:
    rows = [
        Markup("<tr>{}</tr>").format(Markup().join(Markup("<{0}>{1}</{0}>").format(tag, _runs(cell)) for cell in row))
        for tag, row in ((("td" if index else "th"), row) for index, row in enumerate(table.rows))
    ]
    return Markup("<table>\n{}\n</table>").format(Markup("\n").join(rows))


def _runs(runs: Iterable[Run]) -> Markup:
    return Markup().join(map(_run, runs))


def _run(run: Run) -> Markup:
    html = Markup("<br>\n").join(escape(line) for line in run.text.split("\n"))
    for tag, on in (("code", run.code), ("s", run.strike), ("em", run.italic), ("strong", run.bold)):
        html = Markup("<{0}>{1}</{0}>").format(Markup(tag), html) if on else html  # noqa: S704 - a tag of ours
    if run.link:
        html = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(run.link, html)
    return html
