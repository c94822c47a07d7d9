"""A workspace for work: each link signs in one person, who acts as nobody else."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.console.config import ConsoleConfig
from bot.console.server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.console.server import Console

ME, OTHER = "U2APPROVER", "U1RESPONDER"


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Console]:
    console = await serve(replace(ConsoleConfig(), personal=True), tmp_path)
    yield console
    await console.close()


@asynccontextmanager
async def browser(console: Console) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(console.url, cookie_jar=jar, trust_env=False) as http:
        yield http


async def test_a_link_leads_to_ones_own_page_and_to_nobody_elses(workspace: Console) -> None:
    async with browser(workspace) as http:
        async with http.get(workspace.login_url(ME)) as page:
            assert page.status == 200
            assert page.url.path == f"/as/{ME}/C1INCIDENTS"
            text = await page.text()
            assert OTHER not in text.split("Channels")[0]
            assert "Rehearse faults" not in text
        for path in (f"/as/{OTHER}/C1INCIDENTS", f"/as/{OTHER}/state.json", f"/as/{OTHER}/home", f"/as/{OTHER}/live"):
            async with http.get(path) as refused:
                assert refused.status == 403


async def test_nobody_acts_as_another_even_with_a_good_form(workspace: Console) -> None:
    async with browser(workspace) as http:
        await (await http.get(workspace.login_url(ME))).read()
        async with http.get(f"/as/{ME}/state.json") as state:
            csrf = (await state.json())["csrf"]
        for form in ("say", "act", "view", "message", "shortcut", "channel", "channels", "faults"):
            async with http.post(f"/as/{OTHER}/{form}", data={"csrf": csrf, "do": "clear"}) as refused:
                assert refused.status == 403, form


async def test_a_link_for_nobody_signs_nobody_in(workspace: Console) -> None:
    async with browser(workspace) as http, http.get(workspace.login_url()) as refused:
        assert refused.status == 403


async def test_a_session_of_a_rehearsal_is_none_here(workspace: Console) -> None:
    now = workspace.workspace.clock.now()
    cookie = {f"console_{workspace.tokens.instance}": workspace.tokens.mint_session(now)}
    async with browser(workspace) as http, http.get("/people.json", cookies=cookie) as refused:
        assert refused.status == 401


async def test_no_faults_are_turned_on(workspace: Console) -> None:
    program = {"Authorization": f"Bearer {workspace.tokens.app}"}
    async with browser(workspace) as http, http.post("/control", json={"do": "drop"}, headers=program) as refused:
        assert refused.status == 403
