"""What people do in the story: all of it through the console's page, by commands, forms and buttons."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.console.client import ClientError, Person
from bot.demo.errors import DemoError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


CHANNEL = "incidents"
FRESH_SECONDS = 40.0
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    responder: Person
    approver: Person


async def ask_freshness(cast: Cast, read: Callable[[], Awaitable[list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Ask in the chat until every system is fresh; gives the answers. Raises DemoError when one stays unfresh."""
    try:
        async with asyncio.timeout(FRESH_SECONDS):
            answers = await read()
            while not all(answer["state"] == "fresh" for answer in answers):
                await asyncio.sleep(POLL_SECONDS)
                answers = await read()
    except TimeoutError:
        raise DemoError(f"Not every system became fresh within {FRESH_SECONDS:g} s: {await read()}") from None
    await cast.responder.command(CHANNEL, "/recovery freshness")
    await cast.responder.wait_message(CHANNEL, "Freshness")
    return answers


async def ask_restore(cast: Cast, plan: str, say: Callable[[str, str], None]) -> str:
    """Ask for the real restore by the form, and have it approved by the second person. Gives the recovery's id."""
    await cast.responder.command(CHANNEL, f"/recovery restore {plan}")
    await cast.responder.wait_view("Drill or real?")
    values = {"plan": plan, "mode": "real", "since": "now", "why": "storage, orders and the API do not answer"}
    faults = await cast.responder.submit(values)
    if faults:
        raise DemoError(f"The form was refused: {faults}")
    await cast.responder.wait_view("REAL restore")
    say("RESPONDER", f"asks for a real restore of {plan}")
    faults = await cast.responder.submit()
    if faults:
        raise DemoError(f"The second form was refused: {faults}")
    request = await cast.approver.wait_message(CHANNEL, "APPROVE REAL RESTORE")
    say("APPROVAL", text_of(request))
    found = re.search(r"R-\d+", text_of(request))
    if found is None:
        raise DemoError(f"The request names no recovery: {text_of(request)}")
    await cast.approver.click(request, "recovery_approve")
    say("APPROVER", f"approves exactly this: {found.group()}")
    return found.group()


async def answer_until_review(cast: Cast, recovery: str, say: Callable[[str, str], None]) -> dict[str, Any]:
    """Answer each human step by its buttons until the review is posted; gives the review."""
    answered: set[str] = set()
    seen: set[str] = set()
    progress = await cast.responder.wait_message(CHANNEL, f"{recovery} REAL")
    while not (review := await review_of(cast, recovery)):
        for message in await cast.responder.thread(progress):
            if "step_done" in set(action_ids(message)) and message["ts"] not in answered:
                if message["ts"] not in seen:
                    say("STEP", first_line(message))
                    seen.add(message["ts"])
                if await _answer(cast.responder, progress, message):
                    answered.add(message["ts"])
                    say("RESPONDER", "I'm on it; done")
        await asyncio.sleep(POLL_SECONDS)
    return review


async def _answer(person: Person, progress: dict[str, Any], message: dict[str, Any]) -> bool:
    """Whether the app heard both clicks. It may be away, or the message may have changed meanwhile: then look again."""
    try:
        if "step_take" in set(action_ids(message)) and await person.click(message, "step_take"):
            return False
        message = await _newest(person, progress, message["ts"])
        return "step_done" in set(action_ids(message)) and not await person.click(message, "step_done")
    except ClientError:
        return False


async def review_of(cast: Cast, recovery: str) -> dict[str, Any] | None:
    """The posted review, as it now reads; None before it is there."""
    for message in await cast.responder.messages(CHANNEL):
        if message["text"].startswith(f"{recovery} REAL") and "recovery_correct_start" in set(action_ids(message)):
            return message
    return None


async def progress_of(cast: Cast, recovery: str) -> dict[str, Any] | None:
    """The one message of a recovery; None before it is there."""
    said = await cast.responder.messages(CHANNEL)
    return next((message for message in said if key_of(message) == f"{recovery}/progress"), None)


def key_of(message: dict[str, Any]) -> str:
    """The bot's own name of a message; empty for what other people said."""
    payload: dict[str, Any] = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key", ""))


async def _newest(person: Person, progress: dict[str, Any], ts: str) -> dict[str, Any]:
    return next(message for message in await person.thread(progress) if message["ts"] == ts)


def action_ids(message: dict[str, Any]) -> Iterator[str]:
    """The ids of a message's buttons and menus."""
    for block in message.get("blocks", []):
        for element in block.get("elements", []):
            if isinstance(element, dict) and "action_id" in element:
                yield str(element["action_id"])


def first_line(message: dict[str, Any]) -> str:
    """The first line of a message's text."""
    return (text_of(message).splitlines() or [""])[0]


def text_of(message: dict[str, Any]) -> str:
    """A message's text, without Slack's own signs."""
    text = re.sub(r"<(?:@|!date\^\d+\^)([^|>]*)(?:\|([^>]*))?>", lambda found: found[2] or found[1], message["text"])
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
