"""Small checks that compose into the schema of Block Kit.

A check takes a value, the place where it stands (a JSON pointer) and the list of faults to add to. Faults are worded
as Slack words them, e.g. ``must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .limits import LIMITS

Faults: TypeAlias = list[str]
Check: TypeAlias = Callable[[Any, str, Faults], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object."""

    check: Check
    required: bool = False


Shape: TypeAlias = Mapping[str, Field]


def need(check: Check) -> Field:
    """A key that must be there."""
    return Field(check, required=True)


def may(check: Check) -> Field:
    """A key that may be there."""
    return Field(check)


def fault(faults: Faults, what: str, where: str) -> None:
    """Adds one fault."""
    faults.append(f"{what} [json-pointer:{where}]")


def within(limit_name: str, size: int, where: str, faults: Faults) -> None:
    """Holds a size against the table of limits."""
    limit = LIMITS[limit_name]
    items = limit.unit != "characters"
    if size > limit.most:
        what = f"no more than {limit.most} items allowed" if items else f"must be less than {limit.most + 1} characters"
        fault(faults, what, where)
    if size < limit.least:
        what = (
            f"no fewer than {limit.least} items allowed" if items else f"must be more than {limit.least - 1} characters"
        )
        fault(faults, what, where)


def string(limit_name: str) -> Check:
    """A string within a limit."""

    def check(value: Any, where: str, faults: Faults) -> None:
        if not isinstance(value, str):
            fault(faults, "must be a string", where)
        else:
            within(limit_name, len(value), where, faults)

    return check


def any_string(value: Any, where: str, faults: Faults) -> None:
    """A string that is not empty."""
    if not isinstance(value, str) or not value:
        fault(faults, "must be a string of at least 1 character", where)


def web_address(limit_name: str) -> Check:
    """An http(s) or mailto address within a limit."""
    bounded = string(limit_name)

    def check(value: Any, where: str, faults: Faults) -> None:
        bounded(value, where, faults)
        if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:", "slack://")):
            fault(faults, "must be a valid URL", where)

    return check


def boolean(value: Any, where: str, faults: Faults) -> None:
    """True or false."""
    if not isinstance(value, bool):
        fault(faults, "must be a boolean", where)


def integer(value: Any, where: str, faults: Faults) -> None:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        fault(faults, "must be an integer", where)


def matching(pattern: str, what: str) -> Check:
    """A string of a given form, named in words for the fault."""
    compiled = re.compile(pattern)

    def check(value: Any, where: str, faults: Faults) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            fault(faults, f"must be {what}", where)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, where: str, faults: Faults) -> None:
        if value not in allowed:
            fault(faults, f"must be one of {', '.join(allowed)}", where)

    return check


def text(limit_name: str, *kinds: str) -> Check:
    """A text object of one of the kinds, "plain_text" or "mrkdwn"; both when none is named."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def check(value: Any, where: str, faults: Faults) -> None:
        if not isinstance(value, dict):
            fault(faults, "must be a text object", where)
            return
        kind = value.get("type")
        if kind not in allowed:
            fault(faults, f"unsupported type: {kind}, must be one of {', '.join(allowed)}", f"{where}/type")
            return
        extra = {"emoji": may(boolean)} if kind == "plain_text" else {"verbatim": may(boolean)}
        shape(value, where, faults, {"type": need(any_string), "text": need(string(limit_name)), **extra})

    return check


def shape(value: Any, where: str, faults: Faults, fields: Shape) -> None:
    """An object with these keys and no other."""
    if not isinstance(value, dict):
        fault(faults, "must be an object", where)
        return
    for name, field in fields.items():
        if value.get(name) is not None:
            field.check(value[name], f"{where}/{name}", faults)
        elif field.required:
            fault(faults, f"missing required field: {name}", where)
    for name in value.keys() - fields.keys():
        fault(faults, f"invalid additional property: {name}", where)


def obj(fields: Shape) -> Check:
    """An object with these keys and no other."""

    def check(value: Any, where: str, faults: Faults) -> None:
        shape(value, where, faults, fields)

    return check


def items(limit_name: str, each: Check) -> Check:
    """A list within a limit, each item checked."""

    def check(value: Any, where: str, faults: Faults) -> None:
        if not isinstance(value, list):
            fault(faults, "must be an array", where)
            return
        within(limit_name, len(value), where, faults)
        for index, item in enumerate(value):
            each(item, f"{where}/{index}", faults)

    return check


def by_type(shapes: Callable[[], Mapping[str, Check]], only: tuple[str, ...] | None = None) -> Check:
    """An object whose ``type`` chooses its check; ``only`` narrows the types allowed here."""

    def check(value: Any, where: str, faults: Faults) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        known = shapes()
        if not isinstance(kind, str) or kind not in known or (only is not None and kind not in only):
            fault(faults, f"unsupported type: {kind}", f"{where}/type")
            return
        known[kind](value, where, faults)

    return check


def anything(value: Any, where: str, faults: Faults) -> None:
    """Whatever stands there."""


def both(*checks: Check) -> Check:
    """These checks one after another, up to the first that finds a fault: each may rely on those before it."""

    def check(value: Any, where: str, faults: Faults) -> None:
        before = len(faults)
        for each in checks:
            if len(faults) == before:
                each(value, where, faults)

    return check
