"""What happened: the entries of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What an entry of a recovery's stream records. Its data stand in brackets."""

    REQUESTED = "requested"  # a recovery was asked for [plan_digest, mode, outage_started_at, evidence, reason, ...]
    APPROVED = "approved"  # a second person approved exactly this [binding]
    REJECTED = "rejected"  # a person refused [reason]
    EXPIRED = "expired"  # nobody approved in time
    BREAK_GLASS = "break_glass"  # a gate was opened by hand [gate, reason]
    STARTED = "started"  # the restore began
    OUTAGE_CORRECTED = "outage_corrected"  # the start of the outage was corrected [from, to, reason]
    LEAD_TAKEN = "lead_taken"  # somebody leads from now on
    HANDED_OVER = "handed_over"  # the lead gave the walk to another [to, to_name, from, from_name, from_names, text]
    PAUSED = "paused"  # no further step starts
    RESUMED = "resumed"  # steps start again
    ABORT_REQUESTED = "abort_requested"  # a person ended it [reason]
    NOTED = "noted"  # a person wrote something down [text]
    ATTACHED = "attached"  # a person attached a file [name, size, digest: SHA-256 in hex, media_type, about]
    UNIT_STARTED = "unit_started"  # everything it depends on was verified
    ATTEMPT_STARTED = "attempt_started"  # a command began [command, idempotent]
    ATTEMPT_ENDED = "attempt_ended"  # it ended [outcome, exit_code, output, comparison, captured]
    ASKED = "asked"  # a person is needed [question, detail]
    ASSIGNED = "assigned"  # a step is for one person from now on [to, to_name]
    TAKEN = "taken"  # a person is on it [from: who was on it, when it was taken over]
    ANSWERED = "answered"  # a person answered [question, choice, reason, release, to: where a jump goes, said_at]
    APPLIED = "applied"  # the workflow went on with an answer [the same]
    UNIT_RELEASED = "unit_released"  # every check passed, steps are left: what depends on it may start [verified_at]
    UNIT_ENDED = "unit_ended"  # nothing more will happen to this unit [verdict, released, reasons]
    ENDED = "ended"  # nothing more will happen to this recovery [outcome, head]


class EstateEventKind(StrEnum):
    """What an entry of the estate's stream records."""

    RECOVERY_OPENED = "recovery_opened"  # [recovery, head, plan_digest, plan_text: a digest of the whole frozen plan]
    RECOVERY_CLOSED = "recovery_closed"  # [recovery, head]
    REVIEW_KEPT = "review_kept"  # [recovery, through_seq, digest of the review's markdown and HTML]
    COSMETIC = "cosmetic_review"  # a person carried a proof over a changed digest [a CosmeticReview]
    PROOF = "proof"  # evidence that a restore works or does not [a Proof]


class Source(StrEnum):
    """Where an event comes from."""

    BOT = "bot"  # the workflow
    WRAPPER = "wrapper"  # the files of the guarded step: times measured beside the command
    SLACK = "slack"
    CONSOLE = "console"  # the local workspace
    TERMINAL = "terminal"


ESTATE_STREAM = "estate"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person's id in the policy, how they are shown, and where they acted. The bot itself: `BOT`."""

    id: str
    name: str
    via: Source = Source.BOT


BOT = Actor(id="", name="Bringback")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry. `id` is unique over the ledger; it happened at `occurred_at` and was stored at `recorded_at`."""

    id: str
    stream: str
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    source: Source = Source.BOT
    actor: str = ""
    actor_name: str = ""
    unit: str = ""
    step: str = ""
    attempt: int = 0
    digest: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0  # position in its stream, from 1; 0 before it is stored


def event_id(stream: str, kind: str, *, unit: str = "", step: str = "", attempt: int = 0, extra: str = "") -> str:
    """The id that makes an event happen once: a replay of the same thing meets the same id."""
    parts = [stream, unit, step, str(attempt), kind]
    return "/".join([*parts, extra] if extra else parts)


def make_event(
    stream: str,
    kind: str,
    at: datetime,
    *,
    unit: str = "",
    step: str = "",
    attempt: int = 0,
    actor: Actor = BOT,
    source: Source | None = None,
    digest: str = "",
    data: Mapping[str, Any] | None = None,
    recorded_at: datetime | None = None,
    extra: str = "",
) -> Event:
    """An event that happened at `at`; the store sets `seq` and keeps `recorded_at` not before it."""
    return Event(
        id=event_id(stream, kind, unit=unit, step=step, attempt=attempt, extra=extra),
        stream=stream,
        kind=kind,
        occurred_at=at,
        recorded_at=recorded_at or at,
        source=source or actor.via,
        actor=actor.id,
        actor_name=actor.name if actor.id else "",
        unit=unit,
        step=step,
        attempt=attempt,
        digest=digest,
        data=data or {},
    )
