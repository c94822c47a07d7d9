"""What waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console.clock import SystemClock
from bot.console.config import ConsoleConfig, UserGroup
from bot.console.journal import Journal
from bot.console.records import Message
from bot.console.unread import Unread, Waiting
from bot.console.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = ConsoleConfig(groups=(UserGroup("S1ONCALL", "oncall", ("U2APPROVER",)),))
INCIDENTS = "C1INCIDENTS"
RESPONDER, APPROVER, MANAGER = (person.id for person in CONFIG.people)


def open_workspace(folder: Path) -> Workspace:
    journal = Journal(folder / "workspace.jsonl")
    journal.open()
    return Workspace(CONFIG, journal, SystemClock())


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_workspace(tmp_path)
    yield opened
    opened.journal.close()


def say(workspace: Workspace, text: str, thread_ts: str | None = None) -> Message:
    said = Message(channel=INCIDENTS, ts=workspace.next_ts(), user=RESPONDER, text=text, thread_ts=thread_ts)
    return workspace.post(said)


@pytest.mark.parametrize("sign", [f"<@{APPROVER}>", f"<@{APPROVER}|approver>", "<!here>", "<!subteam^S1ONCALL>"])
def test_a_person_who_is_called_sees_it_until_they_look(workspace: Workspace, sign: str) -> None:
    unread, incidents = Unread(workspace), workspace.conversations[INCIDENTS]
    say(workspace, f"{sign} look at this")
    assert unread.waiting(APPROVER, incidents) == Waiting(messages=1, calls=1)
    unread.read(APPROVER, incidents)
    assert (unread.calls(APPROVER), unread.waiting(APPROVER, incidents)) == (0, Waiting())


def test_one_is_not_called_by_others_mentions_nor_by_ones_own_words(workspace: Workspace) -> None:
    say(workspace, f"<@{APPROVER}> and <@{RESPONDER}>")
    assert [Unread(workspace).calls(person) for person in (RESPONDER, APPROVER, MANAGER)] == [0, 1, 0]


def test_a_reply_calls_but_is_no_message_of_the_channel(workspace: Workspace) -> None:
    unread, incidents = Unread(workspace), workspace.conversations[INCIDENTS]
    parent = say(workspace, "a step waits")
    unread.read(APPROVER, incidents)
    say(workspace, f"<@{APPROVER}>", thread_ts=parent.ts)
    assert unread.waiting(APPROVER, incidents) == Waiting(messages=0, calls=1)


def test_every_word_said_directly_calls(workspace: Workspace) -> None:
    direct = workspace.direct_message(MANAGER)
    workspace.post(
        Message(channel=direct.id, ts=workspace.next_ts(), user=CONFIG.bot_user_id, text="for you", via_bot=True)
    )
    assert Unread(workspace).calls(MANAGER) == 1


def test_what_was_read_stays_read_over_a_restart(workspace: Workspace, tmp_path: Path) -> None:
    say(workspace, f"<@{APPROVER}>")
    Unread(workspace).read(APPROVER, workspace.conversations[INCIDENTS])
    workspace.journal.close()
    again = open_workspace(tmp_path)
    assert Unread(again).calls(APPROVER) == 0
    again.journal.close()
