"""The whole bot with Slack and the local workspace beside it: Slack goes down in the middle of a recovery."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.app import open_bot
from bot.console.client import ClientError
from bot.console.client import sign_in as browse
from bot.console.config import ConsoleConfig
from bot.console.faults import Fault, FaultKind
from bot.console.server import serve
from bot.domain.errors import BringbackError, NotAllowed
from bot.domain.events import Actor, EventKind, Source
from bot.domain.frozen_plan import Mode
from bot.operations.control_recovery import pause
from bot.operations.preview_restore import RestoreRequest
from bot.operations.sign_in import sign_in
from bot.operations.start_recovery import start_recovery
from bot.settings import read_settings
from bot.web.control_client import SocketVerbs
from bot.web.control_verbs import verbs_by_name
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.app import Bot
    from bot.console.server import Console

QUICK = ConsoleConfig(ack_seconds=1.0, settle_seconds=0.3, event_retry_seconds=(0.05, 0.05, 0.05))
RILEY = Actor("U1RESPONDER", "Riley", Source.TERMINAL)
STRANGER = Actor("U9STRANGER", "Stranger", Source.TERMINAL)
INCIDENTS = "incidents"


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Console]:
    """A Slack-like server: another program, as far as the bot can tell."""
    running = await serve(QUICK, tmp_path / "slack")
    yield running
    await running.close()


@asynccontextmanager
async def bot_beside(slack: Console, folder: Path) -> AsyncIterator[Bot]:
    write_estate(folder / "runbooks")
    environment = {
        "STATE_DIR": str(folder / "state"),
        "RUNBOOKS_DIR": str(folder / "runbooks"),
        "SLACK_BOT_TOKEN": slack.tokens.bot,
        "SLACK_APP_TOKEN": slack.tokens.app,
        "SLACK_API_URL": slack.url,
        "CONSOLE_FALLBACK": "true",
        "CONSOLE_PORT": "0",
        "CONSOLE_SOCKET": str(folder / "console.sock"),
        "PORT": "0",
        "PATH": "/bin:/usr/bin",
    }
    async with open_bot(read_settings(environment)) as bot:
        yield bot


async def test_while_slack_is_down_people_go_on_beside_it_and_its_messages_catch_up(
    slack: Console, tmp_path: Path
) -> None:
    async with bot_beside(slack, tmp_path) as bot, browse(slack.login_url()) as page:
        in_slack = page.person("responder")
        await start_recovery(bot.desk, RestoreRequest(runbook="cache", mode=Mode.REAL), RILEY)
        progress = await in_slack.wait_message(INCIDENTS, "0 of 2")
        slack.faults.add(Fault(FaultKind.DOWN))
        slack.sockets.drop()
        async with browse(await sign_in(bot.desk, RILEY)) as beside:
            here = beside.person("U1RESPONDER")
            told = await here.wait_message(INCIDENTS, "0 of 2")
            question = await here.wait_message(INCIDENTS, "Open the console", thread=told["ts"])
            await here.click(question, "Done")
            await here.wait_message(INCIDENTS, "done by Riley", thread=told["ts"])
        slack.faults.clear()
        await in_slack.wait_message(INCIDENTS, "done by Riley via console", thread=progress["ts"], seconds=30)
        events = await bot.desk.store.ledger.events("R-1")
        answers = [event for event in events if event.kind == EventKind.ANSWERED]
        assert [(event.actor, event.source) for event in answers] == [("U1RESPONDER", Source.CONSOLE)]


async def test_who_signs_in_beside_slack_acts_as_nobody_else(slack: Console, tmp_path: Path) -> None:
    async with bot_beside(slack, tmp_path) as bot:
        link = await sign_in(bot.desk, RILEY)
        async with browse(link) as beside:
            assert (await beside.person("U1RESPONDER").state())["me"]["name"] == "riley"
            with pytest.raises(ClientError, match="403"):
                await beside.person("U2APPROVER").state()
        with pytest.raises(NotAllowed, match="the policy does not name them"):
            await sign_in(bot.desk, STRANGER)


async def test_any_login_asks_for_its_own_link_and_for_nothing_else(slack: Console, tmp_path: Path) -> None:
    async with bot_beside(slack, tmp_path):
        assert (tmp_path / "console.sock").stat().st_mode & 0o777 == 0o666
        async with SocketVerbs(tmp_path / "console.sock", verbs_by_name([sign_in, pause])) as verbs:
            with pytest.raises(NotAllowed, match="names nobody with the login"):
                await verbs(sign_in, RILEY)  # it is the kernel that says who asks
            with pytest.raises(BringbackError, match="knows no verb"):
                await verbs(pause, "R-1", RILEY)
    assert not (tmp_path / "console.sock").exists()
