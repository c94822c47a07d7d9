"""What people do to channels on the page: make them, archive them, invite and remove people and the app."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from .errors import PageError
from .records import Conversation
from .workspace import fresh_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .config import Person
    from .events import Events
    from .page import Pages
    from .sessions import Sessions
    from .workspace import Workspace

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class ChannelForms:
    """Changes of channels, and the events that tell the app of them."""

    def __init__(self, workspace: Workspace, pages: Pages, sessions: Sessions, events: Events) -> None:
        self._workspace = workspace
        self._pages = pages
        self._sessions = sessions
        self._events = events

    def routes(self) -> list[web.RouteDef]:
        """Where the forms are posted to."""
        return [
            web.post("/as/{person}/channels", self.create),
            web.post("/as/{person}/channel", self.change),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Makes a channel; a private one has its maker as its only member."""
        person, form = await self._posted(request)
        name = str(form.get("name", "")).strip().removeprefix("#").lower()
        if not NAME.fullmatch(name):
            raise PageError(400, "A channel's name has up to 80 small letters, digits, - and _.")
        if self._workspace.find_conversation(name):
            raise PageError(409, f"There is a channel #{name} already.")
        private = bool(form.get("private"))
        members = (person.id,) if private else tuple(each.id for each in self._workspace.config.people)
        created = int(self._workspace.clock.now().timestamp())
        made = Conversation(fresh_id("C"), name, members, created, private=private)
        self._workspace.keep_conversation(made)
        return _to(f"/as/{person.id}/{made.id}")

    async def change(self, request: web.Request) -> web.Response:
        """``do``: archive, unarchive, invite or remove (``user``, also the bot)."""
        person, form = await self._posted(request)
        conversation = self._pages.conversation(person, str(form.get("channel", "")))
        if conversation.im_with:
            raise PageError(409, "A direct message cannot be changed.")
        user = str(form.get("user", ""))
        match form.get("do"):
            case "archive" | "unarchive" as verb:
                self._archive(person, conversation, archived=verb == "archive")
            case "invite":
                self._invite(conversation, user)
            case "remove":
                self._remove(conversation, user)
            case other:
                raise PageError(400, f"do is archive, unarchive, invite or remove, not {other!r}.")
        return _to(f"/as/{person.id}/{conversation.id}")

    def _archive(self, person: Person, conversation: Conversation, *, archived: bool) -> None:
        self._workspace.keep_conversation(replace(conversation, archived=archived))
        self._tell("channel_archive" if archived else "channel_unarchive", conversation, user=person.id)

    def _invite(self, conversation: Conversation, user: str) -> None:
        if self._workspace.config.name_of(user) is None:
            raise PageError(404, f"Nobody here has the id {user}.")
        if user not in conversation.members:
            self._workspace.keep_conversation(replace(conversation, members=(*conversation.members, user)))
            self._tell("member_joined_channel", conversation, user=user)

    def _remove(self, conversation: Conversation, user: str) -> None:
        members = tuple(each for each in conversation.members if each != user)
        if members != conversation.members:
            self._workspace.keep_conversation(replace(conversation, members=members))
            if user == self._workspace.config.bot_user_id:
                self._tell("channel_left", conversation)
            else:
                self._tell("member_left_channel", conversation, user=user)

    def _tell(self, kind: str, conversation: Conversation, **more: str) -> None:
        event = {"type": kind, "channel": conversation.id, "event_ts": self._workspace.next_ts(), **more}
        self._events.emit(kind, event)

    async def _posted(self, request: web.Request) -> tuple[Person, Mapping[str, Any]]:
        session = self._sessions.of(request)
        form = await request.post()
        self._sessions.check_form(session, form)
        return self._pages.person(request), form


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})
