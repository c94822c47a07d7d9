"""Short-lived permissions that the workspace hands to the app: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .errors import ApiError
from .limits import LIMITS

if TYPE_CHECKING:
    from .clock import Clock
    from .journal import Journal

TRIGGER_LIFE = timedelta(seconds=LIMITS["trigger_id.seconds"].most)


@dataclass(frozen=True, slots=True)
class Trigger:
    """The right of an app to open one view for ``user``, given at ``given_at``; ``view_id`` names the view in which
    the person acted, if it was one.
    """

    user: str
    given_at: datetime
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Trigger ids: good for three seconds and one use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, Trigger] = {}

    def give(self, user: str, view_id: str | None = None) -> str:
        """A fresh trigger id for what this person just did."""
        now = self._clock.now()
        self._forget_before(now - timedelta(minutes=5))
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._given[trigger_id] = Trigger(user, now, view_id)
        return trigger_id

    def _forget_before(self, moment: datetime) -> None:
        """Drops what is old; the oldest stands first."""
        while self._given and (oldest := next(iter(self._given))) and self._given[oldest].given_at < moment:
            del self._given[oldest]

    def take(self, trigger_id: str) -> Trigger:
        """Uses up a trigger id. Raises ApiError with Slack's name for what is wrong with it."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if self._clock.now() - trigger.given_at > TRIGGER_LIFE:
            raise ApiError("expired_trigger_id")
        self._given[trigger_id] = replace(trigger, used=True)
        return trigger


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """Where an app may answer an interaction: five times in half an hour.

    ``message_ts`` is the message that was clicked, ``thread_ts`` its thread; both None for a command.
    """

    key: str
    channel: str
    user: str
    expires: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """The response URLs that were handed out."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._given = {key: ResponseUrl(**raw) for key, raw in journal.values("response_url")}

    def give(self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None) -> str:
        """The key of a fresh response URL."""
        now = self._clock.now().timestamp()
        while self._given and (oldest := next(iter(self._given))) and self._given[oldest].expires < now:
            del self._given[oldest]
            self._journal.drop("response_url", oldest)
        expires = now + LIMITS["response_url.seconds"].most
        self._keep(ResponseUrl(secrets.token_urlsafe(18), channel, user, expires, message_ts, thread_ts))
        return next(reversed(self._given))

    def take(self, key: str) -> ResponseUrl:
        """Counts one use. Raises ApiError when the URL is unknown, too old or used up."""
        given = self._given.get(key)
        if given is None or self._clock.now().timestamp() > given.expires:
            raise ApiError("expired_url")
        if given.uses >= LIMITS["response_url.uses"].most:
            raise ApiError("used_url")
        self._keep(replace(given, uses=given.uses + 1))
        return given

    def _keep(self, given: ResponseUrl) -> None:
        self._given[given.key] = given
        self._journal.put("response_url", given.key, asdict(given))
