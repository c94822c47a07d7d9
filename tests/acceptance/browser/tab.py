"""A browser's tab, as somebody uses it who may have switched JavaScript off: then they reload to see what is new."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from playwright.async_api import Page, async_playwright

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Locator

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = (1280, 800), (400, 800)
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
SEE_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.1


@dataclass
class Tab:
    """`album` is where screenshots go; None keeps none."""

    page: Page
    script: bool
    size: tuple[int, int]
    album: Path | None

    async def see(self, what: Locator) -> Locator:
        """Wait until something is shown, and give the last of it; without JavaScript by reloading."""
        shown = what.filter(visible=True)
        async with asyncio.timeout(SEE_SECONDS):
            while not await shown.count():
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                if not self.script:
                    await self.page.reload()
        return shown.last

    async def read(self, text: str) -> Locator:
        """Wait until these words are shown."""
        return await self.see(self.page.get_by_text(text))

    async def click(self, what: Locator) -> None:
        """Click the last of these as soon as it is shown, and let the page that it leads to arrive."""
        found = await self.see(what)
        async with self.page.expect_navigation():
            await found.click()

    async def press(self, button: str, *, within: str = "body") -> None:
        """Press a button by its name."""
        await self.click(self.page.locator(within).get_by_role("button", name=button, exact=True))

    async def follow(self, link: str) -> None:
        """Follow a link by its name."""
        await self.click(self.page.get_by_role("link", name=link))

    async def say(self, text: str) -> None:
        """Type into the composer of the channel, and send."""
        await self.page.fill("#composer textarea", text)
        await self.click(self.page.locator("#composer .send"))

    async def keep(self, scene: str) -> None:
        """Look at the page wide and narrow, light and dark: nothing is cut off, and a picture of each is kept."""
        for width, height in (WIDE, NARROW):
            await self.page.set_viewport_size({"width": width, "height": height})
            beyond = await self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beyond <= 0, f"{scene} is {beyond} pixels too wide at {width}"
            if self.album:
                await self._take(self.album, f"{scene}-{width}")
        await self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})

    async def _take(self, album: Path, name: str) -> None:
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            plain = "" if self.script else "-no-javascript"
            await self.page.screenshot(path=album / f"{name}-{scheme}{plain}.png")


@asynccontextmanager
async def open_tab(
    login_url: str, *, script: bool, size: tuple[int, int], album: Path | None = None
) -> AsyncIterator[Tab]:
    """A tab that has signed in. Fails when the browser complained about anything."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(
            java_script_enabled=script, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(SEE_SECONDS * 1000)
        await page.goto(login_url)
        yield Tab(page, script, size, album)
        await browser.close()
    assert complaints == []
