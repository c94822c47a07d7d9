"""Watches what reaches the local workspace: how fast, and whether any text got through that must not."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.console.journal import Journal
from bot.console.rates import Rates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.console.clock import Clock
    from bot.console.server import Console

MINUTE = timedelta(minutes=1)
MENTION = re.compile(r"<(?:!(?!date\^)|#|@(\w+)|https?://\S*evil)")


class Posts(Rates):
    """The workspace's own limit, and the shortest time between two posts of a channel."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._last: dict[str, float] = {}
        self.shortest_seconds = float("inf")

    def _note(self, channel: str, now: float) -> None:
        super()._note(channel, now)
        if channel in self._last:
            self.shortest_seconds = min(self.shortest_seconds, now - self._last[channel])
        self._last[channel] = now


class Calls(Counter[str]):
    """Counts calls by method, and knows when each came."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.at: dict[str, list[datetime]] = defaultdict(list)

    def __setitem__(self, method: str, count: int) -> None:
        self.at[method].append(self._clock.now())
        super().__setitem__(method, count)

    def most_in_a_minute(self, method: str) -> int:
        """The most calls of a method within any minute."""
        times, first, most = self.at[method], 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= MINUTE:
                first += 1
            most = max(most, last - first + 1)
        return most


class Seen(Journal):
    """A workspace's journal through which every version of every message passes."""

    def __init__(self, inner: Journal, judge: Callable[[Any], None]) -> None:
        self._inner = inner
        self._judge = judge

    def values(self, kind: str) -> Iterator[tuple[str, Any]]:
        return self._inner.values(kind)

    def put(self, kind: str, key: str, value: Any) -> None:
        if kind == "message":
            self._judge(value)
        self._inner.put(kind, key, value)

    def drop(self, kind: str, key: str) -> None:
        self._inner.drop(kind, key)


class Watch:
    """Watches a console from before its first call on. `people` may be mentioned; `secrets` may stand nowhere."""

    def __init__(self, console: Console, clock: Clock, people: Sequence[str], secrets: Sequence[str]) -> None:
        self.posts = Posts(clock)
        self.calls = Calls(clock)
        self.versions = 0
        self.secrets: list[str] = []
        self.mentions: list[str] = []
        self._people = people
        self._forbidden = secrets
        console.rates = self.posts
        console.log.calls = self.calls
        console.workspace.journal = Seen(console.workspace.journal, self._judge)

    def _judge(self, message: Any) -> None:
        self.versions += 1
        text = json.dumps(message, ensure_ascii=False)
        if any(secret in text for secret in self._forbidden):
            self.secrets.append(text)
        self.mentions.extend(_mentions(message, self._people))


def _mentions(value: Any, people: Sequence[str]) -> Iterator[str]:
    """What in a message Slack would turn into a mention or a link: marks in formatted text, elements of rich text."""
    if isinstance(value, list):
        for each in value:
            yield from _mentions(each, people)
    if not isinstance(value, dict):
        return
    kind, text = value.get("type"), value.get("text")
    if kind in {"broadcast", "usergroup", "channel"} or (kind == "user" and value.get("user_id") not in people):
        yield json.dumps(value)
    if kind == "link" and "evil" in str(value.get("url")):
        yield json.dumps(value)
    if isinstance(text, str) and kind not in {"plain_text", "text"}:
        yield from (text for found in MENTION.finditer(text) if found[1] not in people)
    for inner in value.values():
        yield from _mentions(inner, people)
