"""A form that was submitted is changed only once what the acknowledgement shows has come into effect."""

from __future__ import annotations

from typing import Any, cast

from slack_sdk.errors import SlackApiError

from bot.blocks.elements import notice
from bot.slack.payload import answer_id
from bot.slack.reply import SlackReply

SUBMITTED = {"type": "view_submission", "view": {"id": "V1", "hash": "1.a", "callback_id": "walk_choose"}}
CLICKED = {"type": "block_actions", "trigger_id": "7", "view": {"id": "V1"}, "actions": [{"action_id": "look_step"}]}


class FakeClient:
    """Knows the open views by what they are looked for with; the view of an answer after some looks."""

    def __init__(self, *, looks: int = 0, closed: bool = False) -> None:
        self._looks = looks
        self._closed = closed
        self.shown: list[dict[str, str]] = []

    async def views_update(self, *, view: dict[str, Any], **which: str) -> dict[str, Any]:
        self._looks -= 1
        if self._closed or ("external_id" in which and self._looks >= 0):
            raise SlackApiError("no", cast("Any", FakeAnswer()))  # type: ignore[no-untyped-call] # the SDK left its types out
        self.shown.append({**which, "kept": view.get("external_id", "")})
        return {"view": {"id": "V1"}}


class FakeAnswer:
    """Slack's refusal."""

    data = {"ok": False, "error": "not_found"}  # noqa: RUF012 - read only


def reply(client: FakeClient, payload: dict[str, Any]) -> SlackReply:
    return SlackReply(cast("Any", client), cast("Any", None), payload, lambda value: value, cast("Any", None))


async def test_the_view_of_the_acknowledgement_is_waited_for() -> None:
    client = FakeClient(looks=2)
    await reply(client, SUBMITTED).show("V1", notice("Started", "R-1"))
    assert client.shown == [{"external_id": answer_id(SUBMITTED), "kept": answer_id(SUBMITTED)}]


async def test_a_click_in_a_form_changes_it_at_once() -> None:
    client = FakeClient()
    await reply(client, CLICKED).show("V1", notice("All steps", "1"))
    assert client.shown == [{"view_id": "V1", "kept": ""}]


async def test_a_form_that_was_closed_is_no_fault() -> None:
    client = FakeClient(closed=True)
    await reply(client, CLICKED).show("V1", notice("All steps", "1"))
    assert client.shown == []
