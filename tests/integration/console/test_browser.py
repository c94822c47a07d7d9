"""The page in a real browser, with and without JavaScript. Skipped where no chromium is installed."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from .conftest import connected
from .test_bolt_app import BUTTONS, MODAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt.async_app import AsyncApp

    from bot.console.server import Console

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NARROW = 400
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on PATH: apt-get install chromium")


@asynccontextmanager
async def browsing(console: Console, *, script: bool, width: int = 1280) -> AsyncIterator[Page]:
    """A signed-in page; fails when the browser complained about anything."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 800}, base_url=console.url
        )
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(10_000)
        await page.goto(console.login_url())
        yield page
        await browser.close()
    assert complaints == []


@pytest.fixture
def recovery_app(app: AsyncApp) -> AsyncApp:
    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("restore")
    async def restore(ack: Callable[..., Any], view: dict[str, Any], client: Any) -> None:
        await ack()
        reason = view["state"]["values"]["reason"]["text"]["value"]
        await client.chat_postMessage(channel="C1INCIDENTS", text=f"Restore: {reason}", blocks=BUTTONS)

    @app.action("approve")
    async def approve(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        done = f"Approved by <@{body['user']['id']}>"
        await client.chat_update(channel="C1INCIDENTS", ts=body["message"]["ts"], text=done)

    return app


async def test_modal_and_approval_work_by_hand_without_javascript(console: Console, recovery_app: AsyncApp) -> None:
    async with connected(console, recovery_app), browsing(console, script=False, width=NARROW) as page:
        await page.fill("#composer textarea", "/recovery restore")
        await page.click("#composer .send")
        await page.get_by_role("button", name="Start").click()
        await expect(page.locator(".problem")).to_have_text("Please complete this required field.")
        await page.get_by_label("Reason").fill("storage is gone")
        await page.get_by_role("button", name="Start").click()
        await page.get_by_role("link", name="approver").click()
        await page.get_by_role("button", name="Approve").click()
        await expect(page.locator(".modal")).to_contain_text("It overwrites data.")
        await page.get_by_role("button", name="Yes").click()
        await expect(page.locator("article")).to_contain_text("Approved by @approver")
        box = await page.locator("article").bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= NARROW


async def test_page_follows_what_happens_while_a_message_is_typed(console: Console, app: AsyncApp) -> None:
    async with connected(console, app), browsing(console, script=True) as page:
        await page.keyboard.press("Tab")
        await page.locator("#composer textarea").press_sequentially("half a sent")
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="news")
        await expect(page.locator("article")).to_contain_text("news")
        assert await page.input_value("#composer textarea") == "half a sent"
        await page.keyboard.press("Enter")
        await expect(page.locator("article").nth(1)).to_contain_text("half a sent")


async def test_a_keyboard_keeps_its_place_when_the_page_refreshes_itself(console: Console, app: AsyncApp) -> None:
    async with connected(console, app), browsing(console, script=True) as page:
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="Approve R-1?", blocks=BUTTONS)
        button = page.get_by_role("button", name="Approve")
        await button.focus()
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="news")
        await expect(page.locator("article").nth(1)).to_contain_text("news")
        await expect(button).to_be_focused()


async def test_a_menu_of_long_names_stays_within_a_narrow_page(console: Console, app: AsyncApp) -> None:
    words = {"type": "plain_text", "text": "Ensure that the name of the host is the one that everybody expects"}
    menu = {"type": "static_select", "action_id": "step", "options": [{"text": words, "value": "1"}]}
    blocks = [{"type": "actions", "elements": [menu]}]

    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view={**MODAL, "blocks": blocks})

    async with connected(console, app), browsing(console, script=False, width=NARROW) as page:
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="Which?", blocks=blocks)
        await page.fill("#composer textarea", "/recovery restore")
        await page.click("#composer .send")
        for menu_of in ("article", ".modal"):
            box = await page.locator(f"{menu_of} select").bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= NARROW
