"""What is meant as front matter for us, and is read by nobody: keys that are nearly ours, and ours elsewhere."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from bot.domain.runbook import Fault
from bot.runbook.source import OPENERS, ours_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.runbook.marked_yaml import Marked
    from bot.runbook.source import Source

_OURS = re.compile(r"recovery[ \t]*:|\[recovery[\].]")
_MOST_LINES = 200
_NEAR = 0.8
_READ = frozenset({"title", "owner", "owner_slack", "last_reviewed_on", "review_in"})
_OFTEN_MISSPELT = _READ - {"title"}  # which other tools write with a capital
_BESIDE = frozenset({
    "system", "plan", "systems", "tier", "depends_on", "rpo", "rto", "retest", "targets", "execute", "backups", "truth",
})  # fmt: skip
"""Keys of ours that stand beside an empty `recovery:` by mistake, and hardly for another tool."""


def near_misses(values: dict[str, Any], marked: Marked, file: str, known: Collection[str]) -> Iterator[Fault]:
    """What is nearly `recovery:` and holds what would stand there, and what is nearly another key that we read."""
    for key in values:
        meant = key.lower().replace("-", "_")
        if meant in _OFTEN_MISSPELT and key != meant and meant not in values:
            line = marked.line((key,))
            yield Fault(file, line, f"nothing reads the key “{key}”.", f"Did you mean “{meant}”?", "warning")
    for key, value in values.items() if "recovery" not in values else ():
        like = get_close_matches(key.lower(), ["recovery"], cutoff=_NEAR)
        if like and isinstance(value, dict) and any(one in known for one in value):
            yield Fault(file, marked.line((key,)), f"nothing reads the key “{key}”.", "Did you mean “recovery”?")


def empty(values: dict[str, Any], marked: Marked, file: str) -> Iterator[Fault]:
    """`recovery:` with nothing below it: a slip of the hand, and a fault where its keys stand beside it."""
    if "recovery" not in values or values["recovery"] is not None:
        return
    beside = [key.strip() for key in values if key.strip() in _BESIDE]  # also behind a blank that is none to YAML
    line = marked.line(("recovery",))
    if beside:
        what = f"recovery holds nothing, and “{beside[0]}” stands beside it: nothing reads it."
        yield Fault(file, line, what, "Indent what belongs to recovery.")
    else:
        yield Fault(file, line, "recovery holds nothing.", "Write its keys below it, or take it out.", "warning")


def read_twice(marked: Marked, file: str) -> Iterator[Fault]:
    """A warning for each key of others that we read, and of which we read the last one only."""
    for path in marked.repeated:
        if len(path) == 1 and path[0] in _READ:
            yield Fault(file, marked.line(path), f"“{path[0]}” stands twice.", "Keep one of them.", "warning")


def not_yaml(source: Source) -> tuple[Fault, ...]:
    """A fault where `recovery` stands in front matter that nothing closes, or in TOML: nothing of it is read."""
    unclosed = not source.front
    lines = source.lines[source.front_open : source.front or _MOST_LINES]
    opened = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    if unclosed and "".join(lines[opened : opened + 1]).rstrip() not in OPENERS:
        return ()
    for index, line in enumerate(lines[opened:], source.front_open + opened + 1):
        if unclosed and (not line.strip() or line.startswith("#")):
            return ()
        if _OURS.match(line):
            what = "the front matter is not closed" if unclosed else "front matter in TOML"
            helps = "End it with a line of ---." if unclosed else "Write it in YAML, between lines of ---."
            return (Fault(source.file, index, f"{what}: nothing of recovery is read.", helps),)
    return ()


def in_text(source: Source) -> tuple[Fault, ...]:
    """A fault where `recovery:` and its keys stand in the text: below a comment, a second rule, or four dashes."""
    lines = source.lines[source.front : source.front + _MOST_LINES]
    at = ours_at(lines)
    if at is None:
        return ()
    what = "recovery stands in the text: nothing reads it."
    helps = "Put it into the front matter: between two lines of ---, the first of them on top of the file."
    return (Fault(source.file, source.front + at + 1, what, helps),)
