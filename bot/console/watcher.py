"""What one person sees, for programs: the page's state, and waiting until it shows something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from .blocks_seen import ClientError, all_text, has_field, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import aiohttp

    from .records import Json

WAIT_SECONDS: Final = 15.0
FIELD_SECONDS: Final = 5.0


class Watcher:
    """One person's eyes."""

    def __init__(self, http: aiohttp.ClientSession, user_id: str) -> None:
        self._http = http
        self.id = user_id

    async def state(self, channel: str | None = None, thread: str | None = None) -> Json:
        """Everything that is shown: channels, messages, thread, modal, home. ``channel`` is an id or a name."""
        query = {"show": "200"} | {key: value for key, value in (("channel", channel), ("thread", thread)) if value}
        async with self._http.get(f"/as/{self.id}/state.json", params=query) as answer:
            return await read_json(answer)

    async def messages(self, channel: str) -> list[Json]:
        """The messages of a channel, oldest first."""
        found: list[Json] = (await self.state(channel))["messages"]
        return found

    async def thread(self, message: Json) -> list[Json]:
        """A message and the replies below it."""
        found: list[Json] = (await self.state(message["channel"], message.get("thread_ts", message["ts"])))["thread"]
        return found

    async def open_view(self) -> Json | None:
        """The modal in front of this person."""
        view: Json | None = (await self.state())["view"]
        return view

    async def home(self) -> Json | None:
        """Opens App Home and gives what is published there."""
        async with self._http.get(f"/as/{self.id}/home", headers={"Accept": "text/html"}) as answer:
            await answer.read()
        view: Json | None = (await self.state())["home"]
        return view

    async def wait_for(
        self,
        holds: Callable[[Json], Any],
        channel: str | None = None,
        *,
        thread: str | None = None,
        seconds: float = WAIT_SECONDS,
    ) -> Any:
        """Waits until ``holds(state)`` gives something true, and gives that. Raises ClientError after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    state = await self.state(channel, thread)
                    if found := holds(state):
                        return found
                    await self._changed(state["revision"])
        except TimeoutError:
            raise ClientError(
                f"Waited {seconds} s in vain; shown is: {shown(await self.state(channel, thread))}"
            ) from None

    async def wait_connected(self, seconds: float = WAIT_SECONDS) -> None:
        """Waits until the app is connected."""
        await self.wait_for(lambda state: state["connected"], seconds=seconds)

    async def wait_message(
        self, channel: str, containing: str, *, thread: str | None = None, seconds: float = WAIT_SECONDS
    ) -> Json:
        """Waits for a message of the channel, or for a reply in ``thread``, with these words, and gives the newest."""

        def newest(state: Json) -> Json | None:
            rows = [each for each in state["thread"] if each["ts"] != thread] if thread else state["messages"]
            return next((each for each in reversed(rows) if containing in all_text(each)), None)

        found: Json = await self.wait_for(newest, channel, thread=thread, seconds=seconds)
        return found

    async def wait_view(self, containing: str = "", seconds: float = WAIT_SECONDS) -> Json:
        """Waits for a modal that contains these words."""
        found: Json = await self.wait_for(
            lambda state: state["view"] if state["view"] and containing in all_text(state["view"]) else None,
            seconds=seconds,
        )
        return found

    async def view_to_fill(self, fields: Iterable[str]) -> Json:
        """Waits for a modal that has these fields: a click is acknowledged before its modal opens over another one."""

        def has_all(state: Json) -> Json | None:
            view: Json | None = state["view"]
            return view if view and all(has_field(view["blocks"], key) for key in fields) else None

        try:
            found: Json = await self.wait_for(has_all, seconds=FIELD_SECONDS)
        except ClientError:
            found = await self.wait_view()  # its own fields say what is missing
        return found

    async def faults_page(self) -> str:
        """The page of faults, as HTML."""
        async with self._http.get(f"/as/{self.id}/faults") as answer:
            return await answer.text()

    async def _changed(self, since: int) -> None:
        async with self._http.get(f"/as/{self.id}/live", params={"since": str(since)}) as answer:
            await answer.read()


async def read_json(answer: aiohttp.ClientResponse) -> Json:
    """The body of an answer. Raises ClientError with what it says when it is a refusal."""
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise ClientError(f"HTTP {answer.status}: {(await answer.text())[:500]}")
    body: Json = await answer.json()
    return body
