"""The estate: all systems and plans that the runbooks declare, with their dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.errors import UnknownName
from bot.domain.runbook import Plan, Runbook, System


@dataclass(frozen=True, slots=True)
class Estate:
    """Systems, plans and runbooks by name."""

    systems: Mapping[str, System]
    plans: Mapping[str, Plan]
    runbooks: Mapping[str, Runbook]

    def system(self, name: str) -> System:
        """The system of that name. Raises UnknownName."""
        if name not in self.systems:
            raise UnknownName("system", name, list(self.systems))
        return self.systems[name]

    def plan(self, name: str) -> Plan:
        """The plan of that name. Raises UnknownName."""
        if name not in self.plans:
            raise UnknownName("plan", name, list(self.plans))
        return self.plans[name]

    def runbook(self, name: str) -> Runbook:
        """The runbook of that name, of that system, or of that plan. Raises UnknownName."""
        if name in self.runbooks:
            return self.runbooks[name]
        if name in self.systems:
            return self.runbooks[self.systems[name].runbook]
        if name in self.plans:
            return self.runbooks[self.plans[name].runbook]
        raise UnknownName("runbook", name, [*self.runbooks, *self.systems, *self.plans])


def make_estate(runbooks: Iterable[Runbook]) -> Estate:
    """The estate of sound runbooks; `bot.runbook.library` has checked names, dependencies and circles before."""
    by_name = {runbook.name: runbook for runbook in runbooks}
    systems = {book.system.name: book.system for book in by_name.values() if book.system}
    plans = {book.plan.name: book.plan for book in by_name.values() if book.plan}
    return Estate(systems=systems, plans=plans, runbooks=by_name)
