"""Freshness: how much would be lost if a system were brought back now, and how proven that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, as_of, button, header, line, message, rich, table, words
from bot.blocks.text import counted, escape, listed
from bot.domain.flaws import moment, span
from bot.domain.freshness import Freshness, FreshnessState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

SHOWN_AS_TEXT = 4  # more systems than this are a table
SHOWN_IN_TABLE = 15
FINDINGS = 4
_WORST_FIRST = (FreshnessState.UNKNOWN, FreshnessState.STALE, FreshnessState.LATE, FreshnessState.FRESH)


def freshness_message(found: Sequence[Freshness], proofs: Mapping[str, str], now: datetime) -> Block:
    """The answer to "how fresh is it?". `proofs`: a system's name to what its restores prove, in words."""
    ranked = sorted(found, key=lambda one: (_WORST_FIRST.index(one.state), one.system))
    buttons = actions(
        button("Ask again", action_ids.FRESHNESS_AGAIN, {"s": [one.system for one in found][:20]}),
        button("Restore…", action_ids.RESTORE_OPEN, {"s": [one.system for one in found]} if len(found) == 1 else {}),
    )
    if not ranked:
        return message("No system is declared.", [rich(line("No runbook declares a system yet.")), as_of(now)])
    if len(ranked) <= SHOWN_AS_TEXT:
        body = [_system(one, proofs.get(one.system, ""), now) for one in ranked]
        return message(_summary(ranked), [*body, as_of(now), buttons])
    shown = ranked[:SHOWN_IN_TABLE]
    rest = ranked[SHOWN_IN_TABLE:]
    more = [rich(line(f"… {counted(len(rest), 'more system')}: `/recovery freshness NAME` shows one."))] if rest else []
    head = [header("Freshness, worst first"), rich(line(_counts(ranked)))]
    tabled = [*head, table([_HEADINGS, *(_row(one, proofs) for one in shown)]), *more, as_of(now), buttons]
    simple = [*head, *(_system(one, "", now) for one in shown), *more, as_of(now), buttons]
    return message(_summary(ranked), tabled, simple)


_HEADINGS = ("System", "State", "Would lose", "RPO", "Newest usable copy", "Proof", "Known")


def _row(one: Freshness, proofs: Mapping[str, str]) -> list[str]:
    copy = one.effective
    where = f"{copy.source} {copy.location} {copy.restorable_through:%d %b %H:%M}" if copy else "-"
    why = one.fault.detail if one.fault else one.findings[0].detail if one.findings else "-"
    state = one.state.value.upper()
    return [one.system, state, _span(one.effective_age), _span(one.rpo), where, proofs.get(one.system, "-"), why]


def _system(one: Freshness, proof: str, now: datetime) -> Block:
    return rich(*(line(*pieces) for pieces in _lines(one, proof, now)))


def _lines(one: Freshness, proof: str, now: datetime) -> list[list[Block | str]]:
    lines: list[list[Block | str]] = [
        [words(f"{one.system}  {one.state.value.upper()}", bold=True), _verdict(one, now)]
    ]
    if one.effective:
        copy = one.effective
        used = f"Use: {copy.source} {copy.location}".rstrip() + f", {moment(copy.restorable_through, now)}"
        lines.append([f"{used}. {proof}" if proof else used])
    findings = [found for found in one.findings if not (one.fault and found.detail == one.fault.detail)]
    lines += [[f"{found.severity.value.capitalize()}: {found.detail} {found.helps}"] for found in findings[:FINDINGS]]
    if len(findings) > FINDINGS:
        lines.append([f"… {len(findings) - FINDINGS} more findings: `bringback freshness --json` lists them all"])
    barred = [f"{moment(each.point.restorable_through, now)}, {each.reason}" for each in one.ignored]
    if barred:
        lines.append([f"Ignored: {listed(barred, 3)}"])
    if one.checked_at:
        lines.append([f"Checked {span(now - one.checked_at)} ago"])
    return lines


def _verdict(one: Freshness, now: datetime) -> str:
    if one.effective_age is not None and one.effective and one.rpo:
        back = moment(one.effective.restorable_through, now)
        return f": could bring back to {back}, would lose {span(one.effective_age)} (RPO {span(one.rpo)})"
    if one.fault:
        return f": {one.fault.detail} {one.fault.helps}".rstrip()
    return ": no copy could be brought back"


def _counts(found: Sequence[Freshness]) -> str:
    counts = [(state, sum(one.state is state for one in found)) for state in _WORST_FIRST]
    return f"{counted(len(found), 'system')}: " + ", ".join(
        f"{count} {state.value}" for state, count in counts if count
    )


def _summary(found: Sequence[Freshness]) -> str:
    return escape(f"{_counts(found)}. " + "; ".join(f"{one.system} {one.state.value}" for one in found[:10]))


def _span(length: timedelta | None) -> str:
    return span(length) if length is not None else "-"
