"""python -m bot.console: a server of its own process, and login links made from outside it."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.console.client import sign_in
from bot.console.config import ConsoleConfig
from bot.console.server import serve
from bot.console.tokens import load_tokens

if TYPE_CHECKING:
    from pathlib import Path


async def run(*args: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "bot.console", *args)
    return await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def test_server_prints_a_login_link_and_others_can_be_made(tmp_path: Path) -> None:
    process = await run("--state", str(tmp_path))
    try:
        assert process.stdout
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/login\?token=\S+", line)
        assert found
        async with sign_in(found[0]) as desk:
            assert await desk.person("manager").messages("general") == []
        output, _ = await (await run("--state", str(tmp_path), "--login")).communicate()
        async with sign_in(output.decode().strip()):
            pass
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0


async def test_killed_workspace_keeps_what_was_said(tmp_path: Path) -> None:
    process = await run("--state", str(tmp_path))
    assert process.stdout
    await asyncio.wait_for(process.stdout.readline(), 20)
    url = (tmp_path / "url").read_text(encoding="utf-8")
    client = AsyncWebClient(load_tokens(tmp_path).bot, base_url=f"{url}/api/")
    client.proxy = None
    await client.chat_postMessage(channel="C1INCIDENTS", text="said just before")
    process.kill()
    await process.communicate()
    console = await serve(ConsoleConfig(), tmp_path)
    try:
        async with sign_in(console.login_url()) as desk:
            messages = await desk.person("responder").messages("incidents")
    finally:
        await console.close()
    assert [each["text"] for each in messages] == ["said just before"]


async def test_faulty_configuration_is_named_with_its_file(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"poeple": []}', encoding="utf-8")
    process = await run("--state", str(tmp_path / "state"), "--config", str(config))
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert str(config) in errors.decode()
    assert "poeple" in errors.decode()
