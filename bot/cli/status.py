"""`bringback status`: what is under way, and how the last recoveries ended."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.event_lines import tail
from bot.cli.options import Json
from bot.cli.outline_view import show_steps
from bot.cli.progress_view import headline, progress_table, state_json
from bot.cli.responder import approve_line
from bot.cli.safe_text import one_line
from bot.cli.screen import STYLES
from bot.cli.waiting import Waiting, named, waiting_steps
from bot.cli.world import Session, session_of
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.domain.wording import size_in_words
from bot.operations.show_recovery import recent, recovery_state
from bot.web.control_table import LastTime, last_times
from bot.web.control_verbs import Verbs

_SHOWN = 10


def status(
    context: typer.Context,
    recovery: Annotated[str, typer.Argument(metavar="[R-1]", help="One recovery; the last ones without it.")] = "",
    *,
    steps: Annotated[bool, typer.Option("--steps", help="With an id: what each step says, ahead and back.")] = False,
    json: Json = False,
) -> None:
    """What is under way and who must act; with an id, all steps of one recovery."""
    session = session_of(context)
    if steps and not recovery:
        raise typer.BadParameter("say of which recovery: status R-1 --steps.", param_hint="--steps")

    async def ask(verbs: Verbs) -> tuple[list[RecoveryState], list[LastTime]]:
        states = [await verbs(recovery_state, recovery)] if recovery else await verbs(recent, _SHOWN)
        return states, await verbs(last_times, recovery) if steps else []

    states, times = session.ask(ask)
    if steps and not json:
        show_steps(session.screen, states[0], session.times, {(one.unit, one.step): one.took for one in times})
    elif json:
        plain = [state_json(state) for state in states]
        session.screen.json(plain[0] if recovery else plain)
    elif not states:
        session.screen.say("Nothing was ever restored here. `bringback restore --drill` begins.")
    else:
        for state in states:
            _show(session, state, whole=bool(recovery))
        session.screen.say(f"As of {session.times.at(session.times.now)}.")


def _show(session: Session, state: RecoveryState, *, whole: bool) -> None:
    head = headline(state, session.times.now)
    asked = one_line(f"{session.times.at(state.requested_at)}, {state.requested_by_name or state.requested_by}")
    session.screen.say(Text.assemble((head, STYLES.get(state.outcome or state.status, "bold")), f"   {asked}"))
    if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        session.screen.say(Text("  NEEDS A SECOND PERSON", style="bold cyan"))
        session.screen.say(f"    {approve_line(state)}")
    for waiting in waiting_steps(state):
        title = one_line(f"{waiting.where}: {waiting.named}")
        since = session.times.ago(waiting.step.asked_at)
        words = "|".join(choice.value.replace("_", "-") for choice in waiting.choices)
        session.screen.say(
            Text.assemble(("  NEEDS A PERSON  ", "bold cyan"), f"{waiting.unit}: {title} (asked {since})")
        )
        for text in failure_lines(waiting):
            session.screen.say(text)
        session.screen.say(f"    {waiting.answer_line(waiting.choices[0])}   ({words})")
        for way in waiting.ways:
            session.screen.say(f"    {waiting.way_line(way)}")
    if whole or not state.outcome:
        session.screen.say(progress_table(state, session.times))
    if whole:
        _steps(session, state)


def failure_lines(waiting: Waiting) -> Iterator[Text]:
    """Why it is asked, and the end of what its command printed."""
    if waiting.step.detail:
        yield Text(f"    {one_line(waiting.step.detail)}", style="bold red")
    yield from tail(waiting.step.output)


def _steps(session: Session, state: RecoveryState) -> None:
    rows = []
    for name, unit in state.units.items():
        for planned in unit.unit.steps:
            step = unit.steps[planned.id]
            by = one_line(step.answered_by or step.taken_by or step.assigned_to_name or planned.by)
            why = one_line(step.reason or step.detail)
            begun, ended = session.times.clock(step.started_at or step.asked_at), session.times.clock(step.ended_at)
            title = one_line(named(planned))
            rows.append((name, planned.id, title, step.status.value, begun, ended, by, why))
    session.screen.table(("SYSTEM", "STEP", "", "STATE", "FROM", "TO", "BY", ""), rows)
    for moment, who, text in state.notes:
        session.screen.say(f"  note {session.times.clock(moment)} {one_line(who)}: {one_line(text)}")
    for file in state.attachments:
        at, who = session.times.clock(file.at), one_line(file.who)
        session.screen.say(
            f"  file {at} {who}: {one_line(file.name)}, {size_in_words(file.size)}, sha256 {file.digest}"
        )
