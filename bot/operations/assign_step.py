"""A step is given to one person: who is asked follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Right, known_person, require
from bot.domain.errors import Conflict
from bot.domain.events import Actor, EventKind, make_event
from bot.operations.answer_step import find_step, right_to_answer

if TYPE_CHECKING:
    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk


async def assign_step(
    desk: Desk, recovery: str, unit: str, step: str, attempt: int, to: str, actor: Actor
) -> RecoveryState:
    """Give a step to a person, by id, login or name; also one that is not asked yet.

    Raises NotAllowed (also where that person may not answer it), UnknownName, and Conflict for a step that is over.
    """
    state = await desk.store.recoveries.state(recovery)
    require(desk.policy, actor, Right.ANSWER)
    planned, current = find_step(state, unit, step)
    person = known_person(desk.policy, to)
    require(desk.policy, Actor(person.id, person.display, actor.via), right_to_answer(planned), named=planned.by)
    if current.closed or state.ended_at or state.units[unit].ended_at:
        raise Conflict(f"“{planned.title}” is {current.status.value}: nobody is asked for it.", "Choose another step.")
    if attempt != current.attempt:
        raise Conflict(f"“{planned.title}” is at attempt {current.attempt}, not {attempt}.", "Look at it again.")
    now = desk.clock.now()
    event = make_event(
        recovery,
        EventKind.ASSIGNED,
        now,
        unit=unit,
        step=step,
        attempt=attempt,
        actor=actor,
        digest=planned.digest,
        data={"to": person.id, "to_name": person.display},
        extra=f"{actor.id}/{now.isoformat()}",
    )
    await desk.store.ledger.append([event])
    return await desk.store.recoveries.state(recovery)
