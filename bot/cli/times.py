"""Times and lengths of time for people: the reader's zone, with UTC beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.domain.errors import BringbackError
from bot.runbook.durations import parse_duration

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Shows times to one reader. `zone` None: the zone of this machine."""

    zone: tzinfo | None
    now: datetime

    def at(self, moment: datetime | None) -> str:
        """A moment: “03:14:05 CET (02:14:05 UTC)”, with its date when it is a day away or more."""
        if moment is None:
            return "-"
        local = moment.astimezone(self.zone)
        day = "" if abs(self.now - moment) < _DAY else f"{local:%Y-%m-%d} "
        if not local.utcoffset():
            return f"{day}{local:%H:%M:%S} UTC"
        other = "" if local.date() == moment.astimezone(UTC).date() else f"{moment.astimezone(UTC):%Y-%m-%d} "
        return f"{day}{local:%H:%M:%S} {local:%Z} ({other}{moment.astimezone(UTC):%H:%M:%S} UTC)"

    def clock(self, moment: datetime | None) -> str:
        """A moment within a list whose zone is said elsewhere: “03:14:05”."""
        return "-" if moment is None else f"{moment.astimezone(self.zone):%H:%M:%S}"

    def ago(self, moment: datetime | None) -> str:
        """How long ago: “40 s ago”."""
        return "never" if moment is None else f"{length(self.now - moment)} ago"

    @property
    def zone_name(self) -> str:
        """The reader's zone: “CET”."""
        return f"{self.now.astimezone(self.zone):%Z}"


def length(span: timedelta | None) -> str:
    """A length of time in its two largest units: “2 d 3 h”, “1 h 5 min”, “1 min 34 s”, “40 s”."""
    if span is None:
        return "-"
    seconds = round(abs(span).total_seconds())
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        parts.append((count, name))
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {name}" for count, name in parts[first : first + 2] if count) or "0 s"


def read_moment(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    """A moment that a person wrote: “now”, “15m” (ago), “03:02” (the last one), or ISO 8601. Raises BringbackError."""
    wanted = text.strip()
    if wanted == "now":
        return now
    try:
        return now - parse_duration(wanted.removesuffix(" ago"))
    except ValueError:
        pass
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", wanted):
        return _last(wanted, now, zone)
    try:
        moment = datetime.fromisoformat(wanted)
    except ValueError:
        raise BringbackError(
            f"“{text}” is no time.", "Write 15m (ago), 03:02 (today), 2026-11-22T03:02+01:00, now, or unknown."
        ) from None
    return (moment if moment.tzinfo else _in_zone(moment, zone)).astimezone(UTC)


def read_past(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    """The same, of something that has happened. Raises BringbackError when it lies ahead."""
    moment = read_moment(text, now, zone)
    if moment > now:
        raise BringbackError(
            f"“{text}” lies ahead: it would be {moment:%Y-%m-%d %H:%M:%S} UTC.", "Write a time that has passed."
        )
    return moment


def _last(text: str, now: datetime, zone: tzinfo | None) -> datetime:
    hour, minute, second = (int(part) for part in (f"{text}:00").split(":")[:3])
    try:
        today = now.astimezone(zone).replace(hour=hour, minute=minute, second=second, microsecond=0, tzinfo=None)
    except ValueError:
        raise BringbackError(f"“{text}” is no time of day.", "Write hours and minutes: 03:02.") from None
    moment = _in_zone(today, zone)
    return (moment if moment <= now else _in_zone(today - _DAY, zone)).astimezone(UTC)


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    # A naive time's astimezone() takes it as local to this machine.
    return moment.replace(tzinfo=zone) if zone else moment.astimezone()
