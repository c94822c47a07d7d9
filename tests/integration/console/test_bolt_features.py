"""A plain Bolt app that uses much of what Slack offers runs against the workspace without a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp

from bot.console.client import Upload
from bot.console.element_schema import ELEMENTS, IN_INPUT
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_bolt.async_app import AsyncApp

    from bot.console.client import Desk
    from bot.console.server import Console

Run = Any
INCIDENTS = "C1INCIDENTS"


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text.lower()}


OPTIONS = {"options": [option("One"), option("Two")]}
SHAPES: dict[str, dict[str, Any]] = {
    "static_select": OPTIONS,
    "multi_static_select": OPTIONS,
    "radio_buttons": OPTIONS,
    "checkboxes": OPTIONS,
    "number_input": {"is_decimal_allowed": False},
    "external_select": {"min_query_length": 1},
    "multi_external_select": {"min_query_length": 1},
}
ENTERED: dict[str, Any] = {
    "static_select": "Two",
    "multi_static_select": ["One", "Two"],
    "external_select": "Orders database",
    "multi_external_select": ["Orders database", "Orders API"],
    "users_select": "U2APPROVER",
    "multi_users_select": ["U1RESPONDER", "U2APPROVER"],
    "channels_select": INCIDENTS,
    "multi_channels_select": [INCIDENTS],
    "conversations_select": INCIDENTS,
    "multi_conversations_select": [INCIDENTS],
    "radio_buttons": "One",
    "checkboxes": ["Two"],
    "datepicker": "2026-11-22",
    "timepicker": "03:14",
    "datetimepicker": "2026-11-22T03:14",
    "plain_text_input": "words",
    "number_input": "42",
    "email_text_input": "riley@example.org",
    "url_text_input": "https://example.org/",
    "file_input": [Upload("dump.txt", b"evidence")],
}


def modal(kinds: Sequence[str]) -> dict[str, Any]:
    blocks = [
        {
            "type": "input",
            "block_id": kind,
            "label": plain(kind),
            "element": {"type": kind, "action_id": kind, **SHAPES.get(kind, {})},
        }
        for kind in kinds
    ]
    view = {"type": "modal", "callback_id": "all", "title": plain("All of it"), "submit": plain("Send")}
    return {**view, "blocks": blocks}


def opens(app: AsyncApp, view: dict[str, Any]) -> None:
    @app.shortcut("start_recovery")
    async def start(ack: Callable[..., Any], shortcut: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=view)

    for kind in ("external_select", "multi_external_select"):

        @app.options(kind)
        async def offer(ack: Callable[..., Any], payload: dict[str, Any]) -> None:
            known = (option("Orders database"), option("Orders API"), option("Names"))
            await ack(options=[each for each in known if payload["value"] in each["value"]])


async def test_every_input_of_a_modal_reaches_the_app_as_slack_would_send_it(
    app: AsyncApp, run: Run, desk: Desk
) -> None:
    got: dict[str, Any] = {}
    opens(app, modal(IN_INPUT))

    @app.view("all")
    async def submitted(ack: Callable[..., Any], view: dict[str, Any]) -> None:
        await ack()
        got.update({kind: values[kind] for kind, values in view["state"]["values"].items()})

    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        for kind in ("external_select", "multi_external_select"):
            assert await responder.search_in_view(kind, "orders") is None
        assert await responder.submit(ENTERED) == {}
    assert set(got) == set(IN_INPUT) == {kind for kind in ELEMENTS if kind in ENTERED}
    assert got["external_select"]["selected_option"] == option("Orders database")
    assert [each["value"] for each in got["multi_external_select"]["selected_options"]] == [
        "orders database",
        "orders api",
    ]
    assert got["datetimepicker"]["selected_date_time"] == 1795317240
    assert got["number_input"]["value"] == "42"
    assert got["file_input"]["files"][0]["name"] == "dump.txt"


async def test_options_that_are_not_there_are_told_and_what_is_chosen_stays(
    app: AsyncApp, run: Run, desk: Desk
) -> None:
    opens(app, modal(["external_select"]))
    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.search_in_view("external_select", "names")
        assert "knows no option" in str(await responder.search_in_view("external_select", "nonsense"))
        assert "at least 1" in str(await responder.search_in_view("external_select", ""))


async def test_files_reactions_pins_and_bookmarks_of_an_app_are_shown(app: AsyncApp, run: Run, desk: Desk) -> None:
    async with run(app):
        posted = await app.client.chat_postMessage(channel=INCIDENTS, text="the state of things")
        await app.client.reactions_add(channel=INCIDENTS, timestamp=posted["ts"], name="eyes")
        await app.client.pins_add(channel=INCIDENTS, timestamp=posted["ts"])
        await app.client.bookmarks_add(channel_id=INCIDENTS, title="Status", type="link", link="https://example.org/")
        await app.client.files_upload_v2(channel=INCIDENTS, content="a,b\n1,2\n", filename="table.csv", title="Table")
        await app.client.chat_postEphemeral(channel=INCIDENTS, user="U2APPROVER", text="for you alone")
        responder, approver = desk.person("responder"), desk.person("approver")
        said = await responder.messages("incidents")
        assert (said[0]["reactions"][0]["name"], said[0]["pinned"]) == ("eyes", True)
        assert said[1]["files"][0]["title"] == "Table"
        assert await approver.wait_message("incidents", "for you alone")
        assert len(said) == 2


async def test_what_people_do_to_messages_reaches_the_app(
    app: AsyncApp, run: Run, desk: Desk, console: Console
) -> None:
    heard: list[Any] = []

    @app.event("reaction_added")
    async def added(event: dict[str, Any]) -> None:
        heard.append((event["reaction"], event["user"]))

    @app.event("reaction_removed")
    async def removed(event: dict[str, Any]) -> None:
        heard.append((event["reaction"], "removed"))

    @app.event({"type": "message", "subtype": "file_share"})
    async def shared(event: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {console.tokens.bot}"}
        async with aiohttp.request("GET", event["files"][0]["url_private"], headers=headers) as answer:
            heard.append((event["text"], await answer.text()))

    async with run(app):
        responder = desk.person("responder")
        direct = (await app.client.conversations_open(users="U1RESPONDER"))["channel"]["id"]
        await responder.say(direct, "see the log", None, Upload("app.log", b"out of disk"))
        message = await responder.wait_message(direct, "see the log")
        await eventually(lambda: heard)
        for _ in range(2):
            await responder.tell_message(message, "react:eyes")
        await eventually(lambda: len(heard) == 3)
    assert heard == [("see the log", "out of disk"), ("eyes", "U1RESPONDER"), ("eyes", "removed")]
