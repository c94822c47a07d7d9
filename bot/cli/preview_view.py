"""What a recovery will do, before it starts: overwrites, losses, order, guesses, usual times, the RTO."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.safe_text import one_line
from bot.cli.screen import make_table, word
from bot.cli.times import length
from bot.domain.approval_text import WALK_KEEPS, runs_in_words, spares_in_words
from bot.domain.frozen_plan import FrozenPlan, Mode, Unit, UnitKind
from bot.domain.make_plan import short
from bot.domain.proof_state import ProofState
from bot.domain.restore_order import levels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from bot.cli.screen import Screen
    from bot.cli.times import Times
    from bot.domain.recovery_state import RecoveryState
    from bot.operations.preview_restore import Preview

_FIRST = 12
"""Steps of a walk, or its commands, that are named before it starts."""

_MIXED = timedelta(minutes=5)
"""Recovery points that lie further apart than this are worth a warning."""


def show_preview(screen: Screen, times: Times, preview: Preview) -> None:
    """Everything to know before it starts."""
    for line in _of_plan(preview.plan, times):
        screen.say(line)
    if preview.parts:
        left = [part.title for part in preview.parts if part.title not in preview.chosen and not part.hidden]
        rest = f" (left out: {', '.join(left)})" if left else ""
        screen.say(_headed("PARTS", f"{', '.join(preview.chosen)}{rest}"))
    if preview.plan.systems:
        screen.say(_table(preview, times))
    else:
        for line in _walk(preview.plan):
            screen.say(line)
    for line in _guesses(preview):
        screen.say(line)
    for problem in preview.problems:
        screen.say(_headed("PROBLEM", problem, "bold red"))


def show_preview_of(screen: Screen, times: Times, state: RecoveryState, preview: Preview | None) -> None:
    """What an approver must see: overwrites, losses, order, usual times, guesses, the RTO, who asks; a walk's commands.

    `preview` is what its systems' evidence says now; None when that cannot be told.
    """
    plan = state.plan
    asked = f"Asked by {state.requested_by_name or state.requested_by} at {times.at(state.requested_at)}"
    what = "RESTORE" if plan.systems else "WALK"
    screen.say(_headed(f"APPROVE {plan.mode.upper()} {what} {plan.recovery}?", asked, "bold"))
    for line in _of_plan(plan, times):
        screen.say(line)
    for line in _evidence(preview) if plan.systems else ():
        screen.say(line)
    if state.reason:
        screen.say(_headed("REASON", state.reason))
    if state.outage_started_at:
        screen.say(_headed("OUTAGE", f"since {times.at(state.outage_started_at)} ({state.evidence})"))
        if plan.rto:
            screen.say(_headed("RTO", f"ends {times.at(state.outage_started_at + plan.rto)}"))
    screen.say(_headed("PLAN", short(plan.digest)))


def _of_plan(plan: FrozenPlan, times: Times) -> Iterator[RenderableType]:
    if plan.mode is Mode.REAL:
        for unit in plan.systems:
            if unit.target:
                spared = "".join(f"; {words}" for words in (spares_in_words([unit]),) if words)
                kept = f"{unit.target} ({unit.name}); what is there now is kept aside{spared}"
                yield _headed("OVERWRITES", kept, "bold red")
    else:
        targets = ", ".join(unit.target for unit in plan.systems if unit.target)
        into = f"into {targets or 'no target'}; the live systems are not touched"
        spoken = f"say what you would do; {'only what RUNS is done' if plan.running else 'nothing is touched'}"
        yield _headed("DRILL", into if plan.systems else spoken, "bold cyan")
    yield from _of_walk(plan)
    for unit in plan.systems:
        if unit.point and plan.mode is Mode.REAL:
            yield _headed("LOSES", f"{unit.name}: what was written after {times.at(unit.point.restorable_through)}")
    if plan.mode is Mode.REAL and (mixed := _mixed(plan, times)):
        yield _headed("MIXED POINTS", mixed, "bold yellow")
    if plan.systems:
        yield _headed("ORDER", order_line(plan.units))
    if plan.inputs:
        yield _headed("INPUTS", ", ".join(f"{name}={value}" for name, value in plan.inputs))
    if plan.rto:
        yield _headed("RTO", length(plan.rto))


def _of_walk(plan: FrozenPlan) -> Iterator[RenderableType]:
    """What a walk that restores no system does by itself, if anything."""
    if plan.running and not plan.systems:
        yield _headed("RUNS", runs_in_words(plan, _FIRST))
        yield _headed("KEEPS", WALK_KEEPS)


def _mixed(plan: FrozenPlan, times: Times) -> str:
    points = sorted((unit.point.restorable_through, unit.name) for unit in plan.systems if unit.point)
    if not points or points[-1][0] - points[0][0] <= _MIXED:
        return ""
    (oldest, first), (newest, last) = points[0], points[-1]
    return f"{first} is from {times.at(oldest)}, {length(newest - oldest)} older than {last}"


def _guesses(preview: Preview) -> Iterator[RenderableType]:
    if preview.guesses:
        never = f"never restored and checked: {', '.join(preview.guesses)}"
        yield _headed("GUESS", f"{never}. How long these take, and whether they work, is a guess.", "bold magenta")


def _evidence(preview: Preview | None) -> Iterator[RenderableType]:
    if preview is None:
        yield _headed("USUALLY", "unknown: what is proven of these systems cannot be read", "bold magenta")
        return
    timed = [f"{name} {length(usual)}" for name, usual in preview.usual.items() if usual]
    yield _headed("USUALLY", ", ".join(timed) or "no restore was ever timed")
    yield from _guesses(preview)


def order_line(units: Sequence[Unit]) -> str:
    """The order on one line: “dns + storage -> orders-db -> api”."""
    names = {unit.name for unit in units}
    graph = {unit.name: [name for name in unit.depends_on if name in names] for unit in units}
    return " -> ".join(" + ".join(level) for level in levels(graph))


def _table(preview: Preview, times: Times) -> RenderableType:
    rows: list[tuple[str | Text, ...]] = []
    for unit in preview.plan.systems:
        proof = preview.proof_states.get(unit.name, ProofState.GUESS)
        usual = preview.usual.get(unit.name)
        fresh = preview.freshness.get(unit.name)
        rows.append(
            (
                unit.name,
                word(fresh.state.upper()) if fresh else "-",
                times.at(unit.point.restorable_through) if unit.point else "no copy",
                one_line(f"{unit.point.source} {unit.point.id}") if unit.point else "-",
                word(proof.upper()),
                length(usual) if usual else "never timed",
                length(unit.rto),
            )
        )
    heads = ("SYSTEM", "BACKUPS", "BRINGS BACK TO", "FROM", "PROOF", "USUALLY", "RTO")
    others = [unit for unit in preview.plan.units if unit.kind is not UnitKind.SYSTEM]
    rows += [(unit.name, "-", "-", f"{len(unit.steps)} steps", "-", "-", "-") for unit in others]
    return make_table(heads, rows)


def _walk(plan: FrozenPlan) -> Iterator[Text]:
    """The steps of a walk as its author counts them, the first of them by name."""
    for unit in plan.units:
        first = {step.place: step for step in reversed(unit.steps)}
        yield _headed("STEPS", f"{unit.places} of {unit.title}")
        for place in sorted(first)[:_FIRST]:
            yield Text(one_line(f"{place}. {first[place].title}"))
        if len(first) > _FIRST:
            yield Text(f"... and {len(first) - _FIRST} more: [l] shows them")


def _headed(head: str, text: str, style: str = "bold") -> Text:
    return Text.assemble((f"{head:<11} ", style), one_line(text))
