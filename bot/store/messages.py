"""Messages as projections: what each should show, and what its surface was last sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import F, Q

from bot.store.slack_records import MessageRecord


@dataclass(frozen=True, slots=True)
class WantedMessage:
    """What a message should show.

    `key` is ours and stays; `thread` is the key of the message it answers. `payload` holds `text`, `blocks` and
    perhaps `simple_blocks`; `digest` covers what in it matters: a new one means that there is something to send.
    """

    key: str
    channel: str
    payload: Mapping[str, Any]
    digest: str
    recovery: str = ""
    thread: str = ""
    pin: bool = False


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A wanted message with what became of it (see `MessageRecord`)."""

    surface: str
    message: WantedMessage
    sent: str
    ts: str
    thread_ts: str
    posting_since: datetime | None
    pinned: bool
    form: int
    refusal: str
    wanted_at: datetime


class Messages:
    """Stores messages by surface and key."""

    async def want(self, surface: str, wanted: WantedMessage, at: datetime) -> bool:
        """Set what a message should show. False when it is wanted so already."""
        fields: dict[str, Any] = {
            "recovery": wanted.recovery,
            "channel": wanted.channel,
            "thread": wanted.thread,
            "payload": json.dumps(wanted.payload, ensure_ascii=False, separators=(",", ":")),
            "wanted": wanted.digest,
            "pin": wanted.pin,
            "wanted_at": at,
        }
        identity = _id(surface, wanted.key)
        row = await MessageRecord.filter(id=identity).first()
        if row is None:
            _ = await MessageRecord.create(id=identity, surface=surface, key=wanted.key, **fields)
            return True
        if row.wanted == wanted.digest:
            return False
        if row.wanted != row.sent:  # it keeps its turn, or one that changes every second would never come to it
            fields["wanted_at"] = row.wanted_at
        return bool(await MessageRecord.filter(id=identity).update(**fields))

    async def unsent(self, surface: str, most: int = 200) -> list[StoredMessage]:
        """Messages with something to send: those never posted first, each group oldest first.

        An answer whose thread has no first message yet is passed over.
        """
        open_rows = MessageRecord.filter(surface=surface).filter(
            ~Q(wanted=F("sent")) | Q(ts="") | Q(pin=True, pinned=False)
        )
        rows = await open_rows.order_by("wanted_at").limit(most)
        parents = await self._posted(surface, {row.thread for row in rows if row.thread})
        ready = [_stored(row, parents.get(row.thread, "")) for row in rows if not row.thread or row.thread in parents]
        return sorted(ready, key=lambda stored: bool(stored.ts))

    async def of_recovery(self, surface: str, recovery: str) -> list[StoredMessage]:
        """All messages of one recovery."""
        rows = await MessageRecord.filter(surface=surface, recovery=recovery).order_by("wanted_at")
        return [_stored(row, "") for row in rows]

    async def get(self, surface: str, key: str) -> StoredMessage | None:
        """One message; None before it was wanted."""
        row = await MessageRecord.filter(id=_id(surface, key)).first()
        return _stored(row, "") if row else None

    async def begin_posting(self, surface: str, key: str, at: datetime) -> None:
        """A post is about to go out: until Slack's answer is stored nobody knows whether it arrived."""
        await MessageRecord.filter(id=_id(surface, key)).update(posting_since=at)

    async def stop_posting(self, surface: str, key: str) -> None:
        """Slack answered that nothing was posted."""
        await MessageRecord.filter(id=_id(surface, key)).update(posting_since=None)

    async def posted(self, surface: str, key: str, ts: str, digest: str, at: datetime) -> None:
        """The message stands in Slack as `ts`, showing what `digest` covers."""
        changes: dict[str, Any] = {"ts": ts, "sent": digest, "sent_at": at, "posting_since": None, "refusal": ""}
        await MessageRecord.filter(id=_id(surface, key)).update(**changes)

    async def pinned(self, surface: str, key: str) -> None:
        """The message is pinned."""
        await MessageRecord.filter(id=_id(surface, key)).update(pinned=True)

    async def gone(self, surface: str, key: str) -> None:
        """Somebody deleted it: it has to be posted anew."""
        await MessageRecord.filter(id=_id(surface, key)).update(ts="", sent="", pinned=False, posting_since=None)

    async def degraded(self, surface: str, key: str, form: int) -> None:
        """Slack refused its form: from now on it goes out in a simpler one."""
        await MessageRecord.filter(id=_id(surface, key)).update(form=form)

    async def refused(self, surface: str, key: str, why: str) -> bool:
        """Slack refuses it altogether. False when it was known to refuse for this reason."""
        return bool(await MessageRecord.filter(id=_id(surface, key)).exclude(refusal=why).update(refusal=why))

    async def _posted(self, surface: str, keys: set[str]) -> dict[str, str]:
        rows = await MessageRecord.filter(id__in=[_id(surface, key) for key in keys]).exclude(ts="")
        return {row.key: row.ts for row in rows}


def _id(surface: str, key: str) -> str:
    return f"{surface}/{key}"


def _stored(row: MessageRecord, thread_ts: str) -> StoredMessage:
    wanted = WantedMessage(
        key=row.key,
        channel=row.channel,
        payload=json.loads(row.payload),
        digest=row.wanted,
        recovery=row.recovery,
        thread=row.thread,
        pin=row.pin,
    )
    return StoredMessage(
        surface=row.surface,
        message=wanted,
        sent=row.sent,
        ts=row.ts,
        thread_ts=thread_ts,
        posting_since=row.posting_since,
        pinned=row.pinned,
        form=row.form,
        refusal=row.refusal,
        wanted_at=row.wanted_at,
    )
