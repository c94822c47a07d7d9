"""The estate: all systems and plans that the runbooks declare, with their dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.domain.errors import BringbackError, RunbookError, UnknownName
from bot.domain.restore_order import closure
from bot.domain.runbook import Fault, Plan, Runbook, System


@dataclass(frozen=True, slots=True)
class Estate:
    """The sound systems, plans and runbooks by name, and what is wrong with the others.

    `broken` holds the faults of systems, plans and runbooks that cannot be used, by name; `broken_systems` names those
    of them that are systems, with their tiers. A sound system may depend on a broken one: it cannot be restored then.
    """

    systems: Mapping[str, System]
    plans: Mapping[str, Plan]
    runbooks: Mapping[str, Runbook]
    broken: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    broken_systems: Mapping[str, int] = field(default_factory=dict)

    def system(self, name: str) -> System:
        """The system of that name. Raises RunbookError with its faults, and UnknownName."""
        if name not in self.systems:
            raise self.missing("system", name, [*self.systems, *self.broken_systems])
        return self.systems[name]

    def plan(self, name: str) -> Plan:
        """The plan of that name. Raises RunbookError with its faults, and UnknownName."""
        if name not in self.plans:
            raise self.missing("plan", name, [*self.plans])
        return self.plans[name]

    def runbook(self, name: str) -> Runbook:
        """The runbook of that name or `id:`, of that system, or of that plan. Raises RunbookError and UnknownName.

        Plans are not offered for a name that nobody declared: they are restored, not walked.
        """
        if name in self.runbooks:
            return self.runbooks[name]
        if name in self.systems:
            return self.runbooks[self.systems[name].runbook]
        if name in self.plans:
            return self.runbooks[self.plans[name].runbook]
        kept = next((book for book in self.runbooks.values() if book.id and book.id == name), None)
        if kept:
            return kept
        walked = [known for known, runbook in self.runbooks.items() if not runbook.plan]
        raise self.missing("runbook", name, dict.fromkeys([*walked, *self.systems]))

    def with_dependencies(self, names: Iterable[str]) -> list[str]:
        """These systems and all that they depend on, in restore order.

        Raises UnknownName, and RunbookError with the faults of every broken system among them.
        """
        wanted = list(names)
        for name in wanted:
            if name not in self.systems and name not in self.broken:
                raise UnknownName("system", name, list(self.systems))
        found = closure({system.name: system.depends_on for system in self.systems.values()}, wanted)
        faults = [fault for name in found if name not in self.systems for fault in self.broken[name]]
        if faults:
            raise RunbookError(list(dict.fromkeys(faults)))
        return found

    def missing(self, noun: str, name: str, known: Iterable[str]) -> BringbackError:
        """Why there is no such thing: its faults when it is broken, else that nobody declared it."""
        return RunbookError(self.broken[name]) if name in self.broken else UnknownName(noun, name, list(known))


def make_estate(
    runbooks: Iterable[Runbook],
    broken: Mapping[str, tuple[Fault, ...]] | None = None,
    broken_systems: Mapping[str, int] | None = None,
) -> Estate:
    """The estate of sound runbooks; `bot.runbook.library` has set those with faults apart before."""
    by_name = {runbook.name: runbook for runbook in runbooks}
    systems = {book.system.name: book.system for book in by_name.values() if book.system}
    plans = {book.plan.name: book.plan for book in by_name.values() if book.plan}
    return Estate(systems, plans, by_name, broken or {}, broken_systems or {})
