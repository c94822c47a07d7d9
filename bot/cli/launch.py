"""Starts a recovery from a terminal: shows what it will do, asks for what is missing, then stays with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.cli.ask_inputs import ask_inputs
from bot.cli.ask_part import ask_part
from bot.cli.ending import show_ending
from bot.cli.patience import PatientVerbs
from bot.cli.preview_view import show_preview
from bot.cli.questions import agrees, said
from bot.cli.responder import attend
from bot.cli.times import read_past
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.operations.sweep_sources import sweep

if TYPE_CHECKING:
    from bot.cli.keyboard import Keyboard
    from bot.cli.world import Session
    from bot.operations.preview_restore import Preview
    from bot.web.control_verbs import Verbs

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start and how to go about it. `outage` is what the person wrote; empty: they were not asked yet."""

    request: RestoreRequest
    outage: str = ""
    yes: bool = False
    detach: bool = False
    no_input: bool = False


async def launch(session: Session, verbs: Verbs, wanted: Launch) -> int:
    """Show, ask, start, follow. Gives the exit code."""
    actor = await verbs.whoami()
    keyboard = None if wanted.no_input else session.world.keyboard
    if wanted.detach and verbs.holds:
        raise BringbackError(
            "There is no bot to go on with it: --detach needs one.", "Start `bringback serve`, or leave --detach out."
        )
    await verbs(sweep, due_only=True)
    request = wanted.request
    preview = await verbs(preview_restore, request)
    if preview.parts and keyboard and not request.parts and not wanted.yes:
        request = replace(request, parts=await ask_part(session.screen, keyboard, preview))
        preview = await verbs(preview_restore, request)
    if preview.missing and keyboard:
        request = await ask_inputs(session.screen, keyboard, request, preview.missing)
        preview = await verbs(preview_restore, request)
    show_preview(session.screen, session.times, preview)
    if preview.problems:
        raise BringbackError("It cannot be started like this.", "The problems above say why.")
    if request.mode is Mode.REAL:
        request = await _with_outage(session, keyboard, request, wanted.outage)
    if keyboard and not wanted.yes and not await agrees(keyboard, _question(preview)):
        session.screen.say("Nothing was started.")
        return 1
    state = await verbs(start_recovery, request, actor)
    if wanted.detach:
        session.screen.say(f"{state.plan.recovery} is asked for. `bringback follow {state.plan.recovery}` shows it.")
        return 0
    verbs = PatientVerbs(session, verbs, state.plan.recovery)
    state = await attend(session, verbs, state.plan.recovery, actor, keyboard)
    return await show_ending(session, verbs, state)


def _question(preview: Preview) -> str:
    if not preview.plan.systems:
        if preview.needs_approval:
            return f"Ask a second person for the REAL walk of {preview.plan.name}?"
        return f"Walk {preview.plan.name} {'as a drill' if preview.plan.mode is Mode.DRILL else 'for REAL'}?"
    if preview.plan.mode is Mode.DRILL:
        return "Start this drill?"
    return "Ask a second person for this REAL restore?" if preview.needs_approval else "Start this REAL restore?"


async def _with_outage(
    session: Session, keyboard: Keyboard | None, request: RestoreRequest, outage: str
) -> RestoreRequest:
    """The request with the start of the outage, as it was said or is asked for now."""
    if not outage and keyboard:
        outage = await said(keyboard, "When did the outage start? now, 15m (ago), 03:02, or unknown [unknown] ")
    if outage in {"", UNKNOWN}:
        return request
    started_at = read_past(outage, session.world.clock.now(), session.world.zone)
    return replace(request, outage_started_at=started_at, evidence=f"said at the start: {outage}")
