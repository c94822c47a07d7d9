"""Digests of runbooks that open others: they cover what is walked there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.opening import DEEPEST, opened_by
from bot.runbook.digest import digest_of, runbook_digest
from bot.runbook.front_matter import NO_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.runbook import Runbook, Step
    from bot.runbook.parse import Parsed


def with_opened(parsed: Sequence[Parsed]) -> list[Parsed]:
    """The same, where a step that opens a runbook has a digest that covers the steps to walk there.

    It hangs on what is opened, and on no other runbook that opens the same.
    """
    books = {one.runbook.name: one.runbook for one in parsed}
    return [_covering(one, books) if any(step.opens for step in one.runbook.steps) else one for one in parsed]


def _covering(one: Parsed, books: Mapping[str, Runbook]) -> Parsed:
    book, keys = one.runbook, one.front.recovery or NO_KEYS
    covered = _Covered(books)
    steps = tuple(replace(step, digest=covered.digest(step, book, 0)) for step in book.steps)
    return replace(one, runbook=replace(book, steps=steps, digest=runbook_digest(steps, keys)))


class _Covered:
    """The digests of what one runbook opens: each step once at a depth, and none deeper than a walk goes."""

    def __init__(self, books: Mapping[str, Runbook]) -> None:
        self._books = books
        self._known: dict[tuple[str, int, int], str] = {}

    def digest(self, step: Step, book: Runbook, depth: int) -> str:
        opened = opened_by(step, book, self._books) if depth < DEEPEST else None
        if opened is None:
            return step.digest
        at = (book.name, step.index, depth)  # deeper down, less of what it opens is walked
        if at not in self._known:
            there, inside = opened
            within = tuple(self.digest(one, there, depth + 1) for one in inside)
            shown_only = bool(there.system or there.plan)
            self._known[at] = digest_of((step.digest, within, shown_only))
        return self._known[at]
