"""Looking at all steps of a walk, ahead and back, and going to one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.asked_step import step_reference
from bot.blocks.elements import notice
from bot.blocks.look_modal import Look, look_modal, page_of
from bot.blocks.reason_modal import jump_modal
from bot.blocks.restore_modal import working_modal
from bot.domain.errors import BringbackError
from bot.domain.jump import THE_END, is_ahead, skipped_checks, target_of, targets
from bot.domain.outline import label, outline
from bot.domain.recovery_state import StepStatus
from bot.operations.answer_step import find_step
from bot.operations.previous_times import previous_times
from bot.slack.payload import chosen_of, metadata_of, value_of
from handlers.asked import recovery_of, where_of
from handlers.place import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.blocks.elements import Block
    from bot.domain.recovery_state import RecoveryState, UnitState
    from bot.slack.call import Call


async def open_steps(call: Call) -> None:
    """Open the steps of the recovery that was clicked, at the place where it stands."""
    value = value_of(call.payload)
    recovery = recovery_of(value)
    view_id = await call.reply.open(working_modal("Reading the steps…", "All steps"))
    await _show(call, view_id, recovery, unit=str(value.get("u", "")))


async def show_unit(call: Call) -> None:
    """Another unit was chosen."""
    await _show(call, _view_id(call), recovery_of(metadata_of(call.payload)), unit=chosen_of(call.payload))


async def show_step(call: Call) -> None:
    """A step was chosen: show all that it says."""
    carried = metadata_of(call.payload)
    place = int(chosen_of(call.payload) or -1)
    await _show(call, _view_id(call), recovery_of(carried), unit=str(carried.get("u", "")), place=place)


async def show_background(call: Call) -> None:
    """A section of what the runbook explains was chosen: show it, on the page that is open."""
    carried = metadata_of(call.payload)
    unit, page = str(carried.get("u", "")), int(carried.get("p", 0))
    section = int(chosen_of(call.payload) or -1)
    await _show(call, _view_id(call), recovery_of(carried), unit=unit, page=page, background=section)


async def turn(call: Call) -> None:
    """Turn to another page."""
    value = value_of(call.payload)
    page = int(value.get("p", 0))
    await _show(call, _view_id(call), recovery_of(value), unit=str(value.get("u", "")), page=page)


async def ask_jump(call: Call) -> None:
    """Ask why the walk goes to the step that was looked at, in the same modal."""
    await _ask_jump(call, _view_id(call))


async def ask_way_out(call: Call) -> None:
    """Ask whether the walk goes where the runbook says after a failure."""
    where_of(value_of(call.payload))
    await _ask_jump(call, await call.reply.open(working_modal("Reading the step…", "Go to another step")))


async def _ask_jump(call: Call, view_id: str) -> None:
    value = value_of(call.payload)
    where = where_of(value)
    try:
        state = await call.desk.store.recoveries.state(where["recovery"])
        view = _jump_view(state, where, {**place_of(call.payload), **value})
    except BringbackError as fault:
        view = notice("Go to another step", str(fault))
    await call.reply.show(view_id, view)


def _jump_view(state: RecoveryState, where: Mapping[str, Any], carried: Mapping[str, Any]) -> Block:
    asked, _ = find_step(state, where["unit"], where["step"])
    unit, to = state.units[where["unit"]], str(carried.get("to", ""))
    if to != THE_END.id:
        find_step(state, where["unit"], to)
    target = target_of(unit, to)
    return jump_modal(
        carried,
        target.title if target is THE_END else f"{label(unit.unit, target)}: {target.title}",
        str(carried.get("w", "")),
        ahead=is_ahead(unit, asked, target),
        skips_check=bool(skipped_checks(unit, asked, target)),
    )


async def _show(
    call: Call,
    view_id: str,
    recovery: str,
    *,
    unit: str = "",
    place: int = -1,
    page: int | None = None,
    background: int = -1,
) -> None:
    """`place` is that of the step that is shown whole, `background` that of a section, among all of the unit; or -1."""
    try:
        state = await call.desk.store.recoveries.state(recovery)
        name = unit if unit in state.units else _where_it_stands(state)
        steps = state.units[name].unit.steps
        step = steps[place].id if 0 <= place < len(steps) else ""
        at = page_of(outline(state.units[name]), step) if page is None else page
        usual = await previous_times(call.desk, state.plan)
        where = place_of(call.payload)
        asked = _asked(state, name)
        view = look_modal(Look(state, name, at, step, usual, asked, _jump(state, name, step, asked), where, background))
    except BringbackError as fault:
        view = notice("All steps", str(fault))
    await call.reply.show(view_id, view)


def _where_it_stands(state: RecoveryState) -> str:
    """The unit under way, else the first."""
    under_way = (name for name, unit in state.units.items() if unit.started_at and not unit.ended_at)
    return next(under_way, next(iter(state.units)))


def _asked(state: RecoveryState, name: str) -> dict[str, Any]:
    """What a button carries that answers the question that stands; empty where none does."""
    unit: UnitState = state.units[name]
    waiting = (one for one in unit.unit.steps if unit.steps[one.id].status is StepStatus.WAITING)
    asked = next(waiting, None)
    if asked is None or state.ended_at or unit.ended_at:
        return {}
    return step_reference(state.plan.recovery, name, asked, unit.steps[asked.id].attempt)


def _jump(state: RecoveryState, name: str, step: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The same, where that step may be gone to from the question."""
    unit = state.units[name]
    open_to = targets(unit, unit.unit.step(str(asked["s"]))) if asked else ()
    return dict(asked) if step in {target.id for target in open_to} else {}


def _view_id(call: Call) -> str:
    return str((call.payload.get("view") or {}).get("id", ""))
