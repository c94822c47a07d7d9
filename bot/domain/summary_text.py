"""What a summary says, line by line, as plain text: every surface escapes it in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Outcome
from bot.domain.review import Attainment
from bot.domain.review_text import length_or_dash
from bot.domain.wording import PART_WORDS, in_words

if TYPE_CHECKING:
    from bot.domain.summary import Summary

_REAL = (
    (Attainment.MET, "within RTO"),
    (Attainment.MISSED, "missed"),
    (Attainment.UNVERIFIED, "unverified (counts as missed)"),
    (Attainment.FAILED, "failed (counts as missed)"),
    (Attainment.ABORTED, "aborted (counts as missed)"),
    (Attainment.NO_RTO, "verified, without an RTO"),
)
_DRILLS = (
    (Outcome.RECOVERED, "passed"),
    (Outcome.PARTIAL, "partial"),
    (Outcome.UNVERIFIED, "unverified"),
    (Outcome.FAILED, "failed"),
    (Outcome.ABORTED, "aborted"),
)


def summary_title(summary: Summary) -> str:
    """Of which stretch of time and which tiers: Recovery, 1 Oct 2026 - 22 Nov 2026, tiers 1, 2."""
    tiers = ", ".join(str(tier) for tier in summary.tiers)
    named = f", tier{'s' if len(summary.tiers) > 1 else ''} {tiers}" if tiers else ""
    since, until = (f"{at.day} {at:%b %Y}" for at in (summary.since, summary.until))
    return f"Recovery, {since} - {until}{named}"


def summary_lines(summary: Summary) -> tuple[str, ...]:
    """The figures, one sentence or list a line."""
    lines = [_real_line(summary), _loss_line(summary), _drills_line(summary), _walks_line(summary)]
    lines += [_evidence_line(one.tier, one.proven, one.without) for one in summary.evidence]
    if summary.open:
        lines.append(f"Not over yet: {', '.join(one.recovery for one in summary.open)}")
    if delay := summary.largest_delay:
        share = f"{round(100 * delay.share)} % of RTA"
        lines.append(f"Largest delay: {PART_WORDS[delay.kind]}, {share} ({in_words(delay.length)})")
    lines.append(f"Not shown by this: {', '.join(summary.not_shown)}")
    return tuple(line for line in lines if line)


def _real_line(summary: Summary) -> str:
    said = []
    for attainment, words in _REAL:
        found = summary.real(attainment)
        missed = [one.rto_missed_by for one in found if one.rto_missed_by]
        by = f" by {', '.join(in_words(length) for length in sorted(missed, reverse=True))}" if missed else ""
        if found:
            said.append(f"{len(found)} {words}{by}")
    return f"REAL {len(summary.counted)}: {', '.join(said) or 'none'}"


def _loss_line(summary: Summary) -> str:
    worst = summary.worst_loss
    if worst is None:
        return ""
    promised = f"RPO {in_words(worst.rpo)}" if worst.rpo else "no RPO"
    return f"Worst data loss {length_or_dash(worst.rpa)} ({worst.rpa_of}, {promised}, {worst.recovery})"


def _drills_line(summary: Summary) -> str:
    said = [f"{len(found)} {words}" for outcome, words in _DRILLS if (found := summary.drills(outcome))]
    overdue = f". Overdue {len(summary.overdue)}: {', '.join(summary.overdue)}" if summary.overdue else ""
    return f"DRILLS {len(summary.ended_drills)}: {', '.join(said) or 'none'}{overdue}"


def _walks_line(summary: Summary) -> str:
    drills = sum(one.mode is Mode.DRILL for one in summary.walks)
    share = f" ({drills} as drills)" if drills else ""
    return f"WALKS {len(summary.walks)}{share}: no system restored" if summary.walks else ""


def _evidence_line(tier: int, proven: tuple[str, ...], without: tuple[str, ...]) -> str:
    lacking = f"; without: {', '.join(without)}" if without else ""
    return f"Tier {tier} with evidence {len(proven)} of {len(proven) + len(without)}{lacking}"
