"""`/recovery order`: the restore order of a plan, of a system, or of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.order import Ordered, order_message
from bot.domain.proof_state import state_of
from bot.slack.payload import argument_of

if TYPE_CHECKING:
    from bot.domain.estate import Estate
    from bot.slack.call import Call


async def ask(call: Call) -> None:
    """Tell the order."""
    estate, now = call.desk.estate, call.desk.clock.now()
    named = argument_of(call.payload)
    names = _names(estate, named)
    graph = {name: [parent for parent in estate.systems[name].depends_on if parent in names] for name in names}
    proofs = {}
    for name in names:
        system = estate.systems[name]
        digest = estate.runbooks[system.runbook].digest
        proofs[name] = state_of(await call.desk.store.proofs.of(name), digest, system.retest, now)
    await call.reply.tell(order_message(Ordered(named or "everything", graph, estate.systems, proofs)))


def _names(estate: Estate, named: str) -> list[str]:
    if not named:
        # The order of everything has no gap that does not show: what is broken is named instead.
        return estate.with_dependencies([*estate.systems, *estate.broken_systems])
    if named in estate.plans:
        return estate.with_dependencies(estate.plans[named].systems)
    if named in estate.systems:
        return estate.with_dependencies([named])
    raise estate.missing("plan or system", named, [*estate.plans, *estate.systems])
