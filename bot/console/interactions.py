"""What a person does, brought to the app, and what its acknowledgement changes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from . import payloads
from .delivery import Ack, Envelope, Outcome
from .errors import ApiError
from .posting import content_of, post_as_bot, tell
from .records import Message
from .shapes import message_json, view_json
from .state_values import values_of
from .uploads import with_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from .config import Command, Person, Shortcut
    from .delivery import Carrier
    from .passes import ResponseUrls, Triggers
    from .presses import Press
    from .records import Conversation, Json, View
    from .suggestions import Suggestions
    from .views import Views
    from .workspace import Workspace

TROUBLE = "The app could not be reached, or it did not answer in time. Nothing was lost here: try again."
NOT_HEARD = "The app did not acknowledge this click in time. It may have been heard or not: look before you repeat it."


@dataclass(frozen=True, slots=True)
class Result:
    """What the person is told at once: a notice, or problems beside the fields (by block id)."""

    notice: str | None = None
    problems: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person typed, the thread it goes to, and the ids of files beside it."""

    text: str
    thread_ts: str | None = None
    files: tuple[str, ...] = ()


class Interactions:
    """Carries what people do to the app."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        views: Views,
        triggers: Triggers,
        response_urls: ResponseUrls,
        carrier: Carrier,
        base_url: Callable[[], str],
        refused: Callable[[str, ApiError], None],
        suggestions: Suggestions,
    ) -> None:
        self._workspace = workspace
        self._views = views
        self._triggers = triggers
        self._response_urls = response_urls
        self._carrier = carrier
        self._base_url = base_url
        self._refused = refused
        self._suggestions = suggestions
        self._config = workspace.config

    async def say(self, person: Person, conversation: Conversation, said: Said) -> Result:
        """Posts what a person typed; a line that begins with / is a command."""
        if re.match(r"/\w", said.text):
            return await self._typed_command(person, conversation, said.text, said.thread_ts)
        self._workspace.post(
            Message(
                channel=conversation.id,
                ts=self._workspace.next_ts(),
                user=person.id,
                text=self._linked(_escaped(said.text), with_names=False),
                thread_ts=said.thread_ts,
                files=said.files,
            )
        )
        return Result()

    async def _typed_command(
        self, person: Person, conversation: Conversation, text: str, thread_ts: str | None
    ) -> Result:
        name, _, rest = text.partition(" ")
        command = next((each for each in self._config.commands if each.name == name), None)
        if command is None:
            tell(self._workspace, conversation.id, person.id, f"{_escaped(name)} is not a valid command.", thread_ts)
            return Result()
        if thread_ts:
            tell(self._workspace, conversation.id, person.id, f"{name} is not supported in threads. Sorry!", thread_ts)
            return Result()
        return await self.command(person, conversation, command, rest.strip())

    async def command(self, person: Person, conversation: Conversation, command: Command, text: str) -> Result:
        """A slash command. A person without an answer is told why by the workspace itself."""
        escaped = _escaped(text)
        linked = self._linked(escaped, with_names=True) if command.escape else escaped
        payload = payloads.command_payload(self._occasion(person, conversation), conversation, command, linked)
        ack = await self._deliver(Envelope("slash_commands", payload, accepts_response=True))
        if ack.outcome is not Outcome.ACKED:
            unheard = ack.outcome is Outcome.NOT_CONNECTED
            why = "the app is not connected" if unheard else "the app did not respond in time"
            tell(self._workspace, conversation.id, person.id, f"{command.name} failed because {why}.")
        elif ack.payload:
            self._answer_command(person, conversation, command, ack.payload)
        return Result()

    def _answer_command(self, person: Person, conversation: Conversation, command: Command, payload: Json) -> None:
        visible_to = None if payload.get("response_type") == "in_channel" else person.id
        try:
            content = content_of(payload)
        except ApiError as refusal:
            self._refused(f"ack of {command.name}", refusal)
            tell(self._workspace, conversation.id, person.id, f"{command.name} failed with the error {refusal.name!r}.")
            return
        post_as_bot(self._workspace, conversation.id, content, visible_to=visible_to)

    async def act_in_message(self, person: Person, message: Message, action: Json, draft: Json) -> Result:
        """A click or a choice in a message."""
        conversation = self._workspace.conversations[message.channel]
        payload = payloads.message_action_payload(
            self._occasion(person, conversation, message),
            conversation,
            self._shown(message),
            values_of(message.blocks, draft),
            action | {"action_ts": self._workspace.next_ts()},
            ephemeral=message.visible_to is not None,
        )
        return await self._interact(payload)

    async def act_in_view(self, person: Person, view: View, action: Json) -> Result:
        """A click or a choice in a modal or in App Home."""
        occasion = self._view_occasion(person, view)
        action = action | {"action_ts": self._workspace.next_ts()}
        return await self._interact(payloads.view_action_payload(occasion, self._entered(view), action))

    async def suggest(
        self, person: Person, press: Press, query: str, *, message: Message | None = None, view: View | None = None
    ) -> Result:
        """Looks for options of a menu that the app supplies, in a message or in a view."""
        if message:
            conversation, shown = self._workspace.conversations[message.channel], self._shown(message)
            container = payloads.container_of(shown, conversation, ephemeral=message.visible_to is not None)
            where: Json = {"container": container, "channel": payloads.channel_json(conversation), "message": shown}
        else:
            shown = self._entered(view) if view else {}
            where = {"container": {"type": "view", "view_id": shown.get("id")}, "view": shown}
        return Result(await self._suggestions.find(payloads.Occasion(self._config, person), where, press, query))

    async def submit(self, person: Person, view: View) -> Result:
        """Submits a modal with what its draft holds."""
        payload = payloads.submission_payload(self._view_occasion(person, view), self._entered(view))
        ack = await self._deliver(Envelope("interactive", payload, accepts_response=True))
        if ack.outcome is not Outcome.ACKED:
            return Result(TROUBLE)
        try:
            return self._after_submission(view, ack.payload or {})
        except ApiError as refusal:
            self._refused("ack of view_submission", refusal)
            return Result(TROUBLE)

    def _after_submission(self, view: View, answer: Json) -> Result:
        kind = answer.get("response_action")
        if kind is None:
            self._views.close(view)
        elif kind == "clear":
            self._views.clear(view.user)
        elif kind == "update":
            self._views.update(self._views.find(view.id), answer.get("view") or {})
        elif kind == "push":
            self._views.push(view.user, answer.get("view") or {})
        elif kind == "errors":
            return Result(problems=_problems(view, answer.get("errors")))
        else:
            raise ApiError("invalid_arguments", response_metadata={"messages": [f"unknown response_action {kind}"]})
        return Result()

    async def close_view(self, person: Person, view: View, *, whole_stack: bool = False) -> Result:
        """Closes a modal, or its whole stack; the app hears of it when it asked to."""
        clears = whole_stack or bool(view.body.get("clear_on_close"))
        if clears:
            self._views.clear(person.id)
        else:
            self._views.close(view)
        if not view.body.get("notify_on_close"):
            return Result()
        occasion = payloads.Occasion(self._config, person)
        return await self._interact(payloads.closed_payload(occasion, self._entered(view), is_cleared=clears))

    async def shortcut(self, person: Person, shortcut: Shortcut) -> Result:
        """A global shortcut."""
        return await self._interact(payloads.shortcut_payload(self._occasion(person), shortcut))

    async def message_shortcut(self, person: Person, message: Message, shortcut: Shortcut) -> Result:
        """A shortcut from the menu of a message."""
        conversation = self._workspace.conversations[message.channel]
        occasion = self._occasion(person, conversation, message)
        return await self._interact(
            payloads.message_shortcut_payload(occasion, conversation, self._shown(message), shortcut)
        )

    def keep_draft(self, view: View, values: Json) -> View:
        """Remembers what a person entered in a view."""
        kept = replace(view, draft=values)
        self._views.replace(kept)
        return kept

    async def _interact(self, payload: Json) -> Result:
        ack = await self._deliver(Envelope("interactive", payload))
        if ack.outcome is Outcome.ACKED:
            return Result()
        return Result(TROUBLE if ack.outcome is Outcome.NOT_CONNECTED else NOT_HEARD)

    async def _deliver(self, envelope: Envelope) -> Ack:
        return await self._carrier.deliver(envelope, self._config.ack_seconds)

    def _occasion(
        self, person: Person, conversation: Conversation | None = None, message: Message | None = None
    ) -> payloads.Occasion:
        """What just happened, with fresh permissions for the app to react."""
        trigger = self._triggers.give(person.id)
        url = self._url_for(conversation, person, message) if conversation else ""
        return payloads.Occasion(self._config, person, trigger, url, self._workspace.next_ts())

    def _view_occasion(self, person: Person, view: View) -> payloads.Occasion:
        return payloads.Occasion(self._config, person, self._triggers.give(person.id, view.id))

    def _url_for(self, conversation: Conversation, person: Person, message: Message | None) -> str:
        key = self._response_urls.give(
            conversation.id,
            person.id,
            message.ts if message else None,
            message.thread_ts if message and message.is_reply else None,
        )
        return f"{self._base_url()}/response/{key}"

    def _shown(self, message: Message) -> Json:
        return message_json(message, self._config, self._workspace.files, self._base_url())

    def _entered(self, view: View) -> Json:
        """A view with everything that the person entered in its state."""
        values = values_of(view.body["blocks"], view.draft or {})
        values = with_files(values, self._workspace.files, view.user, self._base_url())
        return view_json(view, self._config, values)

    def _linked(self, escaped: str, *, with_names: bool) -> str:
        """Turns the names of people, channels and the bot into mentions, as the composer of Slack does."""
        ids = {each.name: each.id for each in self._config.people} | {self._config.bot_name: self._config.bot_user_id}

        def person(found: re.Match[str]) -> str:
            name = found[1]
            if name not in ids:
                return found[0]
            return f"<@{ids[name]}|{name}>" if with_names else f"<@{ids[name]}>"

        def channel(found: re.Match[str]) -> str:
            known = self._workspace.find_conversation(found[1])
            return f"<#{known.id}|{known.name}>" if known else found[0]

        return re.sub(r"(?<!\S)#([\w-]+)", channel, re.sub(r"(?<!\S)@([\w.-]*\w)", person, escaped))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _problems(view: View, errors: Json | None) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not errors or not set(errors) <= inputs:
        raise ApiError(
            "invalid_arguments", response_metadata={"messages": ["errors must name input blocks of the view"]}
        )
    return {block_id: str(problem) for block_id, problem in errors.items()}
