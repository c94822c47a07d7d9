"""A person says that a runbook was only written anew: what it does is the same, so its proof stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Right, require
from bot.domain.errors import BringbackError, Conflict
from bot.domain.make_plan import short
from bot.domain.proof_state import CosmeticReview

if TYPE_CHECKING:
    from bot.domain.events import Actor
    from bot.operations.desk import Desk


async def record_cosmetic_review(desk: Desk, name: str, actor: Actor, reason: str) -> str:
    """Carry the newest proof of a system over to its runbook as it is now; recorded in the estate's stream.

    `name` is the system, or the runbook that declares it. Returns what was done, as a sentence. Raises NotAllowed,
    UnknownName, RunbookError, Conflict where there is nothing to carry over, and BringbackError without a reason.
    """
    person = require(desk.policy, actor, Right.COSMETIC)
    if not reason.strip():
        raise BringbackError("A cosmetic review needs a reason.", "Say what was changed, and why it does nothing else.")
    runbook = desk.estate.runbook(name)
    if runbook.system is None:
        raise Conflict(f"{runbook.name} declares no system: it has no proof.", "Name a system.")
    system, digest = runbook.system.name, runbook.digest
    proofs = [proof for proof in await desk.store.proofs.of(system) if proof.whole]
    if not proofs:
        raise Conflict(f"{system} has no proof to carry over.", "Run a drill: it proves the restore as it is now.")
    newest = max(proofs, key=lambda proof: proof.at)
    if newest.speaks_for(digest):
        raise Conflict(f"{system} was proven as its runbook is now.", "There is nothing to carry over.")
    review = CosmeticReview(
        system=system,
        from_digest=newest.digest,
        to_digest=digest,
        reason=reason.strip(),
        by=person.display,
        at=desk.clock.now(),
    )
    await desk.store.proofs.carry(review, actor)
    return (
        f"The proof of {system} from {newest.at:%Y-%m-%d %H:%M} UTC ({newest.recovery}) was carried over by "
        f"{person.display}, from {short(newest.digest)} to {short(digest)}: {review.reason}"
    )
