"""One line for each thing that happens while a recovery is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.text import Text

from bot.cli.safe_text import joined, one_line, safe
from bot.cli.screen import STYLES
from bot.cli.waiting import named
from bot.domain.events import Event, EventKind
from bot.domain.jump import THE_END
from bot.domain.recovery_state import AttemptOutcome, Choice
from bot.domain.wording import size_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.cli.times import Times
    from bot.domain.frozen_plan import FrozenPlan

_TAIL_LINES = 8
_GOOD = frozenset({AttemptOutcome.PASSED})
_ANSWERS: dict[str, str] = {  # by the text of a choice
    Choice.DONE.value: "done by {who}",
    Choice.FAIL.value: "failed, says {who}",
    Choice.SKIP.value: "skipped by {who}",
    Choice.RETRY.value: "to be run again, says {who}",
    Choice.JUMP.value: "left by {who} for {to}",
    Choice.GIVE_UP.value: "given up by {who}",
}


def event_lines(event: Event, plan: FrozenPlan, times: Times) -> Iterator[Text]:
    """What people read of an event; nothing for those that only the machine needs."""
    told = _SAID.get(event.kind)
    if told is None:
        return
    what, style = told(_with_target(event, plan))
    where = _where(event, plan)
    yield Text.assemble((f"{times.clock(event.occurred_at)}  ", "dim"), (f"{where}  ", "bold"), (one_line(what), style))
    if event.kind == EventKind.ATTEMPT_ENDED and event.data.get("outcome") not in _GOOD:
        yield from tail(str(event.data.get("output", "")))


def _with_target(event: Event, plan: FrozenPlan) -> Event:
    """The event with the title of the step that a jump goes to, in the place of its id."""
    to = str(event.data.get("to", ""))
    if event.kind != EventKind.ANSWERED or not to:
        return event
    titles = {step.id: named(step) for step in (*plan.unit(event.unit).steps, THE_END)}
    return replace(event, data={**event.data, "to": f"“{titles.get(to, to)}”"})


def tail(output: str) -> Iterator[Text]:
    """The last lines of a command's output."""
    lines = safe(output).rstrip("\n").split("\n") if output.strip() else []
    if len(lines) > _TAIL_LINES:
        yield Text(f"            ... {len(lines) - _TAIL_LINES} lines before", style="dim")
    for line in lines[-_TAIL_LINES:]:
        yield Text(f"            | {line}", style="dim")


def _where(event: Event, plan: FrozenPlan) -> str:
    if not event.unit:
        return event.stream
    if not event.step:
        return event.unit
    step = plan.unit(event.unit).step(event.step)
    return f"{event.unit}: {one_line(named(step))}"


def _who(event: Event) -> str:
    return event.actor_name or event.actor or "the bot"


def _because(event: Event) -> str:
    reason = str(event.data.get("reason", ""))
    return f": {reason}" if reason else ""


def _ended(event: Event) -> tuple[str, str]:
    outcome = str(event.data.get("outcome", ""))
    detail = str(event.data.get("detail", ""))
    comparison = event.data.get("comparison") or {}
    said = detail or str(comparison.get("detail", ""))
    verified = comparison.get("verdict") == "verified"
    words = "verified against the recorded truth" if verified else outcome.replace("_", " ")
    style = ("green" if verified else "") if outcome in _GOOD else "bold red"
    return f"{words}{f': {said}' if said else ''}", style


def _answered(event: Event) -> tuple[str, str]:
    choice = str(event.data.get("choice", ""))
    told = _ANSWERS.get(choice, f"{choice} by {{who}}").format(who=_who(event), to=event.data.get("to", ""))
    later = ", the time was given by hand" if event.data.get("said_at") else ""
    return f"{told}{later}{_because(event)}", ""


def _taken(event: Event) -> tuple[str, str]:
    before = f", taken over from {event.data['from']}" if event.data.get("from") else ""
    return f"{_who(event)} is on it{before}", ""


def _handed_over(event: Event) -> tuple[str, str]:
    text = f": {event.data['text']}" if event.data.get("text") else ""
    return f"handed over to {event.data.get('to_name', '')} by {_who(event)}{text}", "bold"


def _attached(event: Event) -> tuple[str, str]:
    return f"{_who(event)} attached {event.data.get('name', '')} ({size_in_words(int(event.data.get('size', 0)))})", ""


def _unit_ended(event: Event) -> tuple[str, str]:
    verdict = str(event.data.get("verdict", ""))
    reasons = joined(event.data.get("reasons", ()))
    return f"{verdict.upper()}{f': {reasons}' if reasons else ''}", STYLES.get(verdict, "")


def _asked(event: Event) -> tuple[str, str]:
    detail = str(event.data.get("detail", ""))
    return f"a person is needed{f': {detail}' if detail else ''}", "bold cyan"


def _by(text: str, style: str = "") -> Callable[[Event], tuple[str, str]]:
    return lambda event: (text.format(who=_who(event)) + _because(event), style)


def _with(text: str, key: str) -> Callable[[Event], tuple[str, str]]:
    def told(event: Event) -> tuple[str, str]:
        value: Any = event.data.get(key, "")
        return text.format(who=_who(event), value=value) + _because(event), ""

    return told


_SAID: dict[str, Callable[[Event], tuple[str, str]]] = {
    EventKind.REQUESTED: _by("asked for by {who}"),
    EventKind.APPROVED: _by("approved by {who}"),
    EventKind.REJECTED: _by("rejected by {who}", "bold red"),
    EventKind.EXPIRED: _by("expired: nobody approved it in time", "bold red"),
    EventKind.BREAK_GLASS: _with("BREAK-GLASS ({value}) by {who}", "gate"),
    EventKind.STARTED: _by("started"),
    EventKind.OUTAGE_CORRECTED: _with("start of the outage corrected to {value} by {who}", "to"),
    EventKind.LEAD_TAKEN: _by("{who} leads"),
    EventKind.HANDED_OVER: _handed_over,
    EventKind.ATTACHED: _attached,
    EventKind.PAUSED: _by("paused by {who}", "yellow"),
    EventKind.RESUMED: _by("resumed by {who}"),
    EventKind.ABORT_REQUESTED: _by("abort asked for by {who}", "bold red"),
    EventKind.NOTED: _with("note by {who}: {value}", "text"),
    EventKind.UNIT_STARTED: _by("starts"),
    EventKind.ATTEMPT_STARTED: _by("running", "cyan"),
    EventKind.ATTEMPT_ENDED: _ended,
    EventKind.ASKED: _asked,
    EventKind.ASSIGNED: _with("assigned to {value} by {who}", "to_name"),
    EventKind.TAKEN: _taken,
    EventKind.ANSWERED: _answered,
    EventKind.UNIT_ENDED: _unit_ended,
    EventKind.ENDED: lambda event: (str(event.data.get("outcome", "")).upper(), "bold"),
}
