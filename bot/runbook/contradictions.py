"""Keys of `recovery:` that do not go together: found whatever else is wrong there, each at its own line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.runbook import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.runbook.marked_yaml import Marked


def contradictions(ours: Mapping[str, Any], marked: Marked, file: str) -> list[Fault]:
    """A fault for each; `ours` is what stands below `recovery:`, unchecked."""
    return [Fault(file, marked.line(("recovery", key)), f"recovery: {what}.") for key, what in _of(ours)]


def _of(ours: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    system, plan = ours.get("system"), ours.get("plan")
    for key in ("system", "plan"):
        if key in ours and ours[key] is None:
            yield key, f"“{key}” is empty: write its name, or take it out"
    if system and plan:
        yield "plan", "a runbook declares a system or a plan, not both: split it"
    elif plan and not ours.get("systems"):
        yield "plan", "a plan needs “systems”: the list of what it brings back"
    for key in ("systems", "critical"):
        if ours.get(key) and not plan:
            yield key, f"“{key}” belongs to a plan: add “plan: NAME”"
    yield from _optional(plan, ours.get("optional"), ours.get("critical"))


def _optional(plan: object, optional: object, critical: object) -> Iterator[tuple[str, str]]:
    if isinstance(critical, list) and isinstance(optional, list):
        for name in (one for one in critical if one in optional):
            yield "optional", f"“{name}” is critical too: what may stay down stops no clock"
    if plan and optional is True:
        yield "optional", "in a plan “optional” is the list of systems that may stay down"
    if not plan and isinstance(optional, list):
        yield "optional", "in a system's runbook “optional” is true or false"
