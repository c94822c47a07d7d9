"""A review in the terminal: what happened, line by line, then each system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.safe_text import one_line
from bot.cli.screen import STYLES, make_table, word
from bot.cli.times import length
from bot.domain import review_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from bot.cli.times import Times
    from bot.domain.review import Review
    from bot.domain.system_review import SystemReview

_HEADS = ("SYSTEM", "VERDICT", "STARTED", "VERIFIED", "RTA", "RPA", "PROOF", "")


def head_lines(review: Review) -> Iterator[Text]:
    """The lines that say how it went: outcome, time, data lost, what the time was made of, exceptions."""
    style = STYLES.get(review.outcome or "", "bold")
    yield Text(one_line(review_text.headline(review)), style=style)
    lines = (review_text.time_line, review_text.loss_line, review_text.parts_line, review_text.exceptions_line)
    for line in lines:
        if said := line(review):
            yield Text(one_line(said))


def review_lines(review: Review, times: Times) -> Iterator[RenderableType]:
    """All that a person at a terminal needs; `--markdown` has every step."""
    yield from head_lines(review)
    if order := review_text.order_line(review):
        yield Text(one_line(order))
    if review.systems:
        yield make_table(_HEADS, [_row(system, times) for system in review.systems])
    for system in review.not_started:
        yield Text(one_line(f"Not started: {system.unit}: {system.why}"))
    for note in review.notes:
        yield Text(one_line(f"Note {times.clock(note.at)} {note.who}: {note.text}"))
    if review.worth_mending:
        yield Text(one_line(f"Worth mending: {review.worth_mending}"))
    if review.not_tested:
        yield Text(one_line(f"Not tested: {', '.join(review.not_tested)}"))
    for left in review.left_behind:
        yield Text(one_line(f"Left behind: {left.target} ({left.unit}, {left.verdict})"))
    head = review.ledger_head
    yield Text(f"Ledger {review_text.head_in_words(head)}   (bringback ledger verify --head {head})")


def _row(system: SystemReview, times: Times) -> tuple[str | Text, ...]:
    return (
        system.name,
        word(system.verdict.upper()) if system.verdict else "not ended" if system.started_at else "not started",
        times.clock(system.started_at),
        times.clock(system.verified_at),
        length(system.rta),
        length(system.rpa),
        word(system.proof.upper()) if system.proof else "-",
        one_line("; ".join(("still standing, not restored",) if system.still_standing else system.reasons)),
    )
