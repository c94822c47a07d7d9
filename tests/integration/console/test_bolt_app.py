"""A real slack_bolt AsyncApp in Socket Mode, and people who use it through the page's forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.console.client import ClientError, Desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp

    from bot.console.server import Console

Run = Any
BUTTONS: list[dict[str, Any]] = [
    {"type": "section", "block_id": "why", "text": {"type": "mrkdwn", "text": "Approve *R-1*?"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "R-1",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Approve"},
                "confirm": {
                    "title": {"type": "plain_text", "text": "Sure?"},
                    "text": {"type": "mrkdwn", "text": "It overwrites data."},
                    "confirm": {"type": "plain_text", "text": "Yes"},
                    "deny": {"type": "plain_text", "text": "No"},
                },
            },
            {
                "type": "static_select",
                "action_id": "plan",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": value}
                    for name, value in (("Full site", "full-site"), ("Database", "db"))
                ],
            },
        ],
    },
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "restore",
    "notify_on_close": True,
    "private_metadata": "R-1",
    "title": {"type": "plain_text", "text": "Restore"},
    "submit": {"type": "plain_text", "text": "Start"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "mode",
            "optional": True,
            "label": {"type": "plain_text", "text": "Mode"},
            "element": {
                "type": "radio_buttons",
                "action_id": "mode",
                "options": [
                    {"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("Drill", "Real")
                ],
            },
        },
    ],
}


async def test_command_is_answered_in_its_ack_for_its_person_only(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any], command: dict[str, Any]) -> None:
        await ack(f"{command['text']} for <@{command['user_id']}> in {command['channel_name']}")

    async with run(app):
        responder, approver = desk.person("responder"), desk.person("approver")
        await responder.command("incidents", "/recovery freshness @approver <!here> & co")
        answer = await responder.wait_message("incidents", "freshness")
    assert answer["text"] == ("freshness <@U2APPROVER|approver> &lt;!here&gt; &amp; co for <@U1RESPONDER> in incidents")
    assert answer["ephemeral"] is True
    assert await approver.messages("incidents") == []


async def test_click_after_its_question_reaches_the_app_with_the_message(app: AsyncApp, run: Run, desk: Desk) -> None:
    seen: list[dict[str, Any]] = []

    @app.action("approve")
    async def approve(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        seen.append(body)
        done = f"Approved by <@{body['user']['id']}>"
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=done)

    async with run(app):
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="Approve R-1?", blocks=BUTTONS)
        approver = desk.person("approver")
        await approver.click(await approver.wait_message("incidents", "Approve *R-1*"), "Approve")
        message = await approver.wait_message("incidents", "Approved by <@U2APPROVER>")
    assert "blocks" not in message
    action = seen[0]["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("approve", "decide", "R-1")
    assert seen[0]["container"]["message_ts"] == message["ts"]
    assert seen[0]["state"]["values"]["decide"]["plan"]["selected_option"] is None


async def test_choice_in_a_menu_carries_the_option(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.action("plan")
    async def plan(ack: Callable[..., Any], action: dict[str, Any], respond: Callable[..., Any]) -> None:
        await ack()
        await respond(text=f"chose {action['selected_option']['value']}", replace_original=False)

    async with run(app):
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="Approve R-1?", blocks=BUTTONS)
        responder = desk.person("responder")
        await responder.choose(await responder.wait_message("incidents", "Approve *R-1*"), "plan", "Database")
        assert (await responder.wait_message("incidents", "chose db"))["ephemeral"] is True


async def test_modal_shows_errors_beside_fields_then_closes(app: AsyncApp, run: Run, desk: Desk) -> None:
    submitted: list[dict[str, Any]] = []

    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any], body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("restore")
    async def restore(ack: Callable[..., Any], view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["reason"]["text"]["value"] == "because":
            await ack(response_action="errors", errors={"reason": "Say more."})
            return
        submitted.append(view)
        await ack()

    async with run(app):
        responder = desk.person("responder")
        await responder.command("incidents", "/recovery restore")
        await responder.wait_view("Reason")
        assert await responder.submit({"Reason": "  "}) == {"reason": "Please complete this required field."}
        assert await responder.submit({"Reason": "because"}) == {"reason": "Say more."}
        assert await responder.submit({"Reason": "storage <gone> & more", "mode": "Real"}) == {}
        assert await responder.open_view() is None
    values = submitted[0]["state"]["values"]
    assert values["reason"]["text"] == {"type": "plain_text_input", "value": "storage <gone> & more"}
    assert values["mode"]["mode"]["selected_option"]["value"] == "real"
    assert submitted[0]["private_metadata"] == "R-1"


async def test_submission_can_push_update_and_clear(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.shortcut("start_recovery")
    async def start(ack: Callable[..., Any], shortcut: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view={**MODAL, "callback_id": "first"})

    @app.view("first")
    async def first(ack: Callable[..., Any]) -> None:
        await ack(response_action="push", view={**MODAL, "callback_id": "second"})

    @app.view("second")
    async def second(ack: Callable[..., Any]) -> None:
        title = {"type": "plain_text", "text": "Last"}
        await ack(response_action="update", view={**MODAL, "callback_id": "third", "title": title})

    @app.view("third")
    async def third(ack: Callable[..., Any]) -> None:
        await ack(response_action="clear")

    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.wait_view("Reason")
        for callback_id, depth in (("second", 2), ("third", 2)):
            assert await responder.submit({"Reason": "x"}) == {}
            state = await responder.state()
            assert (state["view"]["callback_id"], state["view_stack"]) == (callback_id, depth)
        await responder.submit({"Reason": "x"})
        assert await responder.open_view() is None


async def test_closing_a_modal_tells_the_app_that_asked_for_it(app: AsyncApp, run: Run, desk: Desk) -> None:
    closed: list[str] = []

    @app.shortcut("start_recovery")
    async def start(ack: Callable[..., Any], shortcut: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=MODAL)

    @app.view_closed("restore")
    async def gone(ack: Callable[..., Any], view: dict[str, Any]) -> None:
        await ack()
        closed.append(view["callback_id"])

    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.close_view()
    assert closed == ["restore"]


async def test_person_is_told_when_no_app_is_there(console: Console, desk: Desk) -> None:
    responder = desk.person("responder")
    await responder.command("incidents", "/recovery status")
    assert console.sockets.connected == 0
    said = await responder.wait_message("incidents", "/recovery failed")
    assert said["text"] == "/recovery failed because the app is not connected."
    await responder.command("incidents", "/nonsense")
    assert (await responder.wait_message("incidents", "/nonsense"))["text"] == "/nonsense is not a valid command."


async def test_person_is_told_when_the_app_is_silent(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.action("approve")
    async def approve() -> None:
        pass

    async with run(app):
        await app.client.chat_postMessage(channel="C1INCIDENTS", text="Approve R-1?", blocks=BUTTONS)
        responder = desk.person("responder")
        notice = await responder.click(await responder.wait_message("incidents", "Approve *R-1*"), "approve")
    assert notice is not None
    assert "did not acknowledge" in notice


async def test_button_that_is_gone_is_refused_in_words(app: AsyncApp, desk: Desk) -> None:
    posted = await app.client.chat_postMessage(channel="C1INCIDENTS", text="Approve R-1?", blocks=BUTTONS)
    responder = desk.person("responder")
    message = await responder.wait_message("incidents", "Approve *R-1*")
    await app.client.chat_update(channel="C1INCIDENTS", ts=posted["ts"], text="done")
    with pytest.raises(ClientError, match="changed while you were looking"):
        await responder.click(message, "Approve")


async def test_events_reach_the_app_and_message_shortcuts_too(app: AsyncApp, run: Run, desk: Desk) -> None:
    seen: list[str] = []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    @app.event("message")
    async def said(event: dict[str, Any], say: Callable[..., Any]) -> None:
        await say(f"heard {event['text']}")

    @app.shortcut("evidence")
    async def evidence(ack: Callable[..., Any], shortcut: dict[str, Any], respond: Callable[..., Any]) -> None:
        await ack()
        await respond(f"kept {shortcut['message']['text']}")

    async with run(app):
        responder = desk.person("responder")
        await responder.say("incidents", "@bringback look <here>")
        message = await responder.wait_message("incidents", "look")
        await responder.message_shortcut(message, "evidence")
        await responder.wait_message("incidents", "kept <@U0BRINGBACK> look")
        direct = (await app.client.conversations_open(users="U1RESPONDER"))["channel"]["id"]
        await responder.say(direct, "hello")
        await responder.wait_message(direct, "heard hello")
    assert seen == ["<@U0BRINGBACK> look &lt;here&gt;"]


async def test_home_is_published_when_it_is_opened(app: AsyncApp, run: Run, desk: Desk) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": "Waiting for you"}}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async with run(app):
        responder = desk.person("responder")
        home = await responder.home()
    assert home is not None
    assert home["blocks"][0]["text"]["text"] == "Waiting for you"
