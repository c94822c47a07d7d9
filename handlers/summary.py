"""`/recovery summary`: what a stretch of time showed. Thirty days when none is named."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.blocks.summary import summary_message
from bot.domain.errors import BringbackError
from bot.operations.summarize_recovery import summarize
from bot.slack.payload import argument_of

if TYPE_CHECKING:
    from bot.slack.call import Call

USUAL = timedelta(days=30)
_UNITS = {"d": timedelta(days=1), "w": timedelta(weeks=1), "h": timedelta(hours=1)}
HELPS = "Such as: summary 90d, summary 2026-01-01, summary 2026-01-01 2026-04-01, with tier 1 after it."


async def ask(call: Call) -> None:
    """Tell it to the person who asked."""
    since, until, tiers = stretch(argument_of(call.payload), call.desk.clock.now())
    await call.reply.tell(summary_message(await summarize(call.desk, since, until, tiers)))


def stretch(words: str, now: datetime) -> tuple[datetime, datetime, tuple[int, ...]]:
    """Since when, until when, of which tiers. Raises BringbackError for words that say no time."""
    before, _, after = words.lower().partition("tier")
    tiers = tuple(int(number) for number in re.findall(r"\d+", after))
    times = [_time(word, now) for word in before.replace(",", " ").split()]
    if len(times) > 2:  # noqa: PLR2004 - since and until
        raise BringbackError("A summary takes at most two times.", HELPS)
    since = times[0] if times else now - USUAL
    until = times[1] if len(times) > 1 else now
    if since >= until:
        raise BringbackError("That stretch of time ends before it begins.", HELPS)
    return since, until, tiers


def _time(word: str, now: datetime) -> datetime:
    length = re.fullmatch(r"(\d{1,4})([dwh])", word)
    if length:
        return now - int(length.group(1)) * _UNITS[length.group(2)]
    try:
        at = datetime.fromisoformat(word.upper())
    except ValueError:
        raise BringbackError(f"“{word[:40]}” is no time.", HELPS) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
