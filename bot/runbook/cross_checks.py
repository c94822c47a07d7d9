"""Faults that only show when all files are read: names that nobody declares, or two do, and dependency circles."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.errors import nearest
from bot.domain.opening import below, runbook_name
from bot.domain.plan_steps import GOTO, step_meant
from bot.domain.restore_order import find_circle
from bot.domain.runbook import Fault
from bot.runbook.titles import slug
from bot.runbook.validation import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.runbook import Runbook
    from bot.runbook.marked_yaml import Path
    from bot.runbook.parse import Parsed

_SOME = 12
_SYSTEMS = ("depends_on", "systems", "critical", "optional")


def cross_faults(parsed: Sequence[Parsed]) -> Mapping[str, list[Fault]]:
    """Faults by file."""
    found: dict[str, list[Fault]] = defaultdict(list)
    circles = (fault for _, fault in circle_faults(parsed))
    for fault in (
        *_repeated(parsed),
        *_unknown(parsed),
        *_outside(parsed),
        *circles,
        *_includes(parsed),
        *_ways(parsed),
    ):
        found[fault.file].append(fault)
    return found


def _repeated(parsed: Sequence[Parsed]) -> Iterable[Fault]:
    for noun in ("system", "plan", "id"):
        first: dict[str, str] = {}
        for item in parsed:
            name = declared(item, noun)
            if name and name in first:
                what = f"the {noun} “{name}” is declared in {first[name]} already."
                yield _fault(item, ("recovery", noun), what, "Give one of them another name.")
            elif name:
                first[name] = f"{item.runbook.file}:{item.front.marked.line(('recovery', noun))}"


def _unknown(parsed: Sequence[Parsed]) -> Iterable[Fault]:
    # What is unsound is looked at as well: a file may mean to declare a system, and its names may be wrong too.
    known = sorted({name for item in parsed if (name := declared(item, "system"))})
    for item in parsed:
        for key in _SYSTEMS:
            names = recovery_value(item, key)
            for index, name in enumerate(names if isinstance(names, list) else ()):
                if is_name(name) and name not in known:
                    what = f"{key}: no runbook declares a system “{name}”."
                    yield _fault(item, ("recovery", key, index), what, _near(name, known))


def _outside(parsed: Sequence[Parsed]) -> Iterable[Fault]:
    """Faults of plans that speak of systems which they do not bring back."""
    needs = {system.name: system.depends_on for item in parsed if (system := item.runbook.system)}
    for item in parsed:
        plan = item.runbook.plan
        if plan is None or not set(plan.systems) <= needs.keys():
            continue
        brought, waiting = set(plan.systems), list(plan.systems)
        while waiting:
            more = [name for name in needs.get(waiting.pop(), ()) if name not in brought]
            brought.update(more)
            waiting += more
        for key, names in (("critical", plan.critical), ("optional", plan.optional)):
            for index, name in enumerate(names):
                if name in needs and name not in brought:
                    what = f"{key}: “{name}” is none of the plan's systems, nor does one of them depend on it."
                    yield _fault(item, ("recovery", key, index), what, "Add it to systems, or take it out.")


def declared(item: Parsed, noun: str) -> str:
    """The name of the "system", "plan" or "id" that a file declares, sound or not; empty when none can be read."""
    name = recovery_value(item, noun)
    return name if isinstance(name, str) else ""


def recovery_value(item: Parsed, key: str) -> object:
    """What stands at a key of `recovery:`, unchecked; None where nothing can be read."""
    values = item.front.marked.value
    ours = values.get("recovery") if isinstance(values, dict) else None
    return ours.get(key) if isinstance(ours, dict) else None


def _near(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known, 1)
    return f"Did you mean “{near[0]}”?" if near else f"Known systems: {', '.join(known) or 'none'}."


def circle_faults(parsed: Sequence[Parsed]) -> list[tuple[tuple[str, ...], Fault]]:
    """Each dependency circle: the systems in it, and the fault that names it in full."""
    systems = {system.name: (item, system) for item in parsed if (system := item.runbook.system)}
    graph = {name: system.depends_on for name, (_, system) in systems.items()}
    found = []
    while circle := find_circle(graph):
        item, system = systems[circle[0]]
        at: Path = ("recovery", "depends_on", system.depends_on.index(circle[1]))
        what = f"these systems wait for each other: {' -> '.join(circle)}."
        found.append((tuple(circle[1:]), _fault(item, at, what, "Take one of the arrows out of depends_on.")))
        graph = {name: parents for name, parents in graph.items() if name not in circle}
    return found


def _includes(parsed: Sequence[Parsed]) -> Iterable[Fault]:
    known = {item.runbook.name: item.runbook for item in parsed}
    graph: dict[str, list[str]] = {}
    places: dict[tuple[str, str], tuple[str, int]] = {}
    astray: list[Fault] = []
    for item in parsed:
        for step in item.runbook.steps:
            if not step.opens:
                continue
            name, _, heading = runbook_name(step.opens, item.runbook.name).partition("#")
            severity = "fault" if "include:" in step.text else "warning"
            if name in known and not below(known[name], heading):
                what = f"the step “{step.title}” opens “{step.opens}”, and no step stands below that heading."
                astray.append(Fault(item.runbook.file, step.line, what, _near_heading(known[name], heading), severity))
            if name in known:
                graph.setdefault(item.runbook.name, []).append(name)
                places.setdefault((item.runbook.name, name), (item.runbook.file, step.line))
            else:
                what = f"the step “{step.title}” opens “{step.opens}”, which is no runbook."
                yield Fault(item.runbook.file, step.line, what, _near_runbook(name, known), severity)
    yield from astray
    while circle := find_circle(graph):
        file, line = places[circle[0], circle[1]]
        yield Fault(file, line, f"these runbooks open each other: {' -> '.join(circle)}.", "Take one of the links out.")
        graph = {name: opened for name, opened in graph.items() if name not in circle}


def _ways(parsed: Sequence[Parsed]) -> Iterable[Fault]:
    """Faults of steps that go to a step which is not there."""
    for item in parsed:
        for step in item.runbook.steps:
            goto = step.on_fail.removeprefix(GOTO) if step.on_fail.startswith(GOTO) else ""
            for key, written in (("on_fail: goto", goto), ("rollback", step.rollback)):
                if written and step_meant(item.runbook, written) is None:
                    what = f"{key}: “{step.title}” goes to “{written}”, and no step has that id, title or heading."
                    known = [one.id for one in item.runbook.steps]
                    near = nearest(written.removeprefix("#"), known, 1)
                    helps = f"Did you mean “{near[0]}”?" if near else f"Steps: {', '.join(known[:_SOME])}."
                    yield Fault(item.runbook.file, step.line, what, helps)


def _near_heading(book: Runbook, heading: str) -> str:
    titles = dict.fromkeys(title for step in book.steps for title in (book.title, *step.section, step.title))
    near = nearest(heading, [slug(title) for title in titles], 1)
    return f"Did you mean “#{near[0]}”?" if near else "Link to one of its headings, or to all of it."


def _near_runbook(name: str, known: Iterable[str]) -> str:
    if name.startswith("../"):
        return "It lies outside the folder of runbooks."
    first = name.rpartition("/")[2][:1]
    alike = [one for one in known if one.rpartition("/")[2].startswith(first)]  # comparing all of many takes seconds
    near = nearest(name, sorted(alike), 1)
    return f"Did you mean “{near[0]}.md”?" if near else ""


def _fault(item: Parsed, at: Path, what: str, helps: str) -> Fault:
    return Fault(item.runbook.file, item.front.marked.line(at), what, helps)
