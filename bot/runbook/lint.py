"""What is worth mending in runbooks: warnings beside the faults that reading them found."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.domain.errors import nearest
from bot.domain.runbook import Fault, Runbook, StepKind
from bot.runbook.cross_checks import cross_faults
from bot.runbook.drafts import Place
from bot.runbook.held_values import CODE
from bot.runbook.inputs import find_placeholders, variable_name
from bot.runbook.library import folder_above, no_folder, policy_in, read_runbook, runbook_files
from bot.runbook.links import relative_links, spaced_links
from bot.runbook.misplaced_comments import misplaced
from bot.runbook.policy import POLICY_FILE
from bot.runbook.second_shell import read_again
from bot.runbook.unhonoured import unhonoured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from bot.domain.policy import Policy
    from bot.runbook.parse import Parsed

_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_SPAN = re.compile(r"(?<![\d.,])(\d{1,4})\s*(day|week|month|year)s?")
_MANY_STEPS = 60


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: faults and warnings in the order of files and lines, and how many files were read."""

    faults: tuple[Fault, ...]
    files: int

    @property
    def failed(self) -> bool:
        """Whether there is a fault, not only warnings."""
        return any(fault.severity == "fault" for fault in self.faults)


def check(
    paths: Path | Sequence[Path], environment: Mapping[str, str], today: date, within: Path | None = None
) -> Report:
    """Every fault and warning of folders of runbooks with their policies, and of single files.

    A file is read as what it is in its folder: in `within` when it lies there, else in the nearest one above it that
    has a policy, else in its own. A path that leads nowhere is a fault.
    """
    read = cache(lambda folder, path: read_runbook(folder, path, environment, "warning"))
    found = [
        _check_path(path, within, environment, today, read) for path in ([paths] if isinstance(paths, Path) else paths)
    ]
    faults = {fault for report in found for fault in report.faults}
    return Report(tuple(sorted(faults, key=_place)), sum(report.files for report in found))


def _check_path(
    path: Path, within: Path | None, environment: Mapping[str, str], today: date, read: Callable[[Path, Path], Parsed]
) -> Report:
    if path.is_dir():
        return check_folder(path, environment, today)
    if not path.exists():
        gone = Fault(str(path), 0, "there is no such file.") if path.suffix else no_folder(path)
        return Report((gone,), 0)
    return _check_file(path, folder_above(path.resolve(), within) or path.parent, today, read)


def _check_file(path: Path, folder: Path, today: date, read: Callable[[Path, Path], Parsed]) -> Report:
    policy, faults = policy_in(folder)
    if path.name == POLICY_FILE:
        return Report(tuple(sorted(faults, key=_place)), 1)
    if path.suffix != ".md":
        return Report((Fault(str(path), 0, "is no markdown file.", "Runbooks end in .md."),), 0)
    place = folder / path.resolve().relative_to(folder.resolve())
    item = read(folder, place)
    parsed = [item]
    if item.front.declares or any(step.opens for step in item.runbook.steps):
        others = (other for other in runbook_files(folder) if other != place)
        parsed += [read(folder, other) for other in others]
    found = {*item.runbook.faults, *cross_faults(parsed).get(item.runbook.file, ()), *warnings_of(item, policy, today)}
    return Report(tuple(sorted((replace(one, file=str(path)) for one in found), key=_place)), 1)


def check_folder(folder: Path, environment: Mapping[str, str], today: date) -> Report:
    """Every fault and warning of the runbooks and the policy below a folder; one that does not exist is a fault."""
    if not folder.is_dir():
        return Report((no_folder(folder),), 0)
    # A check runs anywhere: what only the bot's environment holds is no fault of the runbooks.
    parsed = [read_runbook(folder, path, environment, "warning") for path in runbook_files(folder)]
    policy, faults = policy_in(folder)
    more = cross_faults(parsed)
    found = [*faults, *_policy_astray(folder)]
    for item in parsed:
        found += [*item.runbook.faults, *more.get(item.runbook.file, ()), *warnings_of(item, policy, today)]
    return Report(tuple(sorted(set(found), key=_place)), len(parsed))


def _policy_astray(folder: Path) -> Iterator[Fault]:
    """A warning where a policy lies under another name: nothing of it is read, so nobody can start anything."""
    for name in ("policy.yml", "Policy.yaml", "Policy.yml"):
        if not (folder / POLICY_FILE).exists() and (folder / name).is_file():
            yield Fault(str(folder / name), 0, "nothing reads this file.", f"Call it {POLICY_FILE}.", "warning")


def _place(fault: Fault) -> tuple[str, int, str]:
    return fault.file, fault.line, fault.message


def warnings_of(item: Parsed, policy: Policy | None, today: date) -> list[Fault]:
    """The warnings of one runbook. Those about people need the policy, those about links the file system."""
    runbook = item.runbook
    if any(fault.severity == "fault" for fault in item.source.faults):
        return []
    found = [*_front(item, today), *_commands(runbook), *_links(item), *_people(item, policy)]
    found += [*unhonoured(item), *misplaced(item)]
    if _reads_like_reference(item):
        what = "this reads like reference: nothing in it is a step to take."
        found.append(_warning(runbook, 1, what, "Leave it out of RUNBOOKS_DIR, or write its steps as a list."))
    elif len(runbook.steps) > _MANY_STEPS and not runbook.parts:
        what = f"{len(runbook.steps)} steps in one walk."
        found.append(_warning(runbook, 1, what, "Group them below headings, or split the file."))
    return found


def _warning(runbook: Runbook, line: int, what: str, helps: str = "") -> Fault:
    return Fault(runbook.file, line, what, helps, "warning")


def _front(item: Parsed, today: date) -> Iterator[Fault]:
    runbook, line = item.runbook, item.front.marked.line(("recovery",)) if item.front.recovery else 1
    if item.front.unread:
        return  # whatever it says, it says to nobody yet
    if not runbook.owner:
        yield from _no_owner(item, line)
    if runbook.system and not any(step.kind is StepKind.CHECK for step in runbook.steps):
        what = f"no check step: a restore of {runbook.system.name} cannot be proven."
        yield _warning(runbook, line, what, 'Compare restored data in a command with {"kind":"check"}.')
    yield from _unread_dates(item)
    if runbook.last_reviewed_on and runbook.last_reviewed_on > today:
        what = f"last_reviewed_on: {runbook.last_reviewed_on} lies ahead: its review is not due for long."
        stated = item.front.marked.line(("last_reviewed_on",))
        yield _warning(runbook, stated, what, "Write the day on which somebody walked through it.")
    due = review_due(runbook)
    if due and due < today:
        stated = item.front.marked.line(("last_reviewed_on",))
        what = f"its review was due on {due}; it was last reviewed on {runbook.last_reviewed_on}."
        yield _warning(runbook, stated, what, "Walk through it, then set last_reviewed_on.")


def _no_owner(item: Parsed, line: int) -> Iterator[Fault]:
    values = item.front.marked.value
    keys = values if isinstance(values, dict) else {}
    if "owner" in keys:
        line = item.front.marked.line(("owner",))
        yield _warning(item.runbook, line, "owner: is no text.", "Name one person or group: owner: “@team”.")
    elif not any(key.lower() == "owner" for key in keys):  # a near miss is told as one
        what = "Say who keeps this runbook: owner: “@team” in the front matter."
        yield _warning(item.runbook, line, "no owner.", what)


def _unread_dates(item: Parsed) -> Iterator[Fault]:
    """What is meant to say when a runbook is due for review, and says it to nobody."""
    runbook, marked = item.runbook, item.front.marked
    written = marked.texts.get(("last_reviewed_on",), "")
    if written and runbook.last_reviewed_on is None:
        what = f"last_reviewed_on: “{written}” is no date: its review is never due."
        yield _warning(runbook, marked.line(("last_reviewed_on",)), what, "Write it as 2026-11-22.")
    if runbook.review_in and not _SPAN.search(runbook.review_in):
        what = f"review_in: “{runbook.review_in}” is no span of time: its review is never due."
        yield _warning(runbook, marked.line(("review_in",)), what, "Write 90 days, 6 months or 1 year.")


def review_due(runbook: Runbook) -> date | None:
    """The day by which a runbook is to be reviewed again; None when it does not say."""
    span = _SPAN.search(runbook.review_in)
    if not span or runbook.last_reviewed_on is None:
        return None
    try:
        return runbook.last_reviewed_on + timedelta(days=int(span[1]) * _UNITS[span[2]])
    except OverflowError:  # thousands of years
        return None


def _commands(runbook: Runbook) -> Iterator[Fault]:
    known = {variable_name(one.name) for one in runbook.inputs}
    known |= {variable_name(one.capture.partition("=")[0]) for step in runbook.steps for one in step.commands}
    for step in runbook.steps:
        for command in step.commands:
            if command.runs and not command.timeout_given:
                what = f"the command “{command.name}” has no timeout: it may run for {command.timeout}."
                yield _warning(runbook, command.line, what, 'Add "timeout":"10m" to the fence\'s info.')
            asked = [name for name in find_placeholders(command.script) if variable_name(name) not in known]
            for name in asked if command.runs else ():
                what = f"the placeholder “{name}” in “{command.name}” is never asked for."
                helps = f"Only shell commands are: hand on ${variable_name(name)} from one."
                yield _warning(runbook, command.line, what, helps)
            for name in read_again(command, runbook.inputs) if command.runs else ():
                what = f"a second shell, or a sum, in “{command.name}” reads the value of {name} as code."
                helps = (
                    f"Give {name} choices, or a pattern from ^ to $ that lets none of {CODE} through, under inputs:."
                )
                yield _warning(runbook, command.line, what, helps)


def _links(item: Parsed) -> Iterator[Fault]:
    folder = Path(item.runbook.file).parent
    for line, target in relative_links(item.source.lines):
        path = unquote(target.partition("#")[0].partition("?")[0])
        if path and not any(map(_exists, _places(folder, path))):
            yield _warning(item.runbook, line, f"the link “{target}” leads nowhere.")
    for line, target in spaced_links(item.source.lines):
        what = f"“({target})” is no link: there are blanks in it."
        yield _warning(item.runbook, line, what, f"Write (<{target}>), or %20 for each.")


def _places(folder: Path, path: str) -> Iterator[str]:
    """Where a link may lead: to what it names, or, as site generators have it, to the markdown that becomes a page."""
    place = os.path.join(folder, path)  # noqa: PTH118 - keeps the slash at the end, which says that it is a page
    yield place
    page, suffix = os.path.splitext(place.rstrip("/"))  # noqa: PTH122 - as above
    if suffix == ".html":
        yield from (f"{page}.md", f"{place}.md", f"{place}.erb")
    elif suffix != ".md":
        yield f"{page}{suffix}.md"
        if path.startswith("../"):  # the page of a file is a folder: what stands beside the file is one up from it
            yield os.path.join(folder, f"{path[3:].rstrip('/')}.md")  # noqa: PTH118 - as above


def _exists(place: str) -> bool:
    try:
        return Path(place).exists()
    except (OSError, ValueError):  # longer than any name can be
        return False


def _people(item: Parsed, policy: Policy | None) -> Iterator[Fault]:
    runbook = item.runbook
    if policy is None:
        return
    named = [(step.line, step.by) for step in runbook.steps]
    if runbook.system:
        named.insert(0, (item.front.marked.line(("recovery", "escalate")), runbook.system.escalate))
    for at, name in named:
        if name and not policy.members(name):
            near = nearest(name.removeprefix("@"), policy.names(), 1)
            helps = f"Did you mean “{near[0]}”?" if near else "Name a person, role or group of policy.yaml."
            yield _warning(runbook, at, f"the policy knows nobody called “{name}”.", helps)


def _reads_like_reference(item: Parsed) -> bool:
    steps = item.runbook.steps
    pages = all(step.kind is StepKind.INFO and not step.commands for step in steps)
    return pages and not any(draft.place is Place.BEFORE for draft in item.drafts)
