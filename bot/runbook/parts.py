"""Parts: when a runbook holds several procedures, a responder is asked which one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.domain.runbook import Fault, Part
from bot.runbook.drafts import Draft, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.runbook.marked_yaml import Marked

_MOST_STEPS = 25
"""More steps than this are offered in parts, where there are any."""

_GROUPS = 2


def name_parts(drafts: Iterable[Draft]) -> None:
    """Says of each step which part it belongs to: its option or tab, else its outermost section.

    There are parts where two or more groups hold two or more steps each, or where there are more than 25 steps.
    """
    steps = [draft for draft in drafts if draft.place is Place.STEP]
    names = [draft.group or (draft.section[0] if draft.section else draft.title) for draft in steps]
    sizes = Counter(names)
    groups = sum(size >= _GROUPS for size in sizes.values())
    if groups >= _GROUPS or (len(steps) > _MOST_STEPS and groups):
        for draft, name in zip(steps, names, strict=True):
            draft.part = name


def make_parts(drafts: Iterable[Draft], shown: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts, in the order of the file. `shown` is the front matter's `parts:`: title to default or hidden."""
    members: dict[str, list[int]] = {}
    for index, draft in enumerate(draft for draft in drafts if draft.place is Place.STEP):
        if draft.part:
            members.setdefault(draft.part, []).append(index)
    return tuple(
        Part(
            title=name,
            steps=tuple(steps),
            default=shown.get(name) == "default",
            hidden=shown.get(name) == "hidden",
        )
        for name, steps in members.items()
    )


def unknown_parts(parts: Iterable[Part], shown: Iterable[str], marked: Marked, file: str) -> list[Fault]:
    """A fault for each name in `parts:` that is no part of the runbook."""
    known = [part.title for part in parts]
    listed = ", ".join(f"“{title}”" for title in known) or "this runbook has none"
    return [
        Fault(file, marked.line(("recovery", "parts", name)), f"there is no part “{name}”.", f"Parts: {listed}.")
        for name in shown
        if name not in known
    ]
