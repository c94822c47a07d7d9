"""What a review says of the walk itself: where people jumped, who passed what on, files, retries, kept values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.events import Event, EventKind
from bot.domain.jump import is_ahead, target_of
from bot.domain.recovery_state import AttemptOutcome, Choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.frozen_plan import FrozenPlan
    from bot.domain.recovery_state import RecoveryState

_FAILED = frozenset({AttemptOutcome.FAILED, AttemptOutcome.TIMED_OUT})
_SECRET = "a secret, not kept"  # noqa: S105 - words for people


@dataclass(frozen=True, slots=True)
class Jumped:
    """Somebody went from one step to another; `ahead`: over what lay between."""

    at: datetime
    who: str
    unit: str
    step: str  # titles
    to: str
    ahead: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The walk, or a step of it, went to another. `how` reads on to `whom`: "assigned to", "taken over from"."""

    at: datetime
    who: str
    what: str
    how: str
    whom: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Retried:
    """A command that failed and was tried again because its step says so."""

    unit: str
    step: str  # its title
    times: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a command left for later ones. `value` says so where it is a secret."""

    unit: str
    step: str  # its title
    name: str
    value: str


def jumps(state: RecoveryState, events: Iterable[Event]) -> tuple[Jumped, ...]:
    """Every jump that the walk went on with, earliest first."""
    found = []
    for event in events:
        if event.kind == EventKind.APPLIED and event.data.get("choice") == Choice.JUMP:
            unit = state.units[event.unit]
            asked, target = unit.unit.step(event.step), target_of(unit, str(event.data["to"]))
            ahead, reason = is_ahead(unit, asked, target), str(event.data.get("reason", ""))
            found.append(Jumped(event.occurred_at, _name(event), event.unit, asked.title, target.title, ahead, reason))
    return tuple(found)


def passed_on(plan: FrozenPlan, events: Iterable[Event]) -> tuple[PassedOn, ...]:
    """Every hand-over, assignment and taking over, earliest first."""
    return tuple(one for event in events if (one := _passed_on(plan, event)))


def _passed_on(plan: FrozenPlan, event: Event) -> PassedOn | None:
    who, data = _name(event), event.data
    if event.kind == EventKind.HANDED_OVER:
        whom = str(data.get("to_name") or data.get("to"))
        return PassedOn(event.occurred_at, who, "The walk", "handed over to", whom, str(data.get("text", "")))
    if event.kind not in {EventKind.ASSIGNED, EventKind.TAKEN}:
        return None
    what = f"{plan.unit(event.unit).step(event.step).title} of {event.unit}"
    if event.kind == EventKind.ASSIGNED:
        return PassedOn(event.occurred_at, who, what, "assigned to", str(data.get("to_name") or data.get("to")))
    return PassedOn(event.occurred_at, who, what, "taken over from", str(data["from"])) if data.get("from") else None


def retries(plan: FrozenPlan, events: Sequence[Event]) -> tuple[Retried, ...]:
    """The commands that were tried again without asking, in the order of their units and steps."""
    asked = {(event.unit, event.step, event.attempt) for event in events if event.kind == EventKind.ASKED}
    begun = {(event.unit, event.step, event.attempt) for event in events if event.kind == EventKind.ATTEMPT_STARTED}
    counts: dict[tuple[str, str], int] = {}
    for event in events:
        again = (event.unit, event.step, event.attempt + 1)
        if event.kind == EventKind.ATTEMPT_ENDED and event.data.get("outcome") in _FAILED and again in begun:
            alone = (event.unit, event.step, event.attempt) not in asked
            counts[event.unit, event.step] = counts.get((event.unit, event.step), 0) + alone
    return tuple(
        Retried(unit.name, step.title, times)
        for unit in plan.units
        for step in unit.steps
        if (times := counts.get((unit.name, step.id), 0))
    )


def kept(state: RecoveryState) -> tuple[Kept, ...]:
    """What commands left for later ones, by unit and name; never a secret's value."""
    return tuple(
        Kept(name, unit.unit.step(one.step).title, variable, _SECRET if one.secret else one.value)
        for name, unit in state.units.items()
        for variable, one in unit.captured.items()
    )


def _name(event: Event) -> str:
    return event.actor_name or event.actor
