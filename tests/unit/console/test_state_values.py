"""What a form posts becomes the values that Slack sends."""

from __future__ import annotations

from typing import Any

import pytest

from bot.console.errors import PageError
from bot.console.presses import pressed
from bot.console.state_values import REQUIRED, posted_value, read_form, values_of


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a", **more}


OPTIONS = {"options": [option("x"), option("y")]}
ENTRIES: list[tuple[dict[str, Any], list[str], Any]] = [
    (element("plain_text_input"), ["one\r\ntwo"], "one\ntwo"),
    (element("plain_text_input"), ["  "], None),
    (element("number_input", is_decimal_allowed=True, min_value="0"), [" 1.5 "], "1.5"),
    (element("datepicker"), ["2026-11-22"], "2026-11-22"),
    (element("timepicker"), ["09:30"], "09:30"),
    (element("datetimepicker"), ["2026-11-22T09:30"], 1795339800),
    (element("static_select", **OPTIONS), ["y"], option("y")),
    (element("static_select", **OPTIONS), ["forged"], None),
    (element("radio_buttons", **OPTIONS), ["", "x"], option("x")),
    (element("checkboxes", **OPTIONS), ["", "x", "y"], [option("x"), option("y")]),
    (element("multi_static_select", **OPTIONS), [""], []),
    (element("users_select"), ["U1"], "U1"),
    (element("multi_users_select"), ["", "U1", "U2"], ["U1", "U2"]),
    (element("static_select", option_groups=[{"options": [option("z")]}]), ["z"], option("z")),
]


@pytest.mark.parametrize(("shown", "posted", "value"), ENTRIES)
def test_posted_strings_become_the_value_of_the_element(shown: dict[str, Any], posted: list[str], value: Any) -> None:
    read = posted_value(shown, posted)
    assert read.pop("type") == shown["type"]
    assert list(read.values()) == [value]


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    (element("plain_text_input", min_length=3), "ab", "at least 3"),
    (element("plain_text_input", max_length=3), "abcd", "at most 3"),
    (element("number_input", is_decimal_allowed=False), "1.5", "whole number"),
    (element("number_input", is_decimal_allowed=False), "many", "a number"),
    (element("number_input", is_decimal_allowed=False, max_value="5"), "6", "at most 5"),
    (element("datepicker"), "22.11.2026", "YYYY-MM-DD"),
    (element("timepicker"), "late", "HH:MM"),
    (element("datetimepicker"), "soon", "date and time"),
    (element("email_text_input"), "nobody", "email"),
    (element("url_text_input"), "javascript:x", "http"),
]


@pytest.mark.parametrize(("shown", "posted", "words"), FAULTS)
def test_faulty_entry_gets_a_sentence(shown: dict[str, Any], posted: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        posted_value(shown, [posted])


def test_required_input_that_is_empty_is_named_by_its_block() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "input", "block_id": "b", "element": element("plain_text_input")},
        {"type": "input", "block_id": "o", "optional": True, "element": element("plain_text_input")},
    ]
    values, problems = read_form(blocks, lambda *_: [""])
    assert problems == {"b": REQUIRED}
    assert values["o"]["a"] == {"type": "plain_text_input", "value": None}


def test_untouched_fields_have_their_initial_values() -> None:
    block = {"type": "actions", "block_id": "b", "elements": [element("static_select", initial_option=option("x"))]}
    assert values_of([block], {})["b"]["a"]["selected_option"] == option("x")
    assert values_of([block], {"b": {"a": {"type": "datepicker", "selected_date": None}}})["b"]["a"]["type"] == (
        "static_select"
    )


def actions(block_id: str, value: str) -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": [element("button", value=value)]}


def test_click_finds_its_button_again_under_a_new_block_id() -> None:
    found = pressed([actions("b1", "other"), actions("b2", "R-1")], '["b0", "a", "R-1"]')
    assert found.block["block_id"] == "b2"


@pytest.mark.parametrize("posted", ['["b1", "a", "R-2"]', '["b1", "z", "R-1"]'])
def test_click_on_what_is_not_shown_any_more_is_refused(posted: str) -> None:
    with pytest.raises(PageError, match="changed while you were looking"):
        pressed([actions("b1", "R-1")], posted)


def test_form_without_a_button_is_refused() -> None:
    with pytest.raises(PageError, match="does not say what was clicked"):
        pressed([], "nonsense")
