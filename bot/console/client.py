"""People for programs: drives the page through the same forms that a browser posts.

async with sign_in(console.login_url()) as desk:
responder = desk.person("responder")
await responder.command("incidents", "/recovery freshness")
message = await responder.wait_message("incidents", containing="orders-db")
await responder.click(message, "Ask again")
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp

from .blocks_seen import ClientError, Upload, current_fields, find_field, find_press, posted
from .field_names import field_name, query_name
from .watcher import Watcher, read_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from .records import Json

__all__ = ["ClientError", "Desk", "Person", "Upload", "sign_in"]

REQUEST_SECONDS: Final = 40.0


@asynccontextmanager
async def sign_in(login_url: str) -> AsyncIterator[Desk]:
    """Signs in with a login link, for as long as the block runs."""
    address = urlsplit(login_url)
    base = f"{address.scheme}://{address.netloc}"
    timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
    jar = aiohttp.CookieJar(unsafe=True)  # a cookie of an address without a name
    async with aiohttp.ClientSession(base, timeout=timeout, cookie_jar=jar, trust_env=False) as http:
        async with http.get(login_url, allow_redirects=False) as answer:
            if answer.status != 303:  # noqa: PLR2004 - See Other, what a good login answers
                raise ClientError(f"The console refused the login link (HTTP {answer.status}).")
        async with http.get("/people.json") as answer:
            people = await answer.json()
        yield Desk(http, {each["name"]: each["id"] for each in people})


class Desk:
    """One signed-in session, from which everybody can be played."""

    def __init__(self, http: aiohttp.ClientSession, people: Mapping[str, str]) -> None:
        self._http = http
        self._people = people

    def person(self, name_or_id: str) -> Person:
        """Someone by name or id."""
        user_id = self._people.get(name_or_id, name_or_id)
        if user_id not in self._people.values():
            raise ClientError(f"Nobody is called {name_or_id}; there are {', '.join(self._people)}.")
        return Person(self._http, user_id)


class Person(Watcher):
    """What one person sees and does."""

    async def say(self, channel: str, text: str, thread_ts: str | None = None, *files: Upload) -> None:
        """Types a message, with files beside it."""
        await self._post("say", {"channel": channel, "text": text, "thread": thread_ts or "", "file": [*files]})

    async def command(self, channel: str, text: str) -> None:
        """Types a slash command."""
        await self.say(channel, text)

    async def click(self, message: Json, button: str, value: str | None = None) -> str | None:
        """Presses a button of a message, named by its text or action id (and value), or picks an overflow's option.

        A question that is asked first is answered with yes. Gives the notice that is shown, if any.
        """
        form = {"channel": message["channel"], "ts": message["ts"], **current_fields(message["blocks"], {})}
        return await self._press("act", form, find_press(message["blocks"], button, value))

    async def choose(self, message: Json, action_id: str, value: Any) -> str | None:
        """Chooses from a menu of a message, by the text or value of an option."""
        block, element = find_field(message["blocks"], action_id)
        place = (block["block_id"], element["action_id"])
        fields = current_fields(message["blocks"], {}) | {field_name(*place): posted(element, value)}
        form = {"channel": message["channel"], "ts": message["ts"], **fields}
        return await self._press("act", form, json.dumps(place))

    async def click_in_view(
        self, button: str, value: str | None = None, values: Mapping[str, Any] | None = None
    ) -> None:
        """Presses a button of the open modal, with ``values`` in its fields."""
        view = await self.wait_view()
        form = {"view": view["id"], **self._filled(view, values or {})}
        await self._press("view", form, find_press(view["blocks"], button, value))

    async def choose_in_view(self, key: str, value: Any) -> None:
        """Chooses from a menu of the open modal that acts at once; ``key`` is an action id, block id or label."""
        view = await self.wait_view()
        block, element = find_field(view["blocks"], key)
        form = {"view": view["id"], **self._filled(view, {key: value})}
        await self._press("view", form, json.dumps([block["block_id"], element["action_id"]]))

    async def search_in_view(self, key: str, query: str) -> str | None:
        """Looks for options of a menu of the open modal. Gives what is said instead of options, if anything."""
        view = await self.wait_view()
        block, element = find_field(view["blocks"], key)
        place = (block["block_id"], element["action_id"])
        form = {"view": view["id"], **self._filled(view, {}), query_name(*place): query, "find": json.dumps(place)}
        notice: str | None = (await self._post("view", form))["notice"]
        return notice

    async def click_at_home(self, button: str, value: str | None = None) -> None:
        """Presses a button of App Home."""
        view = (await self.state())["home"]
        if view is None:
            raise ClientError("No App Home was published yet.")
        await self._press("view", {"view": view["id"]}, find_press(view["blocks"], button, value))

    async def submit(self, values: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Fills in and submits the open modal. ``values`` are by action id, block id or label; options by text
        or value.

        Gives what is shown beside the fields, by block id; empty when the app took it.
        """
        view = await self.view_to_fill(values or ())
        answer = await self._post("view", {"view": view["id"], "submit": "1", **self._filled(view, values or {})})
        if answer["notice"]:
            raise ClientError(answer["notice"])
        problems: dict[str, str] = answer["problems"]
        return problems

    async def close_view(self) -> None:
        """Closes the open modal."""
        view = await self.wait_view()
        await self._post("view", {"view": view["id"], "close": "one"})

    async def shortcut(self, callback_id: str) -> None:
        """Starts a global shortcut."""
        await self._post("shortcut", {"shortcut": callback_id})

    async def message_shortcut(self, message: Json, callback_id: str) -> None:
        """Starts a shortcut from the menu of a message."""
        form = {"channel": message["channel"], "ts": message["ts"], "shortcut": callback_id}
        await self._post("message", form)

    async def tell_message(self, message: Json, what: str) -> None:
        """Uses the menu of a message: pin, unpin, delete, or react:NAME."""
        await self._post("message", {"channel": message["channel"], "ts": message["ts"], "do": what})

    async def create_channel(self, name: str, *, private: bool = False) -> None:
        """Makes a channel."""
        await self._send("channels", {"name": name, "private": "1" if private else ""})

    async def change_channel(self, channel_id: str, what: str, user: str = "") -> None:
        """Archives or unarchives a channel, or invites or removes somebody (also the bot) by id."""
        await self._send("channel", {"channel": channel_id, "do": what, "user": user})

    async def set_fault(self, **fault: Any) -> None:
        """Turns a fault on (``kind``, ``share``, ``times``, ``seconds``, ``method``, ``lasts``: see faults.Fault)."""
        await self._post("faults", {"do": "add", **fault})

    async def clear_faults(self) -> None:
        """Turns all faults off."""
        await self._post("faults", {"do": "clear"})

    def _filled(self, view: Json, values: Mapping[str, Any]) -> dict[str, Any]:
        fields = current_fields(view["blocks"], view["state"]["values"])
        for key, value in values.items():
            block, element = find_field(view["blocks"], key)
            fields[field_name(block["block_id"], element["action_id"])] = posted(element, value)
        return fields

    async def _press(self, action: str, form: dict[str, Any], press: str) -> str | None:
        answer = await self._post(action, form | {"do": press})
        if "confirm" in answer:
            answer = await self._post(action, form | {"do": press, "confirmed": "yes"})
        notice: str | None = answer["notice"]
        return notice

    async def _send(self, action: str, form: Mapping[str, str]) -> None:
        """Posts a form that is always answered with a page."""
        csrf = (await self.state())["csrf"]
        async with self._http.post(f"/as/{self.id}/{action}", data={"csrf": csrf, **form}) as answer:
            if answer.status != 200:  # noqa: PLR2004 - OK, after its redirect
                raise ClientError(f"HTTP {answer.status} for {action} {form}")

    async def _post(self, action: str, form: Mapping[str, Any]) -> Json:
        csrf = (await self.state())["csrf"]
        data = aiohttp.FormData([("csrf", csrf)], quote_fields=False)
        for name, value in form.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Upload):
                    data.add_field(name, each.content, filename=each.name)
                else:
                    data.add_field(name, str(each))
        headers = {"Accept": "application/json"}
        async with self._http.post(f"/as/{self.id}/{action}", data=data, headers=headers) as answer:
            return await read_json(answer)
