"""What is proven of every declared system today, copy by copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.proof_state import CosmeticReview, Proof, ProofState, carried_over, proofs_of, state_of
from bot.domain.recovery_state import Verdict

if TYPE_CHECKING:
    from bot.domain.runbook import System
    from bot.operations.desk import Desk

_BEST_FIRST = tuple(ProofState)


@dataclass(frozen=True, slots=True)
class Copy:
    """Where copies of a system lie: a tool, and the location if one is declared."""

    system: str
    tool: str
    location: str = ""

    @property
    def words(self) -> str:
        """As people read it: "orders-db: restic offsite"."""
        return f"{self.system}: {self.tool} {self.location}".rstrip()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Each system's proof by the tool its copies come from, and the copies that were never restored.

    `carried`: the cosmetic reviews by which proofs stand, by system.
    """

    proofs: Mapping[str, Mapping[str, ProofState]] = field(default_factory=dict)
    untested: Sequence[Copy] = ()
    carried: Mapping[str, CosmeticReview] = field(default_factory=dict)

    def of(self, system: str, tool: str | None = None) -> ProofState | None:
        """The proof of copies of that tool, or the best that the system has; None when the runbooks do not know it."""
        known = self.proofs.get(system)
        if known is None:
            return None
        chosen = [known[tool]] if tool is not None and tool in known else list(known.values())
        return min(chosen, key=_BEST_FIRST.index, default=ProofState.GUESS)


async def weigh_evidence(desk: Desk) -> Evidence:
    """The evidence as it is now. Raises RunbookError."""
    estate = desk.estate
    proofs: dict[str, dict[str, ProofState]] = {}
    untested: list[Copy] = []
    carried: dict[str, CosmeticReview] = {}
    for system in estate.systems.values():
        own = await desk.store.proofs.of(system.name)
        digest = estate.runbooks[system.runbook].digest
        proofs[system.name] = await _by_tool(desk, system, own, digest)
        untested += _never_restored(system, own)
        review = carried_over(own, digest)
        carried |= {system.name: review} if review else {}
    return Evidence(proofs, untested, carried)


async def _by_tool(desk: Desk, system: System, own: Sequence[Proof], digest: str) -> dict[str, ProofState]:
    now = desk.clock.now()
    versions = {reading.tool: reading.tool_version for reading in await desk.store.readings.of(system.name)}
    # A proof without a source is of a restore that needed no copy.
    tools = {backup.tool for backup in system.backups} or {""}
    speaking = {tool: _speaking(own, system.name, tool, versions.get(tool, "")) for tool in sorted(tools)}
    return {tool: state_of(proofs, digest, system.retest, now) for tool, proofs in speaking.items()}


def _speaking(own: Sequence[Proof], system: str, tool: str, version: str) -> Sequence[Proof]:
    # A tool that cannot be asked for its version just now is taken for the one it was.
    return proofs_of(own, system, tool, version) if version else [proof for proof in own if proof.source == tool]


def _never_restored(system: System, own: Sequence[Proof]) -> list[Copy]:
    restored = {(proof.source, proof.location) for proof in own if proof.verdict is Verdict.VERIFIED}
    copies = {(backup.tool, backup.location): None for backup in system.backups}
    return [Copy(system.name, tool, location) for tool, location in copies if (tool, location) not in restored]
