"""App Home, whenever it is opened or refreshed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import header, line, rich
from bot.blocks.home import Home, home_view
from bot.domain.errors import RunbookError
from bot.operations.check_freshness import check_freshness
from bot.operations.show_recovery import open_recoveries
from bot.operations.weigh_evidence import weigh_evidence
from bot.slack.needs import needs_of
from bot.slack.questions import questions_of

if TYPE_CHECKING:
    from bot.blocks.progress import Need
    from bot.domain.recovery_state import RecoveryState
    from bot.slack.call import Call


async def show(call: Call) -> None:
    """Publish this person's home. The Messages tab opens with the same event: it needs nothing."""
    if call.payload.get("event", {}).get("tab", "home") != "home":
        return
    try:
        home = await _gather(call)
    except RunbookError as fault:
        await call.reply.home({"type": "home", "blocks": [header("The runbooks have faults"), rich(line(str(fault)))]})
        return
    await call.reply.home(home_view(home, call.desk.clock.now()))


async def _gather(call: Call) -> Home:
    desk = call.desk
    estate, running = desk.estate, await open_recoveries(desk)
    evidence = await weigh_evidence(desk)
    proofs = {name: evidence.of(name) for name in estate.systems}
    return Home(
        mine=tuple([(state.plan.recovery, need) for state in running for need in await _mine(call, state)]),
        running=tuple(running),
        freshness=tuple(await check_freshness(desk)),
        tiers={system.name: system.tier for system in estate.systems.values()} | dict(estate.broken_systems),
        proofs={name: proof for name, proof in proofs.items() if proof},
        known=desk.policy.person(call.actor.id) is not None,
    )


async def _mine(call: Call, state: RecoveryState) -> list[Need]:
    questions = questions_of(await call.desk.store.ledger.events(state.plan.recovery))
    needs = needs_of(state, questions, call.desk.policy)
    return [need for need in needs if call.actor.id in need.asked]
