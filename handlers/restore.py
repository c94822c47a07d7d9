"""`/recovery restore`: a modal in two views, then the recovery is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import Block, notice, pack
from bot.blocks.restore_modal import (
    NEWEST,
    SINCE,
    Entered,
    choose_modal,
    confirm_modal,
    point_block,
    point_value,
    working_modal,
)
from bot.blocks.walk_modal import inputs_modal
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.slack.payload import argument_of, entries_of, metadata_of, value_of
from handlers.inputs import Values, carried_along, checks, given_of, input_errors, pages_of
from handlers.offer import offer_of
from handlers.once import started_before
from handlers.place import place_of
from handlers.started import started_notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.estate import Estate
    from bot.slack.call import Call
    from bot.slack.payload import Payload

UNKNOWN_START = "unknown: at least since it was declared"


async def open_form(call: Call) -> None:
    """Open at once, then fill: what the command or the button names is chosen beforehand."""
    view_id = await call.reply.open(working_modal("Reading what can be restored…"))
    wanted = argument_of(call.payload).split() if "command" in call.payload else value_of(call.payload).get("s", [])
    carried = pack({**place_of(call.payload), "d": call.heard_at.isoformat()})
    try:
        estate = call.desk.estate
        entered = _entered_at_first(estate, [str(name) for name in wanted])
        view = choose_modal(sorted(estate.plans), sorted(estate.systems), entered, carried)
        if not estate.systems:
            view = notice("Restore", "No runbook declares a system yet.", "`bringback init` drafts the front matter.")
    except BringbackError as fault:
        view = notice("Restore", str(fault))
    await call.reply.show(view_id, view)


def _entered_at_first(estate: Estate, wanted: list[str]) -> Entered:
    words = [word for word in wanted if word not in {Mode.REAL.value, Mode.DRILL.value}]
    mode = Mode.REAL.value if Mode.REAL.value in wanted else Mode.DRILL.value
    if len(words) == 1 and words[0] in estate.plans:
        return Entered(plan=words[0], mode=mode)
    return Entered(systems=tuple(estate.system(word).name for word in words), mode=mode)


def acknowledge_choice(payload: Payload) -> Mapping[str, Any]:
    """Say what is missing beside its field, or that the order is being worked out."""
    entered = entered_of(payload)
    errors: dict[str, str] = {}
    if bool(entered.plan) == bool(entered.systems):
        where = action_ids.WHAT_PLAN if action_ids.WHAT_PLAN in entries_of(payload) else action_ids.WHAT_SYSTEMS
        errors[where] = "Choose a plan or systems, not both." if entered.plan else "Choose a plan, or systems."
    if entered.mode == Mode.REAL.value and entered.since == "at" and not entered.since_at:
        errors[action_ids.SINCE_AT] = "Give the time, or choose another start above."
    if errors:
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": working_modal("Working out the order and what is proven…")}


def entered_of(payload: Payload) -> Entered:
    """What a person entered in the first view."""
    entries = entries_of(payload)
    at = entries.get(action_ids.SINCE_AT)
    return Entered(
        plan=str(entries.get(action_ids.WHAT_PLAN) or ""),
        systems=tuple(entries.get(action_ids.WHAT_SYSTEMS) or ()),
        mode=str(entries.get(action_ids.MODE) or Mode.DRILL.value),
        since=str(entries.get(action_ids.SINCE) or "unknown"),
        since_at=int(at) if at else None,
        why=str(entries.get(action_ids.WHY) or ""),
    )


async def choose(call: Call) -> None:
    """Work out what the choice comes to and show it; a fault brings the form back as it was entered."""
    view_id = str(call.payload["view"]["id"])
    entered, carried = entered_of(call.payload), metadata_of(call.payload)
    try:
        request = request_of(entered, call.heard_at, carried)
        offer = await offer_of(call.desk, await preview_restore(call.desk, request))
        kept = {**carried, **_packed(entered), **checks(offer.inputs), "h": call.heard_at.isoformat()}
        view = confirm_modal(offer, carried_along(kept))
    except BringbackError as fault:
        estate = call.desk.estate
        view = choose_modal(sorted(estate.plans), sorted(estate.systems), entered, pack(carried), str(fault))
    await call.reply.show(view_id, view)


def request_of(entered: Entered, now: datetime, carried: Mapping[str, Any]) -> RestoreRequest:
    """The request that was entered at `now`. Raises BringbackError for a start in the future."""
    started_at, evidence = _start(entered, now) if entered.mode == Mode.REAL.value else (None, "")
    declared = carried.get("d")
    return RestoreRequest(
        name=entered.plan,
        systems=entered.systems,
        mode=Mode(entered.mode),
        outage_started_at=started_at,
        evidence=evidence,
        reason=entered.why.strip(),
        declared_at=datetime.fromisoformat(declared) if declared else now,
    )


def _start(entered: Entered, now: datetime) -> tuple[datetime | None, str]:
    if entered.since == "at" and entered.since_at:
        at = datetime.fromtimestamp(entered.since_at, UTC)
        if at > now:
            raise BringbackError(
                f"The outage cannot start in the future ({at:%d %b %H:%M} UTC).", "Choose another time."
            )
        return at, "a time given by hand"
    if entered.since == "now":
        return now, "as it was declared"
    if entered.since.isdigit():
        return now - timedelta(minutes=int(entered.since)), SINCE[entered.since]
    return None, UNKNOWN_START


def _packed(entered: Entered) -> dict[str, Any]:
    packed = {"p": entered.plan, "s": list(entered.systems), "md": entered.mode, "si": entered.since}
    return {**packed, "sa": entered.since_at, "w": entered.why}


def acknowledge_confirmation(payload: Payload) -> Mapping[str, Any]:
    """Say what is wrong with a value beside its field; else the confirmation is taken, and the rest follows."""
    errors = input_errors(payload)
    if errors:
        return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": working_modal("Asking for it…")}


async def confirm(call: Call) -> None:
    """Ask for the recovery, and say where it goes on; values that the view had no room for are asked first."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    prefix = point_block("")
    chosen = {block.removeprefix(prefix): value for block, value in entries.items() if block.startswith(prefix)}
    carried["pts"] = {system: value for system, value in chosen.items() if value not in {"", None, NEWEST}}
    carried["up"] = str(entries.get(action_ids.UNPROVEN) or "").strip()
    carried["bg"] = str(entries.get(action_ids.BREAK_GLASS) or "").strip()
    await _ask_or_start(call, carried, page=0)


async def confirm_inputs(call: Call) -> None:
    """Further values were entered: ask for those that are left, else for the recovery."""
    carried = metadata_of(call.payload)
    await _ask_or_start(call, carried, page=int(carried.get("n", 0)))


async def _ask_or_start(call: Call, carried: dict[str, Any], page: int) -> None:
    """`page` is the form whose values were just entered."""
    carried["g"] = {**carried.get("g", {}), **dict(given_of(call.payload))}
    try:
        request = await _confirmed(call, carried)
        pages = pages_of(await preview_restore(call.desk, request))
        view = _ask(pages, page + 1, carried) if page + 1 < len(pages) else await _started(call, request)
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


async def _started(call: Call, request: RestoreRequest) -> Block:
    state = await started_before(call, request) or await start_recovery(call.desk, request, call.actor)
    return started_notice(call.desk, state)


def _ask(pages: Sequence[Values], page: int, carried: Mapping[str, Any]) -> Block:
    kept = carried_along({**carried, **checks(pages[page]), "n": page})
    return inputs_modal("The restore", pages[page], kept, of_restore=True, page=page, pages=len(pages))


async def _confirmed(call: Call, carried: Mapping[str, Any]) -> RestoreRequest:
    entered = Entered(
        plan=carried.get("p", ""),
        systems=tuple(carried.get("s", ())),
        mode=carried.get("md", Mode.DRILL.value),
        since=carried.get("si", "unknown"),
        since_at=carried.get("sa"),
        why=carried.get("w", ""),
    )
    request = request_of(entered, datetime.fromisoformat(carried["h"]), carried)
    return replace(
        request,
        points=await _points(call, carried.get("pts", {})),
        inputs=tuple((name, str(value)) for name, value in carried.get("g", {}).items()),
        unproven_reason=str(carried.get("up", "")),
        break_glass=str(carried.get("bg", "")),
    )


async def _points(call: Call, wanted: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The recovery points that were chosen. Raises BringbackError for one that is gone meanwhile."""
    chosen = []
    for system, value in wanted.items():
        readings = await call.desk.store.readings.of(system)
        ids = {point_value(point.id): point.id for reading in readings for point in reading.points}
        if value not in ids:
            what = f"The recovery point chosen for {system} is no longer listed by its source."
            raise BringbackError(what, "Open the form again and choose another.")
        chosen.append((system, ids[value]))
    return tuple(chosen)
