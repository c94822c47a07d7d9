"""A person puts a file into a modal; the app is given it as Slack gives it, and downloads it with its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.console.client import ClientError, Desk, Upload

from .test_bolt_app import MODAL
from .test_bolt_views import open_modal, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt.async_app import AsyncApp

    from bot.console.server import Console

Run = Any
FILES = {"type": "file_input", "action_id": "files", "max_files": 1}
WITH_FILES = {
    **MODAL,
    "blocks": [{"type": "input", "block_id": "files", "label": plain("File"), "element": FILES, "optional": True}],
}


def heard_by(app: AsyncApp) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []

    @app.view(MODAL["callback_id"])
    async def submitted(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        await ack()
        heard.extend(body["view"]["state"]["values"]["files"]["files"]["files"])

    return heard


async def test_a_file_is_downloaded_by_the_app_and_by_nobody_without_its_token(
    app: AsyncApp, run: Run, desk: Desk, console: Console
) -> None:
    heard = heard_by(app)
    await open_modal(app, WITH_FILES)
    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.wait_view("File")
        assert await responder.submit({"files": Upload("../top secret.log", b"a\x00b\r\n")}) == {}
    (file,) = heard
    assert (file["name"], file["size"], file["user"]) == ("../top secret.log", 5, responder.id)
    token = {"Authorization": f"Bearer {console.tokens.bot}"}
    async with aiohttp.ClientSession(trust_env=False) as http:
        async with http.get(file["url_private_download"], headers=token) as answer:
            assert await answer.read() == b"a\x00b\r\n"
        async with http.get(file["url_private_download"], allow_redirects=False) as answer:
            assert answer.status != 200


async def test_more_files_than_a_field_takes_are_refused_beside_it(app: AsyncApp, run: Run, desk: Desk) -> None:
    await open_modal(app, WITH_FILES)
    async with run(app):
        responder = desk.person("responder")
        await responder.shortcut("start_recovery")
        await responder.wait_view("File")
        wrong = await responder.submit({"files": [Upload("a", b"1"), Upload("b", b"2")]})
    assert wrong == {"files": "Please choose at most 1 files."}


async def test_a_place_for_files_stands_in_inputs_only(app: AsyncApp, run: Run, desk: Desk) -> None:
    await open_modal(app, {**MODAL, "blocks": [{"type": "actions", "elements": [FILES]}]})
    async with run(app):
        await desk.person("responder").shortcut("start_recovery")
        with pytest.raises(ClientError):
            await desk.person("responder").wait_view("File", seconds=0.3)
