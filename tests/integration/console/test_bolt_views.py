"""Buttons and menus inside modals and App Home, and acknowledgements that Slack would not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.console.client import ClientError, Desk

from .test_bolt_app import MODAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp

    from bot.console.server import Console

Run = Any


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": "1", "text": plain(text), **more}


def menu(*options: str) -> dict[str, Any]:
    choices = [{"text": plain(each), "value": each} for each in options]
    return {"type": "overflow", "action_id": "more", "options": choices}


WITH_BUTTON = {**MODAL, "blocks": [*MODAL["blocks"], {"type": "actions", "elements": [button("Show order", "order")]}]}


async def open_modal(app: AsyncApp, view: dict[str, Any]) -> None:
    @app.shortcut("start_recovery")
    async def start(ack: Callable[..., Any], shortcut: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)


async def test_button_in_a_modal_carries_what_was_typed_and_keeps_it(app: AsyncApp, run: Run, desk: Desk) -> None:
    await open_modal(app, WITH_BUTTON)

    @app.action("order")
    async def order(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        typed = body["view"]["state"]["values"]["reason"]["text"]["value"]
        note = {"type": "section", "text": plain(f"order for {typed}")}
        view = {**WITH_BUTTON, "blocks": [note, *WITH_BUTTON["blocks"]]}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)

    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.click_in_view("Show order", values={"Reason": "storage"})
        view = await responder.wait_view("order for storage")
    assert view["state"]["values"]["reason"]["text"]["value"] == "storage"


async def test_button_and_menu_of_home_reach_the_app(app: AsyncApp, run: Run, desk: Desk) -> None:
    seen: list[tuple[str, str]] = []

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        blocks = [{"type": "actions", "elements": [button("Open", "open"), menu("skip", "note")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("open")
    async def pressed(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        await ack()
        seen.append((body["container"]["type"], body["view"]["type"]))

    @app.action("more")
    async def chose(ack: Callable[..., Any], action: dict[str, Any]) -> None:
        await ack()
        seen.append((action["type"], action["selected_option"]["value"]))

    async with run(app):
        responder = desk.person("responder")
        await responder.home()
        await responder.click_at_home("Open")
        await responder.click_at_home("note")
    assert seen == [("view", "home"), ("overflow", "note")]


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
    ids=["errors of no block", "faulty view", "unknown action"],
)
async def test_acknowledgement_that_slack_would_refuse_leaves_the_modal_open(
    app: AsyncApp, run: Run, desk: Desk, console: Console, answer: dict[str, Any]
) -> None:
    await open_modal(app, MODAL)

    @app.view("restore")
    async def restore(ack: Callable[..., Any]) -> None:
        await ack(**answer)

    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.wait_view("Reason")
        with pytest.raises(ClientError, match="try again"):
            await responder.submit({"Reason": "storage"})
        view = await responder.open_view()
    assert view is not None
    assert view["state"]["values"]["reason"]["text"]["value"] == "storage"
    assert console.log.refusals["invalid_arguments"] == 1


async def test_faulty_answer_to_a_command_is_reported_to_its_person(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any]) -> None:
        await ack(text="x", blocks=[{"type": "nonsense"}])

    async with run(app):
        responder = desk.person("responder")
        await responder.command("incidents", "/recovery status")
        said = await responder.wait_message("incidents", "failed with the error")
        await responder.say("incidents", "/recovery status", said["ts"])
        state = await responder.state("incidents", said["ts"])
    assert said["text"] == "/recovery failed with the error 'invalid_blocks'."
    assert state["thread"][-1]["text"] == "/recovery is not supported in threads. Sorry!"
