"""What `/metrics` shows, in Prometheus' text format: measured anew at each scrape, so that nothing old is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain.errors import RunbookError
from bot.domain.events import EventKind, event_id
from bot.domain.freshness import Freshness, FreshnessState
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.check_freshness import check_freshness
from bot.web.health import Part

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from bot.operations.desk import Desk
    from bot.store.recoveries import RecoveryRow

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_UNSENT = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured. `recoveries` counts by mode, status and outcome (empty before the end)."""

    recoveries: Mapping[tuple[str, str, str], int]
    freshness: Sequence[Freshness]
    runbook_faults: int
    ledger_entries: int
    outbox: Mapping[str, int]
    parts: Sequence[Part]


class Meter:
    """Measures. `surfaces` are where messages go, by name."""

    def __init__(self, desk: Desk, surfaces: Sequence[str] = ()) -> None:
        self._desk = desk
        self._surfaces = tuple(surfaces)
        self._ended: dict[str, str] = {}

    async def measure(self, parts: Sequence[Part]) -> Measured:
        """Everything, as it is now."""
        store = self._desk.store
        freshness, faults = await self._freshness()
        counts: dict[tuple[str, str, str], int] = {}
        for row in await store.recoveries.rows():
            key = (row.mode.value, row.status.value, await self._outcome(row))
            counts[key] = counts.get(key, 0) + 1
        return Measured(
            recoveries=counts,
            freshness=freshness,
            runbook_faults=faults,
            ledger_entries=await store.ledger.count(),
            outbox={name: len(await store.messages.unsent(name, most=MOST_UNSENT)) for name in self._surfaces},
            parts=parts,
        )

    async def _freshness(self) -> tuple[Sequence[Freshness], int]:
        faults = sum(fault.severity == "fault" for fault in self._desk.read_library().faults)
        try:
            return await check_freshness(self._desk), faults
        except RunbookError:
            return (), faults

    async def _outcome(self, row: RecoveryRow) -> str:
        if row.status is not RecoveryStatus.ENDED:
            return ""
        if row.id not in self._ended:
            ended = await self._desk.store.ledger.find(event_id(row.id, EventKind.ENDED))
            self._ended[row.id] = str(ended.data["outcome"]) if ended else ""
        return self._ended[row.id]


def exposition(measured: Measured) -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(measured))
    return generate_latest(registry)


class _Snapshot(Collector):
    """Figures that were measured already, as a registry asks for them."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def collect(self) -> Iterator[Metric]:
        yield self._recoveries()
        yield from _of_freshness(self._measured.freshness)
        yield from _of_parts(self._measured.parts)
        yield _one("bringback_runbook_faults", "Faults of the runbooks.", self._measured.runbook_faults)
        yield _one("bringback_ledger_entries", "Entries of the ledger.", self._measured.ledger_entries)
        outbox = GaugeMetricFamily("bringback_outbox_depth", "Messages not sent yet.", labels=["surface"])
        for surface, depth in self._measured.outbox.items():
            outbox.add_metric([surface], depth)
        yield outbox

    def _recoveries(self) -> Metric:
        said = "Recoveries by mode, status and outcome."
        family = GaugeMetricFamily("bringback_recoveries", said, labels=["mode", "status", "outcome"])
        known = {(mode.value, RecoveryStatus.RUNNING.value, ""): 0 for mode in Mode}
        for labels, count in sorted((known | dict(self._measured.recoveries)).items()):
            family.add_metric(labels, count)
        return family


def _of_freshness(answers: Sequence[Freshness]) -> Iterator[Metric]:
    """One series a state, so that an alert needs no knowledge of numbers; no age where it is unknown."""
    states = GaugeMetricFamily("bringback_freshness", "1 for the state a system is in.", labels=["system", "state"])
    ages = GaugeMetricFamily("bringback_effective_age_seconds", "Data a restore would lose now.", labels=["system"])
    objectives = GaugeMetricFamily("bringback_rpo_seconds", "Recovery point objective.", labels=["system"])
    for answer in answers:
        for state in FreshnessState:
            states.add_metric([answer.system, state.value], float(answer.state is state))
        if answer.effective_age is not None:
            ages.add_metric([answer.system], answer.effective_age.total_seconds())
        if answer.rpo is not None:
            objectives.add_metric([answer.system], answer.rpo.total_seconds())
    yield from (states, ages, objectives)


def _of_parts(parts: Sequence[Part]) -> Iterator[Metric]:
    said = "When a part of the bot last did its work, as a Unix time."
    succeeded = GaugeMetricFamily("bringback_last_success_timestamp_seconds", said, labels=["part"])
    failing = GaugeMetricFamily("bringback_part_failing", "1 while something stands in its way.", labels=["part"])
    for part in parts:
        if part.succeeded_at:
            succeeded.add_metric([part.name], part.succeeded_at.timestamp())
        failing.add_metric([part.name], float(bool(part.fault)))
    yield from (succeeded, failing)


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
