"""The outbox over a real store and a workspace in which everything goes wrong, in a time of its own."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.slack.outbox import Outbox
from bot.slack.pace import Pace, Rates
from bot.slack.poster import SlackBusy, SlackRefused, SlackSilent
from bot.store.database import open_store
from bot.store.messages import Messages, WantedMessage
from tests.fakes.slack_workspace import FakeTime, FakeWorkspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.store.messages import StoredMessage

LIMIT = 60


class Bench:
    """An outbox with all that it works on."""

    def __init__(self, messages: Messages) -> None:
        self.time = FakeTime()
        self.slack = FakeWorkspace(self.time)
        self.messages = messages
        self.reported: list[str] = []
        self.outbox = self.restarted()

    def restarted(self) -> Outbox:
        pace = Pace(Rates(channel_seconds=1.0), self.time, self.time.sleep)
        return Outbox(
            surface="s",
            messages=self.messages,
            poster=self.slack,
            pace=pace,
            clock=self.time,
            report=self._report,
        )

    async def _report(self, _stored: StoredMessage, error: str) -> None:
        self.reported.append(error)

    async def want(self, key: str, text: str, **more: Any) -> None:
        payload: dict[str, Any] = {"text": text, "blocks": more.pop("blocks", [{"type": "divider"}])}
        channel = more.pop("channel", "C1")
        await self.messages.want("s", WantedMessage(key, channel, payload, text, "R-1", **more), self.time.at)

    async def settle(self) -> None:
        """Send until there is nothing left to send; fails after too many rounds."""
        for _ in range(LIMIT):
            wait = await self.outbox.round()
            if wait is None:
                return
            await self.time.sleep(wait)
        pytest.fail(f"never settled: {self.slack.done()}")


@pytest.fixture
async def bench(database: str) -> AsyncIterator[Bench]:
    async with open_store(database, FakeTime()) as store:
        yield Bench(store.messages)


async def test_a_message_that_changes_every_second_is_not_passed_over_for_others(bench: Bench) -> None:
    for key in ("progress", "s0", "s1", "s2", "s3"):
        await bench.want(key, "begun")
    await bench.settle()
    for turn in range(4):  # a step is answered, and the progress tells of it: more than goes out in a second
        await bench.want(f"s{turn}", "answered")
        await bench.time.sleep(0.1)
        await bench.want("progress", f"{turn} done")
        await bench.time.sleep(0.9)
        await bench.outbox.round()
    assert any("done" in text for text in bench.slack.texts())


async def test_one_message_a_second_a_channel(bench: Bench) -> None:
    for number in range(4):
        await bench.want(f"m{number}", "text")
    await bench.want("elsewhere", "text", channel="C2")
    await bench.settle()
    first = [at for at, _, key in bench.slack.calls if key != "elsewhere"]
    assert [later - earlier for earlier, later in itertools.pairwise(first)] == [timedelta(seconds=1)] * 3
    assert next(at for at, _, key in bench.slack.calls if key == "elsewhere") == first[0]


async def test_updates_run_together_and_the_last_is_sent(bench: Bench) -> None:
    await bench.want("m", "one")
    await bench.settle()
    for text in ("two", "three", "four"):
        await bench.want("m", text)
    await bench.settle()
    assert bench.slack.texts() == ["four"]
    assert bench.slack.done() == ["post", "update"]


async def test_an_answer_waits_for_the_message_that_it_answers(bench: Bench) -> None:
    await bench.want("answer", "reply", thread="root")
    assert await bench.outbox.round() is None
    await bench.want("root", "root", pin=True)
    await bench.settle()
    assert [said.thread_ts for said in bench.slack.standing.values()] == ["", "1.0"]
    assert bench.slack.pinned == ["1.0"]


async def test_retry_after_is_obeyed(bench: Bench) -> None:
    bench.slack.troubles = [SlackBusy(7)]
    await bench.want("m", "text")
    await bench.settle()
    assert bench.slack.done() == ["post", "post"]
    assert bench.slack.calls[1][0] - bench.slack.calls[0][0] >= timedelta(seconds=7)


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(bench: Bench) -> None:
    bench.slack.troubles = ["lost"]
    await bench.want("m", "text")
    await bench.settle()
    assert bench.slack.texts() == ["text"]
    assert bench.slack.done() == ["post", "find", "update"]


async def test_a_post_whose_answer_was_lost_in_a_crash_is_found_after_the_restart(bench: Bench) -> None:
    bench.slack.troubles = ["lost"]
    await bench.want("m", "text")
    await bench.outbox.round()
    bench.outbox = bench.restarted()
    await bench.want("m", "newer")
    await bench.settle()
    assert bench.slack.texts() == ["newer"]


async def test_a_post_that_never_arrived_is_posted_again(bench: Bench) -> None:
    bench.slack.troubles = [SlackSilent("down"), SlackSilent("down")]
    await bench.want("m", "text")
    await bench.settle()
    assert bench.slack.texts() == ["text"]


async def test_where_nothing_may_be_looked_up_a_message_is_rather_repeated_than_lost(bench: Bench) -> None:
    bench.slack.troubles = [SlackSilent("down"), SlackRefused("missing_scope")]
    await bench.want("m", "text")
    await bench.settle()
    assert bench.slack.done() == ["post", "find", "post"]


async def test_a_message_that_somebody_deleted_is_made_again(bench: Bench) -> None:
    await bench.want("m", "one", pin=True)
    await bench.settle()
    bench.slack.standing.clear()
    await bench.want("m", "two", pin=True)
    await bench.settle()
    assert bench.slack.texts() == ["two"]
    assert len(bench.slack.pinned) == 2


async def test_a_thread_whose_beginning_was_deleted_gets_a_new_one(bench: Bench) -> None:
    await bench.want("root", "root")
    await bench.settle()
    bench.slack.standing.clear()
    await bench.want("answer", "reply", thread="root")
    await bench.settle()
    assert sorted(bench.slack.texts()) == ["reply", "root"]


async def test_a_refused_form_goes_out_simpler_and_then_as_text(bench: Bench) -> None:
    bench.slack.troubles = [SlackRefused("invalid_blocks"), SlackRefused("msg_blocks_too_long")]
    payload = {
        "text": "see https://evil.example",
        "blocks": [{"type": "divider"}],
        "simple_blocks": [{"type": "divider"}],
    }
    await bench.messages.want("s", WantedMessage("m", "C1", payload, "d"), bench.time.at)
    await bench.settle()
    assert [said.payload for said in bench.slack.standing.values()] == [{"text": "see https: //evil.example"}]
    assert bench.outbox.refusals == 2


async def test_an_archived_channel_is_reported_once_and_tried_again_later(bench: Bench) -> None:
    bench.slack.troubles = [SlackRefused("is_archived"), SlackRefused("is_archived")]
    await bench.want("m", "text")
    await bench.settle()
    assert bench.reported == ["is_archived"]
    assert bench.slack.texts() == ["text"]


async def test_a_slow_call_does_not_bring_the_next_one_closer(bench: Bench) -> None:
    bench.slack.slow = timedelta(seconds=0.8)
    await bench.want("first", "text")
    await bench.want("second", "text")
    await bench.settle()
    first, second = (at for at, _, _ in bench.slack.calls)
    assert second - (first + bench.slack.slow) >= timedelta(seconds=1)


async def test_a_message_that_may_not_be_changed_is_made_anew_but_not_every_second(bench: Bench) -> None:
    await bench.want("m", "one")
    await bench.settle()
    bench.slack.troubles = [SlackRefused("edit_window_closed")]
    await bench.want("m", "two")
    await bench.settle()
    assert bench.slack.texts() == ["one", "two"]
    assert bench.slack.calls[-1][0] - bench.slack.calls[0][0] >= timedelta(seconds=60)


@pytest.mark.parametrize("error", ["message_not_found", "cannot_reply_to_message"])
async def test_whatever_slack_calls_a_thread_without_beginning_it_gets_a_new_one(bench: Bench, error: str) -> None:
    await bench.want("root", "root")
    await bench.settle()
    bench.slack.troubles = [SlackRefused(error)]
    await bench.want("answer", "reply", thread="root")
    await bench.settle()
    assert bench.slack.texts() == ["root", "root", "reply"]
