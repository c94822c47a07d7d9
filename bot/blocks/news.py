"""The few lines that a channel hears besides the progress and the review: something failed, the RTO is at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import Block, line, link, message, people, rich, words
from bot.blocks.text import clock, cut, escape, minutes, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.rto import Rto
    from bot.blocks.step import AskedStep
    from bot.domain.recovery_state import RecoveryState, UnitState


def step_failed_message(asked: AskedStep, url: str) -> Block:
    """A step failed and a person has to decide."""
    said = f"{asked.unit}: {asked.step.title}: {cut(one_line(asked.state.detail or 'it gave no reason'), 500)}  "
    label = f"{asked.recovery} {asked.mode.value.upper()} FAILED  "
    opening = [link("Decide", url)] if url else []
    called = "".join(f" <@{slack_id}>" for slack_id in asked.asked)
    blocks = [rich(line(words(label, bold=True), said, *people(asked.asked), words("  "), *opening))]
    return message(escape(label + said.strip()) + called, blocks)


def overdue_message(asked: AskedStep, further: Sequence[str], url: str, became: str = "") -> Block:
    """Nobody has gone to a step for too long: `further` people are asked too, by their Slack ids.

    `became` is what became of it since; then it waits for nobody else.
    """
    since = f", asked {clock(asked.state.asked_at)} UTC" if asked.state.asked_at else ""
    state = f": {became}" if became else ", and nobody is on it"
    said = f"{asked.unit}: {one_line(asked.step.title)}{since}{state}  "
    label = f"{asked.recovery} {asked.mode.value.upper()} {'' if became else 'WAITS'}".rstrip() + "  "
    opening = [link("Open", url)] if url else []
    called = "".join(f" <@{slack_id}>" for slack_id in further)
    blocks = [rich(line(words(label, bold=True), said, *people(further), words("  "), *opening))]
    return message(escape(label + said.strip()) + called, blocks)


def handed_message(recovery: str, said: str, told: Sequence[str], words_of_it: str = "") -> Block:
    """A step or a walk passed from one person to another: `told` are Slack ids."""
    blocks = [rich(line(words(f"{recovery}  ", bold=True), said, *people(told)))]
    if words_of_it:
        blocks.append(rich(line(cut(words_of_it, 2000))))
    called = "".join(f" <@{slack_id}>" for slack_id in told)
    return message(escape(f"{recovery} {said} {cut(one_line(words_of_it), 500)}".strip()) + called, blocks)


def unit_failed_message(state: RecoveryState, unit: UnitState) -> Block:
    """A unit ended without being brought back."""
    held = sorted(name for name, by in state.held.items() if unit.unit.name in by)
    waits = f" Cannot start: {', '.join(held)}." if held else ""
    why = cut(one_line("; ".join(unit.reasons) or "no reason given"), 600)
    label = f"{state.plan.recovery} {state.plan.mode.value.upper()} FAILED  "
    said = f"{unit.unit.name}: {why}.{waits}"
    return message(escape(label + said), [rich(line(words(label, bold=True), said))])


def rto_message(state: RecoveryState, rto: Rto, asked: Sequence[str]) -> Block:
    """The RTO is at risk, or gone, or was met after all."""
    label = f"{state.plan.recovery} RTO{rto.whose} {'MET' if rto.met else 'MISSED' if rto.missed else 'AT RISK'}  "
    if rto.met:
        said = f"{minutes(rto.limit)}, met after all"
    elif rto.missed:
        said = f"{minutes(rto.limit)} ended at {clock(rto.ends_at)} UTC"
    else:
        said = f"{minutes(rto.limit)} ends at {clock(rto.ends_at)} UTC  "
    called = [] if rto.met else list(asked)
    mentions = "".join(f" <@{slack_id}>" for slack_id in called)
    blocks = [rich(line(words(label, bold=True), said, words("  "), *people(called)))]
    return message(escape(label + said) + mentions, blocks)
