"""What the story holds against what it saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.story import Story
from bot.demo.story_checks import off_in
from bot.demo.story_messages import untrue_messages
from bot.demo.story_outage import Outage
from bot.demo.story_people import Cast

SYSTEMS: list[dict[str, Any]] = [
    {
        "system": name,
        "verdict": "verified",
        "depends_on": [],
        "started_at": "2026-11-22T03:00:00+00:00",
        "verified_at": "2026-11-22T03:01:00+00:00",
    }
    for name in ("dns", "docs")
]
FIGURES: dict[str, Any] = {"refusals": {}, "without_text": 0, "sockets": 1, "struck": {"down": 3}}


def told(**more: Any) -> Story:
    story = Story(
        outcome="recovered",
        rta_seconds=60.0,
        rpa_seconds=0.0,
        systems=SYSTEMS,
        verified_against_truth={"dns": "agrees", "docs": "agrees"},
        kills=[{"signal": "SIGKILL"}],
        console=FIGURES,
    )
    for name, value in more.items():
        setattr(story, name, value)
    return story


def outage(**more: Any) -> Outage:
    good: dict[str, Any] = {
        "seconds": 120.0,
        "chat_said": "/recovery failed because the app is not connected.",
        "answered_at_the_terminal": ["orders-db/stop"],
        "told_after_seconds": 20.0,
    }
    return Outage(**good | more)


def test_a_story_in_which_all_went_well_has_nothing_off() -> None:
    assert off_in(told()) == []
    assert off_in(told(slack_outage=outage())) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"console": FIGURES | {"refusals": {"invalid_blocks": 1}}}, "refused calls"),
        ({"console": FIGURES | {"without_text": 2}}, "without text"),
        ({"wire": "http"}, "although the wire is http"),
        ({"console": FIGURES | {"sockets": 0}}, "although the wire is sockets"),
        ({"slack_outage": outage(chat_said="")}, "did not say that the app is away"),
        ({"slack_outage": outage(answered_at_the_terminal=[])}, "nobody answered at the terminal"),
        ({"slack_outage": outage(told_after_seconds=None)}, "do not tell what was done"),
        ({"slack_outage": outage(), "console": FIGURES | {"struck": {}}}, "no call was lost"),
    ],
)
def test_each_thing_that_is_off_is_said(more: dict[str, Any], said: str) -> None:
    assert [said in sentence for sentence in off_in(told(**more))] == [True]


@dataclass
class Reader:
    """Somebody who reads a channel, and the thread below its first message."""

    channel: list[dict[str, Any]]
    below: list[dict[str, Any]] = field(default_factory=list)

    async def messages(self, _channel: str) -> list[dict[str, Any]]:
        return self.channel

    async def thread(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        return [message, *self.below]


def message(key: str, text: str, *buttons: str) -> dict[str, Any]:
    blocks = [{"type": "actions", "elements": [{"action_id": each} for each in buttons]}]
    return {"text": text, "blocks": blocks, "metadata": {"event_payload": {"key": key}}}


PROGRESS = message("R-1/progress", "R-1 REAL full-site: RECOVERED", "recovery_note")


@pytest.mark.parametrize(
    ("reader", "off"),
    [
        (Reader([PROGRESS], [message("R-1/ask", "done by Riley")]), []),
        (Reader([]), ["the channel holds no message of the recovery"]),
        (Reader([PROGRESS, PROGRESS]), ["R-1/progress was posted more than once"]),
        (Reader([PROGRESS], [message("R-1/ask", "Stop", "step_done")]), ["still waits for an answer"]),
        (Reader([message("R-1/progress", "R-1 REAL: 1 of 2")]), ["its message says: R-1 REAL: 1 of 2"]),
    ],
)
async def test_messages_that_are_not_true_at_the_end_are_named(reader: Any, off: list[str]) -> None:
    found = await untrue_messages(Cast(reader, reader), "R-1", "recovered", settle_seconds=0)
    assert len(found) == len(off)
    assert all(words in sentence for words, sentence in zip(off, found, strict=True))
