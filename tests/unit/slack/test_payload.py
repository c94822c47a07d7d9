"""Reading what Slack sends."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks.elements import pack, unpack
from bot.slack.payload import Kind, argument_of, chosen_of, entries_of, heard, thread_of, user_of, value_of
from bot.slack.redacted import make_redact

COMMAND = {
    "command": "/recovery",
    "text": " Restore full-site ",
    "trigger_id": "1.2",
    "user_id": "U1",
    "user_name": "ann",
}
CLICK: dict[str, Any] = {
    "type": "block_actions",
    "trigger_id": "3.4",
    "user": {"id": "U1", "username": "ann"},
    "actions": [{"action_id": "step_more", "block_id": "b1", "selected_option": {"value": "skip"}}],
    "message": {
        "thread_ts": "9.9",
        "blocks": [
            {"block_id": "b0", "elements": [{"value": pack({"r": "R-9"})}]},
            {"block_id": "b1", "elements": [{"value": pack({"r": "R-1"})}, {"options": []}]},
        ],
    },
}
SUBMISSION: dict[str, Any] = {"type": "view_submission", "trigger_id": "5.6", "view": {"id": "V1", "hash": "h1"}}


def test_a_command_is_known_by_its_first_word() -> None:
    what = heard(COMMAND)
    assert what
    assert (what.kind, what.name, what.key) == (Kind.COMMAND, "restore", "command:1.2")


@pytest.mark.parametrize("between", ["  ", "\n", "\t", "\u00a0"])
def test_whatever_space_is_typed_or_pasted_parts_a_command_from_its_argument(between: str) -> None:
    typed = {**COMMAND, "text": f"status{between}R-1"}
    what = heard(typed)
    assert what
    assert (what.name, argument_of(typed)) == ("status", "R-1")


def test_who_mentions_the_bot_in_a_thread_is_answered_there() -> None:
    event = {"type": "app_mention", "channel": "C1", "ts": "2.2", "thread_ts": "1.1"}
    assert thread_of({"type": "event_callback", "event": event}) == "1.1"


def test_an_event_counts_under_its_own_id() -> None:
    what = heard({"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": "U1"}})
    assert what
    assert (what.name, what.key) == ("app_home_opened", "event:Ev1")


def test_a_second_click_on_submit_has_the_same_key() -> None:
    assert heard(SUBMISSION) == heard({**SUBMISSION, "trigger_id": "7.8"})


def test_a_view_that_was_changed_since_has_another_key() -> None:
    assert heard(SUBMISSION) != heard({**SUBMISSION, "view": {"id": "V1", "hash": "h2"}})


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ({"command": "/r", "response_url": "https://x/1"}, {"command": "/r", "response_url": "https://x/2"}),
        (
            {"type": "event_callback", "event": {"type": "app_mention", "event_ts": "1.1"}},
            {"type": "event_callback", "event": {"type": "app_mention", "event_ts": "1.2"}},
        ),
        ({**SUBMISSION, "view": {"id": "V1"}}, {**SUBMISSION, "view": {"id": "V1"}, "trigger_id": "7.8"}),
    ],
)
def test_two_things_never_count_as_one_where_a_server_leaves_ids_out(
    one: dict[str, Any], another: dict[str, Any]
) -> None:
    assert heard(one) != heard(another)
    assert heard(one) == heard(dict(one))


def test_a_key_is_never_too_long_to_store() -> None:
    what = heard({**COMMAND, "trigger_id": "x" * 500})
    assert what
    assert len(what.key) <= 250


def test_what_nobody_subscribes_to_is_nothing() -> None:
    assert heard({"type": "block_suggestion"}) is None


def test_a_menu_carries_what_the_buttons_of_its_row_carry() -> None:
    assert value_of(CLICK) == {"r": "R-1"}
    assert chosen_of(CLICK) == "skip"
    assert thread_of(CLICK) == "9.9"


def test_in_a_message_that_only_one_person_sees_a_menu_carries_what_its_row_does() -> None:
    action = {**CLICK["actions"][0], "block_id": pack({"r": "R-1"})}
    unseen = {name: value for name, value in CLICK.items() if name != "message"}
    assert value_of({**unseen, "actions": [action]}) == {"r": "R-1"}


@pytest.mark.parametrize("payload", [COMMAND, CLICK])
def test_who_did_it(payload: dict[str, Any]) -> None:
    assert user_of(payload) == ("U1", "ann")


def test_entries_are_read_by_block() -> None:
    values = {
        "plan": {"plan": {"type": "static_select", "selected_option": {"value": "full-site"}}},
        "systems": {"systems": {"type": "multi_static_select", "selected_options": [{"value": "dns"}]}},
        "none": {"none": {"type": "static_select", "selected_option": None}},
        "why": {"why": {"type": "plain_text_input", "value": "gone"}},
        "at": {"at": {"type": "datetimepicker", "selected_date_time": 17}},
    }
    read = entries_of({"view": {"state": {"values": values}}})
    assert read == {"plan": "full-site", "systems": ["dns"], "none": None, "why": "gone", "at": 17}


def test_a_long_value_is_carried_compressed() -> None:
    value = {"s": [f"system-{number}" for number in range(400)]}
    assert len(pack(value)) < 2000
    assert unpack(pack(value)) == value
    assert unpack("not ours") == {}


def test_secrets_are_taken_out_wherever_they_stand() -> None:
    clean = make_redact(["hunter22"])
    payload = {"text": "it is hunter22", "blocks": [{"elements": ["postgres://me:pass@db", {"n": 1}]}]}
    assert clean(payload) == {"text": "it is ***", "blocks": [{"elements": ["postgres://me:***@db", {"n": 1}]}]}
