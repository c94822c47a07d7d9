"""The bot against a workspace that granted what the manifest asks for, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console.faults import Fault, FaultKind
from bot.console.manifest import with_manifest
from bot.console.server import Console, serve
from bot.domain.clock import SystemClock
from bot.slack.manifest import make_manifest
from bot.store.messages import WantedMessage
from handlers.registry import registry
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import CONSOLE, make_surface, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.operations.desk import Desk

LEAD = "U1RESPONDER"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    started = await serve(with_manifest(make_manifest(registry()), CONSOLE), tmp_path / "console")
    yield started
    await started.close()


@pytest.mark.parametrize("channel", [LEAD, "C1INCIDENTS"])
async def test_a_message_whose_answer_was_lost_appears_once(console: Console, desk: Desk, channel: str) -> None:
    console.faults.add(Fault(FaultKind.LOST_ANSWER, times=1, method="chat.postMessage"))
    async with running(make_surface(console, desk)):
        wanted = WantedMessage("m", channel, {"text": "once"}, "d")
        await desk.store.messages.want("console", wanted, SystemClock().now())
        await eventually(lambda: console.log.calls["conversations.history"], seconds=10)

        async def sent() -> bool:
            return not await desk.store.messages.unsent("console")

        await eventually(sent, seconds=10)
    said = console.workspace.direct_message(LEAD).id if channel == LEAD else channel
    assert [each.text for each in console.workspace.messages(said)] == ["once"]
    assert console.log.refusals == {}
