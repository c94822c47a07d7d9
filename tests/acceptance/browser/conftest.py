"""The real bot, as a process of its own, against a local workspace that grants what the bot's manifest asks for."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.console.config import ConsoleConfig
from bot.console.manifest import with_manifest
from bot.console.server import Console, serve
from bot.slack.manifest import make_manifest
from handlers.registry import registry
from tests.acceptance.browser.estate import furnish
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PROJECT = Path(__file__).parents[3]
START_SECONDS = 40.0


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    config = with_manifest(make_manifest(registry()), ConsoleConfig())
    running = await serve(config, tmp_path / "console")
    yield running
    await running.close()


@pytest.fixture
async def state(console: Console, tmp_path: Path) -> AsyncIterator[Path]:
    """The state of a bot that is connected."""
    furnish(tmp_path)
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(PROJECT),
        "RUNBOOKS_DIR": str(tmp_path / "runbooks"),
        "STATE_DIR": str(tmp_path / "state"),
        "PORT": "0",
        "SLACK_BOT_TOKEN": console.tokens.bot,
        "SLACK_APP_TOKEN": console.tokens.app,
        "SLACK_API_URL": f"{console.url}/api/",
    }
    with (tmp_path / "bot.log").open("wb") as log:
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=environment, cwd=tmp_path, stdout=log, stderr=log
        )
        try:
            await eventually(lambda: console.sockets.connected or bot.returncode is not None, seconds=START_SECONDS)
            assert bot.returncode is None, (tmp_path / "bot.log").read_text(encoding="utf-8")
            yield tmp_path / "state"
        finally:
            if bot.returncode is None:
                bot.terminate()
            await bot.wait()


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Path | None:
    """Where screenshots are kept: `--screenshots`."""
    folder: Path | None = request.config.getoption("--screenshots")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    return folder
