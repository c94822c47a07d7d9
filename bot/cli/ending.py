"""How a recovery that was followed has ended, and the exit code that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.progress_view import headline
from bot.cli.responder import OPEN
from bot.cli.review_lines import head_lines
from bot.cli.safe_text import joined, one_line
from bot.cli.screen import STYLES
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.next_action import SIMULATED
from bot.domain.recovery_state import Outcome, RecoveryState, RecoveryStatus, StepStatus, UnitState, Verdict
from bot.operations.review_recovery import review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.world import Session
    from bot.web.control_verbs import Verbs

_WELL = frozenset({Verdict.VERIFIED, Verdict.DONE})


async def show_ending(session: Session, verbs: Verbs, state: RecoveryState) -> int:
    """Print how it ended. The exit code: 0 when everything that counts was verified (a walk: done), else 1.

    In a drill a system of which every check was verified counts, also when manual steps of it were only simulated.
    """
    screen = session.screen
    screen.say("")
    for line in await _head(session, verbs, state):
        screen.say(line)
    for line in _lines(state):
        screen.say(line)
    recovery = state.plan.recovery
    if state.status in OPEN:
        screen.say(f"It is not over: `bringback follow {recovery}` shows it again.")
        if verbs.holds:
            screen.say(
                "Nothing goes on while no bot runs, but what runs now: `bringback serve`, or follow it, to go on."
            )
    elif state.status is RecoveryStatus.ENDED:
        screen.say(f"All of it, with times: bringback review {recovery}")
    return 0 if state.outcome in {Outcome.RECOVERED, Outcome.FINISHED} or _only_simulated(state) else 1


def _only_simulated(state: RecoveryState) -> bool:
    """Whether a drill is PARTIAL for nothing but manual steps that were spoken of instead of done."""
    if state.plan.mode is not Mode.DRILL or state.outcome is not Outcome.PARTIAL:
        return False
    return all(_well_but_simulated(unit) for unit in state.units.values() if not unit.unit.optional)


def _well_but_simulated(unit: UnitState) -> bool:
    if unit.verdict is not Verdict.PARTIAL:
        return unit.verdict in _WELL
    verified = all(unit.steps[check.id].status is StepStatus.VERIFIED for check in unit.unit.checks)
    return verified and all(reason.startswith(SIMULATED) for reason in unit.reasons)


async def _head(session: Session, verbs: Verbs, state: RecoveryState) -> list[Text]:
    if state.status is RecoveryStatus.ENDED:
        return list(head_lines(await verbs(review, state.plan.recovery)))
    style = STYLES.get(state.status, "bold")
    return [Text(headline(state, session.times.now), style=style)]


def _lines(state: RecoveryState) -> Iterator[Text]:
    held = state.held
    for name, unit in state.units.items():
        if unit.verdict and unit.verdict not in _WELL:
            yield _line(name, unit.verdict.upper(), joined(unit.reasons), STYLES.get(unit.verdict, "bold red"))
        elif name in held:
            yield _line(name, "NOT STARTED", f"held by {', '.join(held[name])}", "bold red")
        elif not unit.ended_at and unit.unit.kind is UnitKind.SYSTEM and state.status is RecoveryStatus.ENDED:
            yield _line(name, "NOT RESTORED", _why_not(unit), "bold red")


def _why_not(unit: UnitState) -> str:
    return "it was not started" if not unit.started_at else "it was under way when the recovery ended"


def _line(name: str, word: str, text: str, style: str) -> Text:
    return Text.assemble(f"  {one_line(name)}  ", (word, style), f"{'  ' if word else ''}{one_line(text)}")
