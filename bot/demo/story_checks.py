"""What must hold of a told story. Each thing that does not is one sentence."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.demo.story import Story


def off_in(story: Story) -> list[str]:
    """Everything that is off."""
    by_name = {system["system"]: system for system in story.systems}
    return [
        *_unverified(story, by_name),
        *_out_of_order(by_name),
        *_alone(story.systems),
        *_figures(story),
        *_spoken(story),
        *_outage(story),
    ]


def _unverified(story: Story, by_name: Mapping[str, Any]) -> Iterator[str]:
    for name, found in story.verified_against_truth.items():
        if found != "agrees":
            yield f"{name} does not agree with its truth: {found}"
        if by_name.get(name, {}).get("verdict") != "verified":
            yield f"the review does not call {name} verified"
    if len(story.verified_against_truth) != len(by_name):
        yield "the review and the estate do not name the same systems"


def _out_of_order(by_name: Mapping[str, Any]) -> Iterator[str]:
    for name, system in by_name.items():
        for parent in system["depends_on"]:
            before = by_name.get(parent)
            if before and _time(system, "started_at") < _time(before, "verified_at"):
                yield f"{name} started before {parent} was verified"


def _alone(systems: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not any(_overlap(one, other) for one, other in combinations(systems, 2)):
        yield "no two systems came back at the same time"


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    starts = max(_time(one, "started_at"), _time(other, "started_at"))
    return starts < min(_time(one, "verified_at"), _time(other, "verified_at"))


def _figures(story: Story) -> Iterator[str]:
    if story.outcome != "recovered":
        yield f"the recovery ended as {story.outcome or 'nothing'}"
    if not story.kills:
        yield "the bot was not killed"
    if not story.rta_seconds or story.rta_seconds <= 0:
        yield "there is no RTA"
    if story.rpa_seconds is None:
        yield "there is no RPA"


def _spoken(story: Story) -> Iterator[str]:
    """What the console counted of how the bot spoke with it."""
    if refused := story.console["refusals"]:
        yield f"the console refused calls: {refused}"
    if story.console["without_text"]:
        yield f"{story.console['without_text']} messages were posted without text"
    if (story.console["sockets"] == 0) is (story.wire == "sockets"):
        yield f"{story.console['sockets']} sockets are open, although the wire is {story.wire}"


def _outage(story: Story) -> Iterator[str]:
    """What must hold after an outage of Slack."""
    outage = story.slack_outage
    if outage is None:
        return
    if "not connected" not in outage.chat_said:
        yield f"the chat did not say that the app is away, but: {outage.chat_said or 'nothing'}"
    if not outage.answered_at_the_terminal:
        yield "nobody answered at the terminal while Slack was down"
    if outage.told_after_seconds is None:
        yield "Slack came back, and its messages do not tell what was done meanwhile"
    if not story.console["struck"].get("down"):
        yield "no call was lost while Slack was down"


def _time(system: Mapping[str, Any], name: str) -> datetime:
    # What never happened comes after everything: the sentence about it is another one.
    return datetime.fromisoformat(system[name] or "9999-01-01T00:00:00+00:00")
