"""The review of a recovery in a message: what really happened, figures first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, button, context, header, line, message, rich, table, words
from bot.blocks.text import clock, counted, cut, escape, listed, one_line
from bot.domain.flaws import span
from bot.domain.frozen_plan import Mode
from bot.domain.review import Attainment, Review
from bot.domain.wording import in_words, parts_in_words

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.system_review import SystemReview

TABLE_MOST = 30


def review_message(review: Review, url: str | None = None) -> Block:
    """The review, with its table of systems. `url` leads to the whole of it as HTML."""
    title = review_headline(review)
    lines = [line(text) for text in _figures(review)]
    lines += [line(words(f"{label}  ", bold=True), said) for label, said in _facts(review) if said]
    reference = {"r": review.recovery}
    row = actions(
        button("Correct the start…", action_ids.CORRECT_START, reference) if review.mode is Mode.REAL else None,
        button("Note…", action_ids.NOTE, reference),
        button("HTML", action_ids.REVIEW_LINK, url=url) if url else None,
    )
    bottom = [context(f"Ledger {_short(review.ledger_head)}", f"Plan {review.plan_digest.rpartition(':')[2][:8]}"), row]
    top = [header(title), rich(*lines)]
    if not review.systems:
        return message(escape(title), [*top, *bottom])
    rows = [_row(system) for system in review.systems[:TABLE_MOST]]
    systems = rich(*(line(", ".join(cell for cell in row if cell != "-")) for row in rows))
    tables = [table([_HEADINGS, *rows])]
    return message(escape(title), [*top, *tables, *bottom], [*top, systems, *bottom])


def review_headline(review: Review) -> str:
    """One line: how it ended."""
    name = f"{review.recovery} {review.mode.value.upper()} {review.name}"
    ended = (review.outcome.value if review.outcome else review.status.value).upper().replace("_", " ")
    verified = f", {review.verified} of {len(review.systems)} verified" if review.systems else ""
    return f"{name}: {ended}{verified}{_attainment(review)}"


def _attainment(review: Review) -> str:
    match review.attainment:
        case Attainment.MET:
            return ", RTO MET"
        case Attainment.MISSED:
            by = f" by {in_words(review.rto_missed_by)}" if review.rto_missed_by else ""
            return f", RTO MISSED{by}"
        case Attainment.UNVERIFIED | Attainment.FAILED | Attainment.ABORTED if review.rto:
            return ", counts as RTO missed"
        case _:
            return ""


def _figures(review: Review) -> list[str]:
    figures = []
    if review.rta is not None:
        when = f"{clock(review.outage_started_at)}-{clock(review.verified_at)} UTC"
        start = f"Start: {review.start_evidence or 'as declared'}, confirmed by {review.start_confirmed_by}"
        figures.append(f"RTA {in_words(review.rta)} ({when}), {_objective('RTO', review.rto)}. {start}")
    if review.restore_time is not None:
        figures.append(f"Restore time {in_words(review.restore_time)}, launch to verified")
    worst = review.worst_loss
    if worst and worst.rpa is not None:
        exact = f" (newest data {clock(worst.newest_data_at)} UTC" if worst.newest_data_at else " ("
        exact += f", within {in_words(worst.rpa_within)})" if worst.rpa_within else ")"
        figures.append(f"RPA {in_words(worst.rpa)}, {worst.name}{exact}, {_objective('RPO', worst.rpo)}")
    if review.loss_unknown:
        figures.append(f"Loss unknown: {listed(list(review.loss_unknown))}")
    parts = parts_in_words(review.timeline.parts)
    if parts:
        figures.append(f"{in_words(review.timeline.duration)} = {', '.join(f'{what} {long}' for what, long in parts)}")
    return figures or ["Nothing was measured."]


def _objective(label: str, objective: timedelta | None) -> str:
    return f"{label} {span(objective)}" if objective else f"no {label} declared"


def _facts(review: Review) -> list[tuple[str, str]]:
    skipped = [f"{skip.unit}: {skip.title} ({skip.who}: “{cut(one_line(skip.reason), 80)}”)" for skip in review.skips]
    gates = [f"{gate.gate} ({gate.who}: “{cut(one_line(gate.reason), 80)}”)" for gate in review.break_glass]
    edits = [f"{edit.who}: {clock(edit.before)} to {clock(edit.after)} (“{edit.reason}”)" for edit in review.time_edits]
    failed = [f"{system.name}: {'; '.join(system.reasons)}" for system in review.systems if system.reasons]
    return [
        ("Reason", cut(one_line(review.reason), 300)),
        ("Not verified", listed(failed)),
        ("Never started", listed([f"{unit.unit} ({unit.why})" for unit in review.not_started])),
        ("Left behind", listed([f"{left.target} of {left.unit} ({left.verdict})" for left in review.left_behind])),
        ("Out of order", listed(list(review.out_of_order))),
        ("Skipped", listed(skipped, 5) or "none"),
        ("Break-glass", listed(gates, 5) or "none"),
        ("Times edited", listed(edits, 5) or "none"),
        ("Notes", counted(len(review.notes), "note") if review.notes else ""),
        ("Worth mending", review.worth_mending),
        ("Not tested", listed(list(review.not_tested), 5)),
    ]


_HEADINGS = ("System", "Verdict", "Verified", "Restore time", "RTA", "RTO", "RPA", "RPO", "Proof")


def _row(system: SystemReview) -> list[str]:
    return [
        system.name,
        system.verdict.value if system.verdict else "not started",
        clock(system.verified_at),
        _length(system.restore_time),
        _length(system.rta),
        _length(system.rto),
        _length(system.rpa),
        _length(system.rpo),
        system.proof.value.upper() if system.proof else "-",
    ]


def _length(length: timedelta | None) -> str:
    return in_words(length) if length is not None else "-"


def _short(head: str) -> str:
    seq, _, digest = head.partition(":")
    return f"{seq} {digest[:4]}" if digest else head or "-"
