"""Hostile text and secrets enter wherever text can; whatever leaves is held to be harmless, and free of secrets."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.app import Bot, open_bot
from bot.console.client import Desk as Page
from bot.console.client import sign_in
from bot.console.config import ConsoleConfig
from bot.console.server import Console, serve
from bot.domain.events import Actor, Source
from bot.operations.answer_step import add_note
from bot.settings import read_settings
from tests.fakes.hostile_estate import HOSTILE, LONG, ONE_LINE, SECRETS, write_hostile_estate
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

QUICK = ConsoleConfig(ack_seconds=2.0, settle_seconds=0.3, enforce_rates=False)
RILEY = Actor("U1RESPONDER", "Riley", Source.TERMINAL)
INCIDENTS = "incidents"
PEOPLE = {"U1RESPONDER", "U2APPROVER"}
MARKUP = re.compile(r"<([^>]*)>")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass
class World:
    """The whole bot on a hostile estate, in a workspace that keeps everything it is sent."""

    bot: Bot
    console: Console
    page: Page
    folder: Path
    environment: dict[str, str]


@pytest.fixture
async def hostile(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as made:
        yield made


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[World]:
    environment = {
        **write_hostile_estate(folder),
        "STATE_DIR": str(folder / "state"),
        "PORT": "0",
        "PATH": "/bin:/usr/bin",
        "PYTHONPATH": str(Path.cwd()),
        "SLACK_SIGNING_SECRET": SECRETS["of a setting"],
    }
    console = await serve(QUICK, folder / "console")
    slack = {
        "SLACK_BOT_TOKEN": console.tokens.bot,
        "SLACK_APP_TOKEN": console.tokens.app,
        "SLACK_API_URL": console.url,
    }
    try:
        async with open_bot(read_settings({**environment, **slack})) as bot, sign_in(console.login_url()) as page:
            await eventually(lambda: console.sockets.connected)
            yield World(bot, console, page, folder, environment)
    finally:
        await console.close()


async def live_through(place: World) -> list[Any]:
    """A drill whose every entry is hostile; returns every modal that was shown."""
    person = place.page.person("responder")
    secret = " ".join(SECRETS.values())
    seen: list[Any] = []
    for words in (f"freshness {HOSTILE}", f"status {HOSTILE} {secret}", f"order {HOSTILE}", f"nonsense {HOSTILE}"):
        await person.command(INCIDENTS, f"/recovery {words}")
    await person.command(INCIDENTS, "/recovery restore db")
    seen.append(await person.wait_view("Drill or real?"))
    await person.submit({"mode": "Drill", "why": f"{ONE_LINE} {secret}"})
    seen.append(await person.wait_view("ORDER"))
    await person.submit()
    progress = await person.wait_message(INCIDENTS, "R-1 DRILL")
    await add_note(place.bot.desk, "R-1", RILEY, f"{HOSTILE} {secret} {LONG}")
    question = await person.wait_message(INCIDENTS, "Done", thread=progress["ts"])
    await person.click(question, "Done")
    await person.wait_message(INCIDENTS, "Ledger", seconds=40)
    seen.append(await person.home())
    return seen


def payloads(console: Console) -> Iterator[dict[str, Any]]:
    for conversation in console.workspace.conversations.values():
        for said in console.workspace.messages(conversation.id):
            if said.user == console.config.bot_user_id or said.visible_to:
                yield {"text": said.text, "blocks": list(said.blocks)}


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Each text of a payload, with how Slack reads it: mrkdwn, literally, or in a notification ("said")."""
    if isinstance(value, dict):
        kind = value.get("type")
        if "blocks" in value and "text" in value:
            yield "said", value["text"]
            yield from texts(value["blocks"])
            return
        if isinstance(value.get("text"), str):
            plain = kind in {"plain_text", "text"}
            yield ("plain" if plain else "mrkdwn"), value["text"]
        if kind in {"link", "user", "usergroup", "channel", "broadcast"} and "blocks" not in value:
            yield kind, str(value.get("url") or value.get("user_id") or value)
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def breach(kind: str, text: str) -> str:
    """What is wrong with a text that leaves; empty when nothing is."""
    if found := UNSEEN.search(text):
        return f"unseen {found[0]!r}"
    if kind in {"broadcast", "usergroup", "channel"} or (kind == "user" and text not in PEOPLE):
        return f"mentions {text}"
    if kind == "link" and not text.startswith("http://127.0.0.1"):
        return f"links {text}"
    if kind in {"mrkdwn", "said"}:
        for inner in MARKUP.findall(text):
            ours = inner.startswith(("http://127.0.0.1", "!date^")) or inner.removeprefix("@") in PEOPLE
            if not ours:
                return f"markup <{inner}>"
        for mark in ("*bold*", "_it_", "~st~", "`tick`"):
            if kind == "mrkdwn" and mark in text:
                return f"formats {mark}"
    return ""


async def terminal(place: World, *words: str) -> str:
    """What the command line prints, in a process of its own."""
    command = (sys.executable, "-m", "bot", *words)
    pipe = asyncio.subprocess.PIPE
    run = await asyncio.create_subprocess_exec(*command, env=place.environment, stdout=pipe, stderr=pipe)
    said, complained = await run.communicate()
    assert run.returncode == 0, complained.decode()
    return (said + complained).decode()


async def page_of(place: World, person: str) -> str:
    """The workspace's page, as a browser gets it."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(place.console.url, cookie_jar=jar, trust_env=False) as http:
        await (await http.get(place.console.login_url())).read()
        async with http.get(f"/as/{person}/C1INCIDENTS") as page:
            return await page.text()


async def test_hostile_text_and_secrets_stay_harmless_wherever_they_leave(
    hostile: World, caplog: pytest.LogCaptureFixture
) -> None:
    views = await live_through(hostile)
    sent = [*payloads(hostile.console), *views]
    breaches = [(kind, why, text[:200]) for one in sent for kind, text in texts(one) if (why := breach(kind, text))]
    assert not breaches
    assert dict(hostile.console.log.refusals) == {}
    page = await page_of(hostile, "U1RESPONDER")
    kept = await hostile.bot.desk.store.reviews.get("R-1")
    assert kept
    for html in (page, kept.html):
        assert "&lt;script&gt;evil" in html
        assert not re.search(r"<script>evil|<img src=x|href=.?javascript:|href=.?https://evil", html)
    shown = await terminal(hostile, "status", "R-1") + await terminal(hostile, "review", "R-1")
    assert "evil" in shown
    assert not UNSEEN.search(shown)
    streams = [await hostile.bot.desk.store.ledger.events(name) for name in ("R-1", "estate")]
    places = {"Slack": json.dumps(sent), "ledger": repr(streams), "review": kept.html + kept.markdown}
    for where, text in (places | {"log": caplog.text, "terminal": shown}).items():
        found = [name for name, secret in SECRETS.items() if secret.lower() in text.lower()]
        assert not found, f"secrets {found} stand in the {where}"
    assert all("***" in text for text in places.values())
