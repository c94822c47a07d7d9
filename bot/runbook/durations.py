"""Durations as people write them: `90s`, `15m`, `1h30m`, `30d`."""

from __future__ import annotations

import re
from datetime import timedelta

_SHAPE = re.compile(r"(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?")


def parse_duration(text: str) -> timedelta:
    """The duration that `text` says. Raises ValueError with what to write instead."""
    match = _SHAPE.fullmatch(text.strip())
    if not match or not any(match.groups()):
        raise ValueError(f"“{text}” is no duration: write 90s, 15m, 1h30m or 30d")
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
