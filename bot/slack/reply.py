"""Speaks to one person: over the response URL while it lasts, else only to them in the channel, else directly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.blocks.elements import message
from bot.blocks.text import clean, cut, escape
from bot.slack.call import Expired
from bot.slack.client import error_of
from bot.slack.download import download
from bot.slack.fit import fit_message, fit_view
from bot.slack.payload import Payload, answer_id, channel_of, opening_id, thread_of, user_of

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.blocks.elements import Block
    from bot.slack.redacted import Redact

LOG = logging.getLogger(__name__)

_FORM_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"})
_TOO_LATE = frozenset(
    {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "duplicate_external_id"}
)
LOST = (aiohttp.ClientError, OSError, TimeoutError)  # whatever comes instead of an answer
_CLOSED = frozenset({"not_found", "view_not_found"})
AFTER_ANSWER = (0.1, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each look for the view of an acknowledgement: it mostly is there at the first."""
OK = 200
MARK = "pushpin"


Later = Callable[[str, "Block"], Awaitable[None]]
"""Keeps a message for a person (Slack id, payload) until Slack takes it."""


class SlackReply:
    """One person's replies (see `bot.slack.call.Reply`). What cannot be said now goes out `later`."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, payload: Payload, clean: Redact, later: Later
    ) -> None:
        self._clean = clean
        self._later = later
        self._client = client
        self._session = session
        self._payload = payload
        self._user, _ = user_of(payload)

    async def tell(self, said: str | Block) -> None:
        """Say it to this person alone."""
        made = self._clean(fit_message(_message(said)))
        if await self._respond({**made, "response_type": "ephemeral", "replace_original": False}):
            return
        if not await self._ephemeral(made):
            await self._later(self._user, made)  # in a direct message, which the outbox sends at its pace

    async def replace(self, said: Block) -> None:
        """Put it in the place of the message that was clicked, if only this person sees that one."""
        private = bool((self._payload.get("container") or {}).get("is_ephemeral"))
        if not (private and await self._respond({**self._clean(fit_message(said)), "replace_original": True})):
            await self.tell(said)

    async def open(self, view: Block) -> str:
        """Open a modal; returns its id. Raises Expired.

        An earlier try may have opened it, and its answer, or its process, was lost: then that one is taken up.
        """
        made = {**self._clean(fit_view(view)), "external_id": opening_id(self._payload)}
        try:
            answer = await self._client.views_open(trigger_id=str(self._payload.get("trigger_id", "")), view=made)
        except SlackApiError as refused:
            if error_of(refused) not in _TOO_LATE:
                raise
            opened = await self._update(made, external_id=made["external_id"])
            if not opened:
                raise Expired("Slack let this form expire before it could open.", "Do it once more.") from refused
            return opened
        return str(answer["view"]["id"])

    async def show(self, view_id: str, view: Block) -> None:
        """Change what an open modal shows.

        What the acknowledgement of a submission shows may come into effect later than what is shown in its place, and
        would hide it for ever: so that view is looked for by its own id, and found only then.
        """
        made = self._clean(fit_view(view))
        answer = answer_id(self._payload)
        for wait in AFTER_ANSWER if answer else ():
            await asyncio.sleep(wait)
            if await self._update({**made, "external_id": answer}, external_id=answer):
                return
        if not await self._update(made, view_id=view_id):
            LOG.info("the modal was closed before it was filled")

    async def _update(self, view: Block, **which: str) -> str:
        """Show it in the place of that view; returns the id of that one, empty where it is not open."""
        try:
            answer = await self._client.views_update(view=view, **which)
        except SlackApiError as refused:
            if error_of(refused) not in _CLOSED:
                raise
            return ""
        return str(answer["view"]["id"])

    async def home(self, view: Block) -> None:
        """Set this person's App Home. It is opened again soon: what Slack does not take now is not worth a message."""
        try:
            _ = await self._client.views_publish(user_id=self._user, view=self._clean(fit_view(view)))
        except SlackApiError as refused:
            LOG.warning("an App Home is not shown: %s", error_of(refused))
        except LOST as lost:
            LOG.warning("an App Home is not shown: %s", lost)

    async def download(self, file: Payload, most: int) -> bytes:
        """The bytes of a file that this person put into a form."""
        return await download(self._client, self._session, file, most)

    async def mark(self, channel: str, ts: str) -> None:
        """Put a mark under a message, where Slack lets us."""
        try:
            _ = await self._client.reactions_add(channel=channel, timestamp=ts, name=MARK)
        except SlackApiError as refused:
            LOG.info("not marked: %s", error_of(refused))

    async def _respond(self, body: Block) -> bool:
        """Use the response URL; False when there is none, or it has ended."""
        url = self._payload.get("response_url")
        if not url:
            return False
        try:
            async with self._session.post(str(url), json=body, proxy=self._client.proxy) as answer:
                return answer.status == OK and "error" not in (await answer.text())[:200]
        except LOST as lost:
            LOG.warning("a response URL did not answer: %s", lost)
            return False

    async def _ephemeral(self, made: Block) -> bool:
        channel = channel_of(self._payload)
        if not channel or not self._user:
            return False
        thread = thread_of(self._payload) or None
        try:
            _ = await self._client.chat_postEphemeral(channel=channel, user=self._user, thread_ts=thread, **made)
        except SlackApiError as refused:
            error = error_of(refused)
            if error in _FORM_REFUSED and "blocks" in made:
                return await self._ephemeral({"text": made["text"]})
            LOG.info("not told in the channel: %s", error)
            return False
        except LOST as lost:
            LOG.warning("not told in the channel: %s", lost)
            return False
        return True


def _message(said: str | Block) -> Block:
    if not isinstance(said, str):
        return said
    plain = {"type": "section", "text": {"type": "plain_text", "text": cut(clean(said), 3000) or "-", "emoji": False}}
    return message(escape(said), [plain])
