"""What a review says, line by line, as plain text: every surface escapes it in its own way. Times are UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.review import COUNTS_AS_MISSED, Attainment
from bot.domain.wording import in_words, parts_in_words

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.figures import Figures
    from bot.domain.review import Review
    from bot.domain.system_review import SystemReview
    from bot.domain.timeline import TimeEdit

_NAMED = 3
"""Steps that were skipped for one reason, by name; the others are counted."""


def headline(review: Review) -> str:
    """What happened, in one line: R-142 REAL: RECOVERED, 4 of 4 verified, RTO MISSED by 4 min.

    Of a walk that restores no system: how many of its steps were skipped.
    """
    ended = review.outcome.value if review.outcome else review.status.value.replace("_", " ")
    counted = f"{review.verified} of {len(review.systems)} verified" if review.systems else _skipped_steps(review)
    facts = ", ".join(text for text in (ended.upper(), counted, attainment_words(review)) if text)
    return f"{review.recovery} {review.mode.value.upper()}: {facts}"


def _skipped_steps(review: Review) -> str:
    steps = len({(skip.unit, skip.title) for skip in review.skips})
    return f"{steps} {'step' if steps == 1 else 'steps'} skipped" if steps else ""


def attainment_words(review: Review | Figures) -> str:
    """How it counts against its RTO; empty when it is not measured or not over."""
    if review.attainment is Attainment.MET:
        return "RTO MET"
    if review.attainment is Attainment.NO_RTO:
        return "no RTO declared"
    if review.attainment in COUNTS_AS_MISSED - {Attainment.MISSED}:
        return "RTO MISSED (not verified)" if review.rto else "not verified, no RTO declared"
    if review.attainment is Attainment.MISSED and review.rto_missed_by:
        whose = f" ({review.rto_of})" if review.rto_of else ""
        return f"RTO MISSED by {in_words(review.rto_missed_by)}{whose}"
    return ""


def time_line(review: Review) -> str:
    """How long it took, against what was promised, and what the start of the clock rests on."""
    measured = review.timeline
    clock = f"({between(measured.started_at, measured.ended_at)})"
    if not review.systems:
        since = f". {start_line(review)}" if review.outage_started_at else ""
        return f"Took {in_words(measured.duration)} {clock}. This runbook restores no system: no RTA{since}"
    if review.mode is Mode.DRILL:
        return f"{_restore_time(review)} {clock}. A drill has no outage: no RTA"
    if review.rta is None:
        took = f"No RTA: {_why_no_rta(review)}. Measured {in_words(measured.duration)} {clock}"
    else:
        took = f"RTA {in_words(review.rta)} {clock}"
    promised = (
        f"RTO {in_words(review.rto)}{f' of {review.rto_of}' if review.rto_of else ''}" if review.rto else "no RTO"
    )
    return f"{took}, {promised}. {start_line(review)}"


def start_line(review: Review) -> str:
    """What the start of the outage rests on, and who confirmed it."""
    if review.outage_started_at is None:
        return "Start of the outage: unknown, at least since it was asked for"
    confirmed = f", confirmed by {review.start_confirmed_by}" if review.start_confirmed_by else ""
    return f"Start: {review.start_evidence or 'no evidence given'}{confirmed}"


def _restore_time(review: Review) -> str:
    return f"Restore time {in_words(review.restore_time)}" if review.restore_time is not None else "Not verified"


def _why_no_rta(review: Review) -> str:
    missing = [system.name for system in review.systems if system.critical and not system.verified_at]
    return f"not verified: {', '.join(missing)}" if missing else "the start of the outage is not known"


def loss_line(review: Review) -> str:
    """How much data was lost, against what may be lost; empty for a drill."""
    if review.mode is Mode.DRILL or not review.systems:
        return ""
    worst = review.worst_loss
    known = [_worst_loss(worst, several=len(review.systems) > 1)] if worst else []
    missed = [
        f"RPO MISSED by {in_words(system.rpo_missed_by)} ({system.name})"
        for system in review.systems
        if system.rpo_missed_by
    ]
    unknown = [f"RPA unknown for {', '.join(review.loss_unknown)}"] if review.loss_unknown else []
    return ". ".join([*known, *missed, *unknown])


def _worst_loss(worst: SystemReview, *, several: bool) -> str:
    within = f", within {in_words(worst.rpa_within)}" if worst.rpa_within else ""
    newest = f"canary {worst.newest_data_at:%H:%M:%S} UTC{within}" if worst.newest_data_at else ""
    promised = f"RPO {in_words(worst.rpo)}" if worst.rpo else "no RPO"
    return f"RPA {length_or_dash(worst.rpa)} ({f'{worst.name}, ' if several else ''}{newest}), {promised}"


def parts_line(review: Review) -> str:
    """What the measured time was made of: the parts sum to it."""
    said = ", ".join(f"{what} {length}" for what, length in parts_in_words(review.timeline.parts))
    return f"{in_words(review.timeline.duration)} = {said}" if said else ""


def order_line(review: Review) -> str:
    """Whether the systems came back in the documented order; empty where there were none."""
    if not review.systems:
        return ""
    if review.out_of_order:
        return f"Not in the documented order: {'; '.join(review.out_of_order)}"
    return "In the documented order: each started when all it depends on was verified"


def exceptions_line(review: Review) -> str:
    """Skips, opened gates and corrected times: each named, or "none"."""
    skipped = _skipped(review)
    gates = [f"{gate.gate} ({gate.who}: “{gate.reason}”)" for gate in review.break_glass]
    edits = [
        f"{edit.about if edit.step else 'start'} {_edited(edit.before)} to {_edited(edit.after)} ({_by(edit)})"
        for edit in review.time_edits
    ]
    jumped = [f"from {one.step} to {one.to} ({one.who}: “{one.reason}”)" for one in review.jumps]
    passed = [f"{one.what} {one.how} {one.whom} ({one.who})" for one in review.passed_on]
    usual = f"Skipped: {_or_none(skipped)}. Break-glass: {_or_none(gates)}. Times edited: {_or_none(edits)}"
    more = [f"{name}: {'; '.join(found)}" for name, found in (("Jumped", jumped), ("Passed on", passed)) if found]
    return ". ".join([usual, *more])


def _skipped(review: Review) -> list[str]:
    """What was skipped: steps of one unit that one person passed over for one reason together."""
    titles: dict[tuple[str, str, str], dict[str, None]] = {}
    for skip in review.skips:
        titles.setdefault((skip.unit, skip.who, skip.reason), {})[skip.title] = None
    return [f"{_first(list(named))} of {unit} ({who}: “{reason}”)" for (unit, who, reason), named in titles.items()]


def _first(titles: list[str]) -> str:
    rest = len(titles) - _NAMED
    return ", ".join(titles[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _by(edit: TimeEdit) -> str:
    return f"{edit.who}: “{edit.reason}”" if edit.reason else edit.who


def _or_none(texts: list[str]) -> str:
    return "; ".join(texts) or "none"


def _edited(at: datetime | None) -> str:
    return f"{at:%H:%M:%S}" if at else "unknown"


def between(start: datetime, end: datetime) -> str:
    """A stretch of time by the clock: "03:02:10-03:36:44 UTC", with dates when it is not of one day."""
    if start.date() == end.date():
        return f"{start:%H:%M:%S}-{end:%H:%M:%S} UTC"
    return f"{start:%Y-%m-%d %H:%M:%S} - {end:%Y-%m-%d %H:%M:%S} UTC"


def head_in_words(head: str) -> str:
    """A ledger head as people read it: "4812 7c1e"; empty when there is none."""
    _, seq, digest = f"::{head}".rsplit(":", 2)
    return f"{seq} {digest[:4]}".strip()


def length_or_dash(length: timedelta | None) -> str:
    """A length for a cell of a table."""
    return in_words(length) if length is not None else "—"
