"""A recovery lived through in a real browser: nothing but the page, and the real bot behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.clock import SystemClock
from bot.domain.events import Source
from bot.store.database import open_store
from tests.acceptance.browser.tab import CHROMIUM, NARROW, WIDE, Tab, open_tab

if TYPE_CHECKING:
    from pathlib import Path

    from bot.console.server import Console

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: apt-get install chromium")
ON_SURFACES = [pytest.param(True, WIDE, id="JavaScript, wide"), pytest.param(False, NARROW, id="no JavaScript, narrow")]


async def ask_freshness(tab: Tab) -> None:
    await tab.say("/recovery freshness")
    await tab.read("Freshness, worst first")
    await tab.keep("1-freshness")


async def ask_for_restore(tab: Tab) -> None:
    await tab.say("/recovery restore full-site")
    await tab.read("Drill or real?")
    await tab.keep("2-restore-form")
    await tab.page.get_by_role("radio", name="Real").check()
    await tab.page.get_by_label("When did the outage start?").select_option("now")
    await tab.page.get_by_role("textbox", name="Why?").fill("the disk is gone")
    await tab.press("Next")
    await tab.read("REAL restore of full-site")
    await tab.keep("3-restore-confirm")
    await tab.press("Ask for approval")
    await tab.read("waits for a second person")
    await tab.press("Close", within=".modal footer")


async def approve(tab: Tab) -> None:
    await tab.see(tab.page.locator(".person", has_text="approver").locator(".badge"))
    await tab.follow("approver")
    await tab.read("APPROVE REAL RESTORE R-1")
    await tab.keep("4-approval")
    await tab.press("Approve exactly this")
    await tab.press("Approve", within=".modal")


async def work(tab: Tab) -> None:
    await tab.follow("responder")
    await tab.click(tab.page.locator("#messages .replies"))
    await tab.read("nobody but you can reach the database")
    await tab.keep("5-step")
    await tab.press("I'm on it", within="#thread")
    await tab.read("Riley Responder is on it")
    await tab.press("Done", within="#thread")
    await tab.read("the status page is green")
    await tab.press("Done", within="#thread")


async def read_review(tab: Tab) -> None:
    await tab.follow("Close the thread")
    await tab.read("4 of 4 verified")
    await tab.read("Ledger")
    await tab.keep("6-review")


async def read_home(tab: Tab) -> None:
    await tab.follow("bringback home")
    await tab.read("No recovery runs")
    await tab.read("GUESS")
    await tab.keep("7-home")


@pytest.mark.parametrize(("script", "size"), ON_SURFACES)
async def test_an_outage_is_lived_through_on_the_page_alone(
    console: Console, state: Path, album: Path | None, *, script: bool, size: tuple[int, int]
) -> None:
    async with open_tab(console.login_url(), script=script, size=size, album=album) as tab:
        for scene in (ask_freshness, ask_for_restore, approve, work, read_review, read_home):
            await scene(tab)
    async with open_store(f"sqlite://{state}/bringback.sqlite3", SystemClock(), read_only=True) as store:
        acts = [event for event in await store.ledger.events("R-1") if event.actor in {"U1RESPONDER", "U2APPROVER"}]
    assert {event.source for event in acts} == {Source.CONSOLE}
    assert console.log.refusals == {}
    assert console.log.without_text == 0
