"""Whether the messages of a recovery that has ended say what is true, each of them once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from bot.demo.story_people import CHANNEL, action_ids, first_line, key_of, progress_of

if TYPE_CHECKING:
    from bot.demo.story_people import Cast

SETTLE_SECONDS = 20.0
POLL_SECONDS = 0.5
_ANSWERS = frozenset({"step_take", "step_done", "step_retry"})


async def untrue_messages(cast: Cast, recovery: str, outcome: str, settle_seconds: float = SETTLE_SECONDS) -> list[str]:
    """What is off in the channel and the thread, once everything was sent; a sentence each."""
    loop = asyncio.get_running_loop()
    until = loop.time() + settle_seconds
    while (off := await _off(cast, recovery, outcome)) and loop.time() < until:  # noqa: ASYNC110 - another process
        await asyncio.sleep(POLL_SECONDS)
    return off


async def _off(cast: Cast, recovery: str, outcome: str) -> list[str]:
    said = await cast.responder.messages(CHANNEL)
    progress = await progress_of(cast, recovery)
    if progress is None:
        return ["the channel holds no message of the recovery"]
    replies = (await cast.responder.thread(progress))[1:]
    twice = [key for key, count in Counter(map(key_of, [*said, *replies])).items() if key and count > 1]
    waiting = [first_line(reply) for reply in replies if _ANSWERS & set(action_ids(reply))]
    lagging = [] if outcome.upper() in first_line(progress) else [first_line(progress)]
    return [
        *(f"{key} was posted more than once" for key in twice),
        *(f"this still waits for an answer in the thread: {line}" for line in waiting),
        *(f"the recovery is over, and its message says: {line}" for line in lagging),
    ]
