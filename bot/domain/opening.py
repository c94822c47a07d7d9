"""Runbooks that open others: which runbook a step means, which of its steps, and all that are reached."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.runbook import Runbook, Step

DEEPEST = 12
"""Runbooks within each other. What would open more stays a step that names its runbook."""

_NUMBER = re.compile(r"^\d+")


def runbook_name(target: str, beside: str) -> str:
    """The name of the runbook that a relative target means, seen from the runbook `beside`; the heading is kept."""
    path, mark, heading = target.partition("#")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(beside), unquote(path)))
    return joined.removesuffix(".md") + mark + heading


def opened_by(step: Step, beside: Runbook, books: Mapping[str, Runbook]) -> tuple[Runbook, tuple[Step, ...]] | None:
    """The runbook that a step opens, and the steps of it to walk; None where it opens none, or none that is known."""
    if not step.opens:
        return None
    name, _, heading = runbook_name(step.opens, beside.name).partition("#")
    book = books.get(name)
    if book is None:
        return None
    steps = below(book, heading)
    return (book, steps) if steps else None


def below(book: Runbook, heading: str) -> tuple[Step, ...]:
    """The steps of one section, by its heading as it is written or as the anchor that a link to it has.

    All of them without a heading, or by the runbook's title.
    """
    wanted = _letters(unquote(heading))
    found = tuple(step for step in book.steps if any(_is(title, wanted) for title in _titles(step)))
    return book.steps if not heading or (not found and same_heading(book.title, heading)) else found


def same_heading(title: str, heading: str) -> bool:
    """Whether a title is meant by a heading as it is written, or by the anchor that a link to it has."""
    return _is(_letters(title), _letters(unquote(heading)))


def reached_from(runbook: Runbook, steps: Sequence[Step], books: Mapping[str, Runbook]) -> tuple[Runbook, ...]:
    """Every runbook that these steps open, and those open in turn, each once, in the order in which they are met."""
    found: dict[str, Runbook] = {}

    def visit(book: Runbook, inside: Sequence[Step]) -> None:
        for step in inside:
            opened = opened_by(step, book, books)
            if opened and opened[0].name not in found:
                found[opened[0].name] = opened[0]
                visit(*opened)

    visit(runbook, steps)
    return tuple(found.values())


def background_of(runbook: Runbook, steps: Sequence[Step], books: Mapping[str, Runbook]) -> tuple[tuple[str, str], ...]:
    """(title, markdown) of each section of background: the runbook's own, then those of all that these steps open."""
    found = list(runbook.background)
    for book in reached_from(runbook, steps, books):
        if book.name != runbook.name:
            found += [
                (title if title == book.title else f"{book.title} > {title}", text) for title, text in book.background
            ]
    return tuple(found)


def _titles(step: Step) -> Iterator[str]:
    yield from (_letters(title) for title in step.section)
    yield _letters(step.title)
    yield _letters(f"{step.number} {step.title}")


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _is(title: str, wanted: str) -> bool:
    # A heading's number is part of its anchor, and not always of its title.
    return bool(wanted) and (title == wanted or _NUMBER.sub("", title) == _NUMBER.sub("", wanted) != "")
