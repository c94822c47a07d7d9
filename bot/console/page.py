"""The page's reading side: what a person sees, as HTML and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import web

from .errors import PageError
from .page_model import Page
from .records import Json
from .shapes import message_json, view_json
from .state_values import values_of

if TYPE_CHECKING:
    from jinja2 import Environment

    from .config import Person
    from .events import Events
    from .faults import Faults
    from .records import Conversation, Message
    from .sessions import Sessions
    from .sockets import SocketHub
    from .suggestions import Suggestions
    from .unread import Unread
    from .views import Views
    from .workspace import Workspace

LONGEST_WAIT: Final = 25.0
FIRST_SHOWN: Final = 50
MOST_SHOWN: Final = 5000
COUNT: Final = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class Desk:
    """What lies before the people between two requests: notices, problems of an open form, values of messages."""

    notices: dict[str, str] = field(default_factory=dict)
    view_notices: dict[str, str] = field(default_factory=dict)
    problems: dict[str, dict[str, str]] = field(default_factory=dict)
    drafts: dict[str, dict[str, Json]] = field(default_factory=dict)

    def forget_view(self, view_id: str) -> None:
        """Drops what was said about a view."""
        self.view_notices.pop(view_id, None)
        self.problems.pop(view_id, None)


class Pages:
    """Shows the workspace to people."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        views: Views,
        sessions: Sessions,
        events: Events,
        sockets: SocketHub,
        faults: Faults,
        environment: Environment,
        desk: Desk,
        unread: Unread,
        suggestions: Suggestions,
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._sessions = sessions
        self._events = events
        self._sockets = sockets
        self._faults = faults
        self._environment = environment
        self._desk = desk
        self._unread = unread
        self._suggestions = suggestions

    def routes(self) -> list[web.RouteDef]:
        """Where the page is."""
        return [
            web.get("/", self.start),
            web.get("/login", self.login),
            web.get("/people.json", self.people),
            web.get("/as/{person}/state.json", self.state),
            web.get("/as/{person}/live", self.live),
            web.get("/as/{person}/home", self.home),
            web.get("/as/{person}/dm", self.direct_message),
            web.get("/as/{person}/{channel}", self.channel),
            web.get("/as/{person}/archives/{channel}/p{digits}", self.permalink),
            web.get("/archives/{channel}/p{digits}", self.permalink),
        ]

    async def login(self, request: web.Request) -> web.Response:
        """Exchanges a login token for a session."""
        session = self._sessions.sign_in(request.query.get("token", ""))
        response = web.Response(status=303, headers={"Location": "/"})
        self._sessions.keep(response, session)
        return response

    async def start(self, request: web.Request) -> web.Response:
        """Goes to the first channel as the first person."""
        me = self._sessions.person(request) or self._workspace.config.people[0].id
        raise web.HTTPSeeOther(f"/as/{me}/{self._workspace.config.channels[0].id}")

    async def channel(self, request: web.Request) -> web.Response:
        """A channel, and a thread beside it."""
        return self.html(self.page(request, self.person(request), request.match_info["channel"]))

    async def direct_message(self, request: web.Request) -> web.Response:
        """The direct message with the app."""
        self._sessions.of(request)
        opened = self._workspace.direct_message(self.person(request).id)
        raise web.HTTPSeeOther(f"/as/{self.person(request).id}/{opened.id}")

    async def home(self, request: web.Request) -> web.Response:
        """App Home. Opening it tells the app, and waits a moment for what it publishes."""
        self._sessions.of(request)
        person = self.person(request)
        opened = self._workspace.direct_message(person.id)
        revision = self._workspace.revision
        self._events.home_opened(person.id, opened.id, "home", self._views.home(person.id))
        if "quiet" not in request.query:
            await self._workspace.changed_since(revision, self._workspace.config.settle_seconds)
        page = self.page(request, person, opened.id)
        page.at_home = True
        return self.html(page)

    async def permalink(self, request: web.Request) -> web.Response:
        """The message that a permalink names, as the person who follows it; from elsewhere as the first."""
        self._sessions.of(request)
        digits = request.match_info["digits"]
        ts = f"{digits[:-6]}.{digits[-6:]}"
        thread = request.query.get("thread_ts", ts)
        mine = request.match_info.get("person") or self._sessions.person(request)
        person = mine or self._workspace.config.people[0].id
        raise web.HTTPSeeOther(f"/as/{person}/{request.match_info['channel']}?thread={thread}#t{ts}")

    async def live(self, request: web.Request) -> web.Response:
        """Answers as soon as something changed after the revision ``since``, or after a while."""
        self._sessions.of(request)
        since = request.query.get("since", "0")
        if not COUNT.fullmatch(since):
            raise PageError(400, "since must be a revision.")
        await self._workspace.changed_since(int(since), LONGEST_WAIT)
        return web.json_response({"revision": self._workspace.revision})

    async def people(self, request: web.Request) -> web.Response:
        """Who can be played."""
        self._sessions.of(request)
        return web.json_response([{"id": each.id, "name": each.name} for each in self._workspace.config.people])

    async def state(self, request: web.Request) -> web.Response:
        """The same as the page, for programs."""
        person = self.person(request)
        page = self.page(request, person, self._channel_id(request.query.get("channel")))
        config = self._workspace.config
        home = self._views.home(person.id)
        body = {
            "me": {"id": person.id, "name": person.name},
            "csrf": page.csrf,
            "revision": page.revision,
            "connected": self._sockets.connected,
            "people": [{"id": each.id, "name": each.name} for each in config.people],
            "channels": [{"id": each.id, "name": each.name, "pins": list(each.pins)} for each in page.channels],
            "channel": page.conversation.id,
            "messages": [self._message_json(each) for each in page.messages],
            "thread": [self._message_json(each) for each in ([page.thread, *page.replies] if page.thread else [])],
            "view": view_json(page.view, config, page.view_values) | {"blocks": page.view_blocks}
            if page.view
            else None,
            "view_stack": len(self._views.stack(person.id)),
            "home": view_json(home, config, values_of(home.body["blocks"], home.draft or {})) if home else None,
            "notice": page.notice or page.view_notice,
            "problems": page.problems,
        }
        return web.json_response(body)

    def person(self, request: web.Request) -> Person:
        """Who the request is made as. Raises PageError for an id that nobody has."""
        found = self._workspace.config.person(request.match_info["person"])
        if found is None:
            raise PageError(404, "Nobody here has this id.")
        return found

    def conversation(self, person: Person, channel_id: str) -> Conversation:
        """A conversation that a person may read. Raises PageError."""
        found = self._workspace.conversations.get(channel_id)
        if found is None or (found.private and person.id not in found.members):
            raise PageError(404, f"There is no channel {channel_id} that {person.name} can see.")
        return found

    def named_conversation(self, person: Person, name_or_id: str) -> Conversation:
        """A conversation that a person may read, by id or name. Raises PageError."""
        return self.conversation(person, self._channel_id(name_or_id))

    def page(self, request: web.Request, person: Person, channel_id: str) -> Page:
        """Everything for one page."""
        session = self._sessions.of(request)
        conversation = self.conversation(person, channel_id)
        view = self._views.top(person.id)
        return Page(
            workspace=self._workspace,
            me=person,
            conversation=conversation,
            csrf=self._sessions.csrf(session),
            connected=self._sockets.connected > 0 or bool(self._workspace.config.request_url),
            faults_on=len(self._faults.on),
            show=_count(request.query.get("show")),
            thread=self._thread(person, conversation, request.query.get("thread")),
            home=self._views.home(person.id),
            view=view,
            view_notice=self._desk.view_notices.get(view.id) if view else None,
            problems=self._desk.problems.get(view.id, {}) if view else {},
            notice=self._desk.notices.get(person.id),
            drafts=self._desk.drafts.get(person.id, {}),
            unread=self._unread,
            suggestions=self._suggestions,
        )

    def html(self, page: Page, status: int = 200) -> web.Response:
        """The page as HTML; its notice is shown once, and what it shows counts as read."""
        if not page.at_home:
            self._unread.read(page.me.id, page.conversation)
        self._desk.notices.pop(page.me.id, None)
        text = self._environment.get_template("channel.jinja2").render(page=page)
        return web.Response(text=text, content_type="text/html", status=status)

    def refusal(self, refusal: PageError, back: str | None = None) -> web.Response:
        """A page that says why a request was refused."""
        heading = {401: "Sign in", 404: "Not found"}.get(refusal.status, "That did not work")
        template = self._environment.get_template("plain.jinja2")
        text = template.render(heading=heading, sentence=refusal.sentence, back=back)
        return web.Response(text=text, content_type="text/html", status=refusal.status)

    def _thread(self, person: Person, conversation: Conversation, ts: str | None) -> Message | None:
        found = (each for each in self._workspace.messages(conversation.id) if each.ts == ts)
        return next((each for each in found if each.visible_to in {None, person.id}), None)

    def _channel_id(self, name_or_id: str | None) -> str:
        found = self._workspace.find_conversation(name_or_id or self._workspace.config.channels[0].id)
        if found is None:
            raise PageError(404, f"There is no channel {name_or_id}.")
        return found.id

    def _message_json(self, message: Message) -> Json:
        shown = message_json(message, self._workspace.config, self._workspace.files)
        more = {
            "channel": message.channel,
            "ephemeral": message.visible_to is not None,
            "pinned": message.ts in self._pins(message.channel),
        }
        return shown | more | ({"metadata": message.metadata} if message.metadata else {})

    def _pins(self, channel: str) -> tuple[str, ...]:
        return self._workspace.conversations[channel].pins


def _count(given: str | None) -> int:
    """How many messages to show."""
    return max(1, min(int(given), MOST_SHOWN)) if given and COUNT.fullmatch(given) else FIRST_SHOWN


def wants_json(request: web.Request) -> bool:
    """Whether a program asks rather than a browser."""
    return "application/json" in request.headers.get("Accept", "")


def json_refusal(refusal: PageError) -> web.Response:
    """A refusal for a program."""
    return web.Response(
        text=json.dumps({"ok": False, "error": refusal.sentence}),
        content_type="application/json",
        status=refusal.status,
    )
