"""`/recovery freshness`: how much would be lost if it were brought back now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.freshness import freshness_message
from bot.domain.flaws import moment, span
from bot.domain.proof_state import ProofState, carried_over, state_of
from bot.operations.check_freshness import check_freshness
from bot.operations.sweep_sources import sweep
from bot.slack.payload import argument_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.elements import Block
    from bot.operations.desk import Desk
    from bot.slack.call import Call


async def ask(call: Call) -> None:
    """Answer from the cache, to the person who asked."""
    await call.reply.tell(await answer(call.desk, argument_of(call.payload).replace(",", " ").split()))


async def ask_again(call: Call) -> None:
    """Ask the sources of those systems again, then put the answer in the old one's place."""
    systems = [str(name) for name in value_of(call.payload).get("s", [])]
    _ = await sweep(call.desk, systems)
    await call.reply.replace(await answer(call.desk, systems))


async def answer(desk: Desk, systems: Sequence[str]) -> Block:
    """The message for these systems, for all when none is named. Raises UnknownName."""
    found = await check_freshness(desk, systems)
    proofs = {one.system: await proof_words(desk, one.system) for one in found}
    return freshness_message(found, proofs, desk.clock.now())


async def proof_words(desk: Desk, system: str) -> str:
    """What past restores of a system prove, in words: the state, and the last one that was checked."""
    estate, now = desk.estate, desk.clock.now()
    if system in estate.broken_systems:
        return "what is proven is unknown while its runbook has faults"
    declared = estate.system(system)
    proofs = await desk.store.proofs.of(system)
    digest = estate.runbooks[declared.runbook].digest
    state = state_of(proofs, digest, declared.retest, now)
    checked = [proof for proof in proofs if proof.whole]
    if not checked:
        return "GUESS, never restored" if state is ProofState.GUESS else state.value.upper()
    last = checked[-1]
    took = f", {span(last.restore_time)}" if last.restore_time else ""
    review = carried_over(proofs, digest)
    over = f", carried over by {review.by}: {review.reason}" if review else ""
    return f"{state.value.upper()}, last restored and checked {moment(last.at, now)} ({last.mode.value}){took}{over}"
