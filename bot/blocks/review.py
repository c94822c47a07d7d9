"""The review of a recovery in a message: what really happened, figures first. Its sentences are `review_text`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, button, context, header, line, message, rich, table, words
from bot.blocks.text import clock_seconds, counted, escape, listed
from bot.domain.frozen_plan import Mode
from bot.domain.review_text import (
    exceptions_line,
    head_in_words,
    headline,
    length_or_dash,
    loss_line,
    order_line,
    parts_line,
    time_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.review import Review
    from bot.domain.system_review import SystemReview

TABLE_MOST = 30


def review_message(review: Review, url: str | None = None) -> Block:
    """The review, with its table of systems. `url` leads to the whole of it as HTML."""
    title = headline(review)
    said = (time_line(review), loss_line(review), parts_line(review), order_line(review), exceptions_line(review))
    lines = [line(words(review.name, bold=True)), *(line(text) for text in said if text)]
    lines += [line(words(f"{label}  ", bold=True), text) for label, text in _facts(review) if text]
    top = [header(title), rich(*lines)]
    bottom = [context(f"Ledger {head_in_words(review.ledger_head)}", f"Plan {_short(review.plan_digest)}")]
    bottom.append(_buttons(review, url))
    if not review.systems:
        return message(escape(title), [*top, *bottom])
    rows = [_row(system) for system in review.systems[:TABLE_MOST]]
    systems = rich(*(line(": ".join(row[:2]) + ", " + ", ".join(_labelled(row))) for row in rows))
    return message(escape(title), [*top, table([_HEADINGS, *rows]), *bottom], [*top, systems, *bottom])


def _facts(review: Review) -> list[tuple[str, str]]:
    unsound = [
        f"{system.name}: {_joined(system.reasons)}"
        for system in review.systems
        if system.reasons and not system.still_standing
    ]
    standing = [system.name for system in review.systems if system.still_standing]
    findings = [f"{system.name}: {_joined(system.findings)}" for system in review.systems if system.findings]
    never = [f"{unit.unit} ({unit.why})" for unit in review.not_started]
    left = [f"{left.target} of {left.unit} ({left.verdict})" for left in review.left_behind]
    return [
        ("Asked for because", review.reason),
        ("Not as it should be", listed(unsound)),
        ("Still standing, checked and not restored", listed(standing)),
        ("Found", listed(findings, 5)),
        ("Never started", listed(never)),
        ("Left behind", listed(left)),
        ("Notes", counted(len(review.notes), "note") if review.notes else ""),
        ("Worth mending", review.worth_mending),
        ("Not tested", listed(list(review.not_tested), 5)),
    ]


def _joined(sentences: Iterable[str]) -> str:
    return "; ".join(sentence.rstrip(".") for sentence in sentences)


def _buttons(review: Review, url: str | None) -> Block:
    reference = {"r": review.recovery}
    return actions(
        button("Correct the start…", action_ids.CORRECT_START, reference) if review.mode is Mode.REAL else None,
        button("Note…", action_ids.NOTE, reference),
        button("HTML", action_ids.REVIEW_LINK, url=url) if url else None,
    )


_HEADINGS = ("System", "Verdict", "Verified", "Restore time", "RTA", "RTO", "RPA", "RPO", "Proof")


def _row(system: SystemReview) -> list[str]:
    return [
        system.name,
        system.verdict.value if system.verdict else "not started",
        clock_seconds(system.verified_at) if system.verified_at else "—",
        length_or_dash(system.restore_time),
        length_or_dash(system.rta),
        length_or_dash(system.rto),
        length_or_dash(system.rpa),
        length_or_dash(system.rpo),
        system.proof.value.upper() if system.proof else "—",
    ]


def _labelled(row: list[str]) -> list[str]:
    return [f"{label} {cell}" for label, cell in zip(_HEADINGS[2:], row[2:], strict=True) if cell != "—"]


def _short(digest: str) -> str:
    return digest.rpartition(":")[2][:8]
