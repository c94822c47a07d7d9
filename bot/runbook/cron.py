"""Cron lines: what the schedules of a policy say, as the engine's scheduler reads them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_EXAMPLE = "0 9 * * 1"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER = re.compile(r"(?<!/)\b\d+\b")
_RANGE = re.compile(r"(\w+)-(\w+)")
_NO_TIME = re.compile(r"[RH]\b", re.IGNORECASE)  # another one for each that reads it: by chance, or by a name
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # a day that never comes after this one never comes at all


def cron_line(text: str) -> str:
    """The five fields of a cron line, one blank between them. Raises ValueError with what is wrong."""
    # It brings a library for dates: 60 ms that only those wait who have schedules.
    from croniter import CroniterError, croniter  # noqa: PLC0415 - see above

    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise _none(text, f"five fields, such as {_EXAMPLE}")
    for at, (field, (name, least, most)) in enumerate(zip(fields, _FIELDS, strict=True)):
        if wrong := [one for one in _NUMBER.findall(field) if not least <= int(one) <= most]:
            raise _none(text, f"its {name} goes from {least} to {most}, not to {wrong[0]}")
        if wrong_range := _wrong_range(field, name):
            raise _none(text, f"its {name} {wrong_range}")
        alone = ["*"] * at + [field] + ["*"] * (len(_FIELDS) - at - 1)
        if _NO_TIME.match(field) or not croniter.is_valid(" ".join(alone)):
            raise _none(text, f"its {name} cannot be “{field}”")
    line = " ".join(fields)
    try:
        croniter(line, _SOME_DAY).get_next(datetime)
    except CroniterError:
        raise _none(text, "no such day ever comes") from None
    return line


def _none(text: str, why: str) -> ValueError:
    return ValueError(f"“{text}” is no cron line: {why}")


def _wrong_range(field: str, name: str) -> str:
    """What is wrong with a range; empty where none is. A week goes round (`SAT-SUN`); a range of one would be all."""
    for match in _RANGE.finditer(field):
        first, last = match.groups()
        if first.lower() == last.lower():
            return f"“{match[0]}” is one value, and would be read as all of them: write {first}"
        if name != "weekday" and _value(first) > _value(last):
            return f"“{match[0]}” ends before it begins"
    return ""


def _value(written: str) -> int:
    lower = written.lower()
    if lower in _MONTHS:
        return _MONTHS.index(lower) + 1
    return int(lower) if lower.isdecimal() else 0
