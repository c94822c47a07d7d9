"""A source that holds whatever recovery points a test puts into it."""

from __future__ import annotations

from bot.domain.recovery_points import FaultKind, ReadingFault, RecoveryPoint, SourceFault


class FakeSource:
    """Lists what was added, until it is made to fail; `listed` counts the listings it gave."""

    def __init__(self, tool: str = "barman", *points: RecoveryPoint) -> None:
        self.tool = tool
        self.listed = 0
        self._points = {point.id: point for point in points}
        self._fault: ReadingFault | None = None

    def add(self, point: RecoveryPoint) -> None:
        """One more copy, or another state of one that is there."""
        self._points[point.id] = point

    def remove(self, point_id: str) -> None:
        """Retention took it."""
        del self._points[point_id]

    def fail(self, fault: ReadingFault | None) -> None:
        """From now on every question meets this fault; None ends it."""
        self._fault = fault

    def vanish(self) -> None:
        """The store is gone."""
        self._fault = ReadingFault(FaultKind.MISSING_REPOSITORY, "The store is not there.", "Look for it.")

    async def version(self) -> str:
        """Always the same."""
        self._check()
        return "1.0"

    async def probe(self) -> str:
        """Another one for every other content."""
        self._check()
        return str(hash(tuple(self._sorted())))

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """What was added, oldest first."""
        self._check()
        self.listed += 1
        return tuple(self._sorted())

    def _sorted(self) -> list[RecoveryPoint]:
        return sorted(self._points.values(), key=lambda point: (point.taken_at, point.id))

    def _check(self) -> None:
        if self._fault:
            raise SourceFault(self._fault.kind, self._fault.detail, self._fault.helps)
