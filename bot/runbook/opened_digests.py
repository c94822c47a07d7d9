"""Digests of runbooks that open others: they cover what is walked there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.opening import opened_by
from bot.runbook.digest import digest_of, runbook_digest
from bot.runbook.front_matter import NO_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.runbook import Runbook, Step
    from bot.runbook.parse import Parsed


def with_opened(parsed: Sequence[Parsed]) -> list[Parsed]:
    """The same, where a step that opens a runbook has a digest that covers the steps to walk there."""
    books = {one.runbook.name: one.runbook for one in parsed}
    known: dict[tuple[str, int], str] = {}
    return [_covering(one, books, known) if any(step.opens for step in one.runbook.steps) else one for one in parsed]


def _covering(one: Parsed, books: Mapping[str, Runbook], known: dict[tuple[str, int], str]) -> Parsed:
    book, keys = one.runbook, one.front.recovery or NO_KEYS
    steps = tuple(replace(step, digest=_digest(step, book, books, known)) for step in book.steps)
    digest = runbook_digest(steps, (keys.targets.drill, keys.targets.real), tuple(keys.depends_on))
    return replace(one, runbook=replace(book, steps=steps, digest=digest))


def _digest(step: Step, book: Runbook, books: Mapping[str, Runbook], known: dict[tuple[str, int], str]) -> str:
    opened = opened_by(step, book, books)
    if opened is None:
        return step.digest
    at = (book.name, step.index)
    if at not in known:
        known[at] = step.digest  # what a circle comes back to
        there, inside = opened
        known[at] = digest_of((step.digest, tuple(_digest(one, there, books, known) for one in inside)))
    return known[at]
