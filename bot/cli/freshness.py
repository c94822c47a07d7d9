"""`bringback freshness`: what could be brought back now, worst first."""

from typing import Annotated

import typer
from rich.text import Text

from bot.cli.access import Access
from bot.cli.options import Json
from bot.cli.safe_text import one_line
from bot.cli.screen import Screen, word
from bot.cli.times import Times, length
from bot.cli.world import session_of
from bot.domain.freshness import Freshness, FreshnessState, Severity, as_json
from bot.operations.check_freshness import check_freshness
from bot.operations.sweep_sources import sweep
from bot.web.control_verbs import Verbs

_WORST_FIRST = (FreshnessState.UNKNOWN, FreshnessState.STALE, FreshnessState.LATE, FreshnessState.FRESH)
_HEADS = ("SYSTEM", "STATE", "COULD BRING BACK TO", "WOULD LOSE", "RPO", "FROM", "CHECKED")


def freshness(
    context: typer.Context,
    systems: Annotated[list[str] | None, typer.Argument(metavar="[SYSTEM...]", help="Only these systems.")] = None,
    *,
    json: Json = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask the backup tools now, not the last sweep.")] = False,
) -> None:
    """How fresh each system's backups are, worst first."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> list[Freshness]:
        if fresh:
            await verbs(sweep, tuple(systems or ()))
        return await verbs(check_freshness, tuple(systems or ()))

    found = sorted(session.ask(ask, Access.WRITE if fresh else Access.READ), key=_place)
    if json:
        session.screen.json([as_json(one) for one in found])
    else:
        _show(session.screen, session.times, found)


def _place(one: Freshness) -> tuple[int, str]:
    return _WORST_FIRST.index(one.state), one.system


def _show(screen: Screen, times: Times, found: list[Freshness]) -> None:
    screen.table(_HEADS, [_row(one, times) for one in found])
    for one in found:
        _explain(screen, one)
    screen.say(f"As of {times.at(times.now)}.")


def _row(one: Freshness, times: Times) -> tuple[str | Text, ...]:
    point = one.effective
    return (
        one.system,
        word(one.state.upper()),
        times.at(point.restorable_through) if point else "-",
        length(one.effective_age) if one.effective_age is not None else "unknown",
        length(one.rpo) if one.rpo is not None else "none declared",
        one_line(f"{point.source} {point.location}".strip()) if point else "-",
        times.ago(one.checked_at),
    )


def _explain(screen: Screen, one: Freshness) -> None:
    told = {finding.detail for finding in one.findings}
    if one.fault and one.fault.detail not in told:
        screen.say(_line(one.system, one.fault.detail, one.fault.helps, "bold magenta"))
    for finding in one.findings:
        style = "bold red" if finding.severity is Severity.CRITICAL else "yellow"
        screen.say(_line(one.system, finding.detail, finding.helps, style))


def _line(system: str, detail: str, helps: str, style: str) -> Text:
    return Text.assemble((f"{system}: ", style), one_line(f"{detail} {helps}"))
