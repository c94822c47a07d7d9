"""Whether the living systems hold what the truth says: asked of each system itself, not of its files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.client import running_record
from bot.demo.errors import SystemSilent
from bot.demo.samples import Sample, read_truth
from bot.demo.systems import Ground, System, all_systems
from bot.demo.systems.port import http

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.demo.layout import Layout
    from bot.demo.record import Instance

_TRIES = 3
_MUST_ALSO_SERVE = {"api": ("/orders",), "web": ("/api/orders", "/files/prices.csv")}
"""What a system serves only when it reaches those it depends on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one living system held, and whether the truth says the same."""

    system: str
    agrees: bool
    detail: str
    found: Sample | None = None
    truth: Sample | None = None

    def as_json(self) -> dict[str, object]:
        """One object of the report."""
        return {
            "system": self.system,
            "agrees": self.agrees,
            "detail": self.detail,
            "found": self.found.as_json() if self.found else None,
            "truth": self.truth.as_json() if self.truth else None,
        }


def compare(system: str, found: Sample, truth: Sequence[Sample]) -> Finding:
    """Compares what a system holds now with the truth of the same canary, which must be among the newest."""
    same = next((sample for sample in reversed(truth) if sample.token == found.token), None)
    if same is None:
        return Finding(system, agrees=False, detail=f"canary {found.token} is not in the truth", found=found)
    newer = sum(sample.written_at > same.written_at for sample in truth)
    if newer > 1:  # one may be written while the question is on its way
        detail = f"its newest canary is {newer} canaries older than the truth"
        return Finding(system, agrees=False, detail=detail, found=found, truth=same)
    if dict(same.counts) != dict(found.counts):
        detail = f"counts differ: holds {dict(found.counts)}, the truth is {dict(same.counts)}"
        return Finding(system, agrees=False, detail=detail, found=found, truth=same)
    counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
    return Finding(system, agrees=True, detail=f"{found.token}, {counts}", found=found, truth=same)


async def verify_all(layout: Layout) -> list[Finding]:
    """All systems, each asked over its own protocol. Raises NotRunning when the estate is down."""
    record = running_record(layout)
    ground = Ground(layout, record.ports)
    return await asyncio.gather(
        *(_verify(ground, system, record.instance(layout.data(name))) for name, system in all_systems().items())
    )


async def _verify(ground: Ground, system: System, instance: Instance | None) -> Finding:
    if instance is None:
        return Finding(system.name, agrees=False, detail="it does not run")
    finding = Finding(system.name, agrees=False, detail="not asked")
    for _ in range(_TRIES):  # a canary may be between the system and the truth just now
        try:
            found = await system.ask(ground, instance)
            for path in _MUST_ALSO_SERVE.get(system.name, ()):
                await http("GET", instance.port, path)
        except SystemSilent as silence:
            return Finding(system.name, agrees=False, detail=str(silence))
        await asyncio.sleep(0.2)
        finding = compare(system.name, found, await asyncio.to_thread(read_truth, ground.layout.truth(system.name)))
        if finding.agrees:
            break
    return finding
