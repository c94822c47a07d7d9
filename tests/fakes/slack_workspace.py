"""A workspace in memory, as the outbox sees it, with everything that can go wrong; and a clock that tests move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.slack.poster import SlackRefused, SlackSilent


class FakeTime:
    """A clock whose time passes only by sleeping."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Posted:
    """One message that stands in the workspace."""

    channel: str
    thread_ts: str
    key: str
    payload: Mapping[str, Any]


@dataclass
class FakeWorkspace:
    """`troubles` are what the next calls meet, in order: an error to raise before anything is done, or "lost".

    A call arrives after `slow`.
    """

    time: FakeTime
    standing: dict[str, Posted] = field(default_factory=dict)
    pinned: list[str] = field(default_factory=list)
    calls: list[tuple[datetime, str, str]] = field(default_factory=list)
    troubles: list[Exception | str] = field(default_factory=list)
    slow: timedelta = timedelta()

    async def post(self, channel: str, payload: Mapping[str, Any], thread_ts: str, key: str) -> str:
        lost = self._meet("post", key)
        if thread_ts and thread_ts not in self.standing:
            raise SlackRefused("thread_not_found")
        await self.time.sleep(self.slow.total_seconds())
        ts = f"{len(self.calls)}.0"
        self.standing[ts] = Posted(channel, thread_ts, key, payload)
        self._lose(lost)
        return ts

    async def update(self, channel: str, ts: str, payload: Mapping[str, Any], key: str) -> None:
        lost = self._meet("update", key)
        if ts not in self.standing:
            raise SlackRefused("message_not_found")
        self.standing[ts] = Posted(channel, self.standing[ts].thread_ts, key, payload)
        self._lose(lost)

    async def pin(self, channel: str, ts: str) -> None:
        self._lose(self._meet("pin", channel))
        self.pinned.append(ts)

    async def find(self, channel: str, thread_ts: str, key: str, since: datetime) -> str:
        self._lose(self._meet("find", key))
        assert since <= self.time.at
        found = (
            ts
            for ts, said in self.standing.items()
            if (said.channel, said.thread_ts, said.key) == (channel, thread_ts, key)
        )
        return next(found, "")

    def texts(self) -> list[str]:
        return [str(said.payload["text"]) for said in self.standing.values()]

    def done(self) -> list[str]:
        return [what for _, what, _ in self.calls]

    def _meet(self, what: str, key: str) -> bool:
        self.calls.append((self.time.at, what, key))
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, Exception):
            raise trouble
        return trouble == "lost"

    def _lose(self, lost: bool) -> None:  # noqa: FBT001 - one flag, named where it is made
        if lost:
            raise SlackSilent("the answer was lost")
