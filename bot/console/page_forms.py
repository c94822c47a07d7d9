"""The page's writing side: plain form posts, answered with a redirect for browsers and with JSON for programs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from .errors import PageError
from .field_names import field_name, query_name, read_field_name
from .interactions import Result, Said
from .page import wants_json
from .presses import pressed
from .state_values import read_form
from .validate import elements_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from multidict import MultiDictProxy

    from .config import Person, Shortcut
    from .interactions import Interactions
    from .message_menu import MessageMenu
    from .page import Desk, Pages
    from .presses import Press
    from .records import Message, View
    from .sessions import Sessions
    from .suggestions import Suggestions
    from .uploads import Uploads
    from .views import Views
    from .workspace import Workspace

    Form = MultiDictProxy[str | bytes | bytearray | web.FileField]

QUIET_SECONDS: Final = 0.25


class PageForms:
    """What people do on the page."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        views: Views,
        interactions: Interactions,
        pages: Pages,
        sessions: Sessions,
        desk: Desk,
        menu: MessageMenu,
        uploads: Uploads,
        suggestions: Suggestions,
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._interactions = interactions
        self._pages = pages
        self._sessions = sessions
        self._desk = desk
        self._menu = menu
        self._uploads = uploads
        self._suggestions = suggestions

    def routes(self) -> list[web.RouteDef]:
        """Where forms are posted to."""
        return [
            web.post("/as/{person}/say", self.say),
            web.post("/as/{person}/act", self.act),
            web.post("/as/{person}/view", self.view),
            web.post("/as/{person}/message", self.message),
            web.post("/as/{person}/shortcut", self.shortcut),
        ]

    async def say(self, request: web.Request) -> web.Response:
        """Posts a message, files with it, or runs a command. With nothing to send, nothing is sent."""
        person, form = await self._posted(request)
        conversation = self._pages.named_conversation(person, _text(form, "channel"))
        text = _text(form, "text").replace("\r\n", "\n").strip()
        if conversation.archived or person.id not in conversation.members:
            raise PageError(409, f"{person.name} cannot write in #{conversation.name}.")
        uploads = [each for each in form.getall("file", []) if not isinstance(each, str)]
        files = tuple(await self._uploads.keep(person, uploads))
        if not text and not files:
            return self._answer(request, form, Result())
        said = Said(text, _text(form, "thread") or None, files)
        return await self._do(request, person, form, lambda: self._interactions.say(person, conversation, said))

    async def act(self, request: web.Request) -> web.Response:
        """A button or a menu of a message."""
        person, form = await self._posted(request)
        message = self._message(person, form)
        drafts = self._desk.drafts.setdefault(person.id, {})
        blocks = self._suggestions.into(person.id, message.blocks, drafts.get(message.key))
        press = pressed(blocks, _text(form, "do") or _text(form, "find"))
        values, _ = read_form(blocks, _fields(form))
        drafts[message.key] = values
        if form.get("find"):
            query = _query(form, press)
            return await self._do(
                request, person, form, lambda: self._interactions.suggest(person, press, query, message=message)
            )
        if press.confirm and not form.get("confirmed"):
            return self._ask(request, person, form, press, message.channel)
        action = press.action(values)
        return await self._do(
            request, person, form, lambda: self._interactions.act_in_message(person, message, action, values)
        )

    async def view(self, request: web.Request) -> web.Response:
        """The open modal, or App Home: submitted, closed, or one of its buttons or menus used."""
        person, form = await self._posted(request)
        view = self._view(person, _text(form, "view"))
        if form.get("close"):
            self._desk.forget_view(view.id)
            whole = _text(form, "close") == "stack"
            return await self._do(
                request, person, form, lambda: self._interactions.close_view(person, view, whole_stack=whole)
            )
        files = await self._files(person, view, form)
        blocks = self._suggestions.into(person.id, view.body["blocks"], view.draft)
        values, problems = read_form(blocks, _fields(form, files))
        view = self._interactions.keep_draft(view, values)
        if form.get("find"):
            press = pressed(blocks, _text(form, "find"))
            query = _query(form, press)
            return await self._do(
                request, person, form, lambda: self._interactions.suggest(person, press, query, view=view), view
            )
        if form.get("do"):
            return await self._act_in_view(request, person, form, view)
        self._desk.forget_view(view.id)
        if problems:
            self._desk.problems[view.id] = problems
            return self._answer(request, form, Result(problems=problems))
        return await self._do(request, person, form, lambda: self._interactions.submit(person, view), view)

    async def _act_in_view(self, request: web.Request, person: Person, form: Form, view: View) -> web.Response:
        press = pressed(view.body["blocks"], _text(form, "do"))
        if press.confirm and not form.get("confirmed"):
            return self._ask(request, person, form, press, self._workspace.direct_message(person.id).id)
        action = press.action(view.draft or {})
        return await self._do(request, person, form, lambda: self._interactions.act_in_view(person, view, action), view)

    async def _files(self, person: Person, view: View, form: Form) -> dict[tuple[str, str], list[str]]:
        """The files that were put into its fields, by id."""
        found = {}
        for block in view.body["blocks"]:
            for element in elements_of(block):
                name = field_name(block["block_id"], element["action_id"]) if element["type"] == "file_input" else ""
                if name in form:
                    kept = await self._uploads.keep(person, form.getall(name))
                    found[block["block_id"], element["action_id"]] = kept
        return found

    async def message(self, request: web.Request) -> web.Response:
        """The menu of a message: pins, reactions, deletion, shortcuts of the app."""
        person, form = await self._posted(request)
        message = self._message(person, form)
        if form.get("shortcut"):
            shortcut = self._shortcut(_text(form, "shortcut"))
            return await self._do(
                request, person, form, lambda: self._interactions.message_shortcut(person, message, shortcut)
            )
        self._menu.do(_text(form, "do"), person, message)
        return self._answer(request, form, Result())

    async def shortcut(self, request: web.Request) -> web.Response:
        """A global shortcut."""
        person, form = await self._posted(request)
        shortcut = self._shortcut(_text(form, "shortcut"))
        return await self._do(request, person, form, lambda: self._interactions.shortcut(person, shortcut))

    async def _posted(self, request: web.Request) -> tuple[Person, Form]:
        session = self._sessions.of(request)
        form = await request.post()
        self._sessions.check_form(session, form)
        return self._pages.person(request), form

    def _message(self, person: Person, form: Form) -> Message:
        conversation = self._pages.conversation(person, _text(form, "channel"))
        found = self._workspace.message(conversation.id, _text(form, "ts"))
        if found is None or found.visible_to not in {None, person.id}:
            raise PageError(404, "This message is not there any more.")
        return found

    def _view(self, person: Person, view_id: str) -> View:
        known = [*self._views.stack(person.id), *filter(None, [self._views.home(person.id)])]
        for view in known:
            if view.id == view_id:
                return view
        raise PageError(409, "This window is closed already, and nothing was sent. Start again from its command.")

    def _shortcut(self, callback_id: str) -> Shortcut:
        for shortcut in self._workspace.config.shortcuts:
            if shortcut.callback_id == callback_id:
                return shortcut
        raise PageError(404, f"There is no shortcut {callback_id}.")

    async def _do(
        self,
        request: web.Request,
        person: Person,
        form: Form,
        action: Callable[[], Awaitable[Result]],
        view: View | None = None,
    ) -> web.Response:
        """Carries out an action, then waits a moment, so that a page without JavaScript shows what came of it."""
        revision = self._workspace.revision
        result = await action()
        if view and result.problems:
            self._desk.problems[view.id] = result.problems
        if not wants_json(request):
            self._note(person, view, result)
            if not result.notice and not result.problems:
                await self._settle(revision)
        return self._answer(request, form, result)

    def _note(self, person: Person, view: View | None, result: Result) -> None:
        if result.notice and view and view.id in {each.id for each in self._views.stack(person.id)}:
            self._desk.view_notices[view.id] = result.notice
        elif result.notice:
            self._desk.notices[person.id] = result.notice

    async def _settle(self, revision: int) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._workspace.config.settle_seconds
        changed = await self._workspace.changed_since(revision, self._workspace.config.settle_seconds)
        while changed and loop.time() < until:
            changed = await self._workspace.changed_since(self._workspace.revision, QUIET_SECONDS)

    def _answer(self, request: web.Request, form: Form, result: Result) -> web.Response:
        if wants_json(request):
            return web.json_response({"ok": True, "notice": result.notice, "problems": result.problems or {}})
        return web.Response(status=303, headers={"Location": _back(form)})

    def _ask(self, request: web.Request, person: Person, form: Form, press: Press, channel: str) -> web.Response:
        """Puts the question of a confirm object before the action; saying yes posts the same form again."""
        if wants_json(request):
            return web.json_response({"ok": True, "confirm": press.confirm})
        page = self._pages.page(request, person, channel)
        page.at_home = "/home" in _back(form)
        page.confirming = press.confirm
        page.confirm_at = request.path
        page.confirm_fields = [(name, value) for name, value in form.items() if isinstance(value, str)]
        page.back = _back(form)
        return self._pages.html(page)


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _query(form: Form, press: Press) -> str:
    """What was typed to look for options of this menu."""
    return _text(form, query_name(press.block["block_id"], press.element["action_id"])).strip()


def _fields(
    form: Form, files: Mapping[tuple[str, str], list[str]] | None = None
) -> Callable[[str, str], list[str] | None]:
    """Looks up what was posted for an element, by block id and action id; ``files`` are the ids of those with files."""
    posted: dict[tuple[str, str], list[str]] = {}
    for name in form:
        if place := read_field_name(name):
            posted[place] = [value for value in form.getall(name) if isinstance(value, str)]
    posted |= files or {}
    return lambda block_id, action_id: posted.get((block_id, action_id))


def _back(form: Form) -> str:
    """Where to go after an action: only to a page of this workspace."""
    back = _text(form, "back")
    mine = back.startswith("/as/") and back.isprintable() and "\\" not in back and "//" not in back
    return back if mine else "/"
