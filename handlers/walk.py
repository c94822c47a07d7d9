"""`/recovery runbook`: walk one runbook, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import notice, pack
from bot.blocks.restore_modal import working_modal
from bot.blocks.walk_modal import walk_inputs_modal, walk_modal
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.slack.payload import argument_of, entries_of, metadata_of
from handlers.inputs import askable, checks, given_of, input_errors
from handlers.once import started_before
from handlers.place import place_of
from handlers.restore import UNKNOWN_START
from handlers.started import started_notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.blocks.elements import Block
    from bot.operations.preview_restore import Preview
    from bot.slack.call import Call
    from bot.slack.payload import Payload


async def open_form(call: Call) -> None:
    """Open at once, then fill; a name after the command is chosen beforehand."""
    view_id = await call.reply.open(working_modal("Reading the runbooks…"))
    carried = pack({**place_of(call.payload), "d": call.heard_at.isoformat()})
    wanted = argument_of(call.payload) if "command" in call.payload else ""
    try:
        estate = call.desk.estate
        books = {name: book.title for name, book in sorted(estate.runbooks.items()) if not book.plan}
        chosen = estate.runbook(wanted).name if wanted else next(iter(books), "")
        view = walk_modal(list(books), books, chosen, Mode.DRILL.value, carried)
        if not books:
            view = notice("Walk a runbook", "There is no runbook yet. RUNBOOKS_DIR says where they are read from.")
        elif chosen not in books:
            view = notice("Walk a runbook", f"{wanted} is a plan: it is restored, not walked. Use restore instead.")
    except BringbackError as fault:
        view = notice("Walk a runbook", str(fault))
    await call.reply.show(view_id, view)


def acknowledge(_payload: Payload) -> Mapping[str, Any]:
    """The choice is taken; the rest follows."""
    return {"response_action": "update", "view": working_modal("Starting…")}


async def start(call: Call) -> None:
    """Start the walk and say where it goes on; what its runbook asks for is asked first."""
    entries, carried = entries_of(call.payload), metadata_of(call.payload)
    mode = Mode(entries.get(action_ids.MODE) or Mode.DRILL.value)
    why = str(entries.get(action_ids.WHY) or carried.get("w", "")).strip()
    request = _request(str(entries.get(action_ids.RUNBOOK) or ""), mode, why)
    try:
        preview = await preview_restore(call.desk, request)
        asked = askable(preview) if preview.missing else ()
        view = _ask(preview, {**carried, "w": why}) if asked else await _started(call, request)
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


def _request(runbook: str, mode: Mode, why: str) -> RestoreRequest:
    evidence = UNKNOWN_START if mode is Mode.REAL else ""
    return RestoreRequest(runbook=runbook, mode=mode, evidence=evidence, reason=why)


def _ask(preview: Preview, carried: Mapping[str, Any]) -> Block:
    inputs, plan = askable(preview), preview.plan
    kept = pack({**carried, **checks(inputs), "r": plan.name, "md": plan.mode.value})
    return walk_inputs_modal(plan.units[0].title, inputs, kept)


async def _started(call: Call, request: RestoreRequest) -> Block:
    state = await started_before(call, request) or await start_recovery(call.desk, request, call.actor)
    return started_notice(call.desk, state)


def acknowledge_inputs(payload: Payload) -> Mapping[str, Any]:
    """Say what is wrong with a value beside its field; else the walk starts."""
    errors = input_errors(payload)
    return {"response_action": "errors", "errors": errors} if errors else acknowledge(payload)


async def start_with_inputs(call: Call) -> None:
    """Start the walk with the values that were entered, and say where it goes on."""
    carried = metadata_of(call.payload)
    request = _request(str(carried.get("r", "")), Mode(carried.get("md", Mode.DRILL.value)), str(carried.get("w", "")))
    try:
        view = await _started(call, replace(request, inputs=given_of(call.payload)))
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)
