"""Each limit of Slack is enforced at its edge: the last size that fits passes, the next is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.errors import ApiError
from bot.console.limits import LIMITS
from bot.console.validate import check_message, check_view

if TYPE_CHECKING:
    from collections.abc import Callable

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str = "x", **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(text: str = "Go", action_id: str = "go", **more: Any) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def option(text: str = "a", value: str = "a", **more: Any) -> Block:
    return {"text": plain(text), "value": value, **more}


def select(count: int = 1, kind: str = "static_select", **more: Any) -> Block:
    return {"type": kind, "action_id": "s", "options": [option(f"o{n}", f"v{n}") for n in range(count)], **more}


def confirm(**more: str) -> Block:
    words = {"title": "t", "text": "x", "confirm": "y", "deny": "n", **more}
    return button(confirm={key: plain(text) for key, text in words.items()})


def table(rows: int = 1, columns: int = 1, text: str = "x") -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def rich(text: str) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


def task(**more: Any) -> Block:
    return {"type": "task_card", "task_id": "1", "title": "dns", "status": "pending", **more}


def plan(*tasks: Block) -> Block:
    return {"type": "plan", "title": "p", "tasks": list(tasks)}


MESSAGE_LIMITS: list[tuple[str, Callable[[int], list[Block]]]] = [
    ("message.blocks", lambda n: [{"type": "divider"}] * n),
    ("block_id", lambda n: [section(block_id="x" * n)]),
    ("action_id", lambda n: [actions(button(action_id="x" * n))]),
    ("section.text", lambda n: [section("x" * n)]),
    ("section.fields", lambda n: [{"type": "section", "fields": [plain("x")] * n}]),
    ("section.field", lambda n: [{"type": "section", "fields": [plain("x" * n)]}]),
    ("header.text", lambda n: [{"type": "header", "text": plain("x" * n)}]),
    ("context.elements", lambda n: [{"type": "context", "elements": [plain("x")] * n}]),
    ("actions.elements", lambda n: [actions(*(button(action_id=f"a{i}") for i in range(n)))]),
    ("button.text", lambda n: [actions(button("x" * n))]),
    ("button.value", lambda n: [actions(button(value="x" * n))]),
    ("button.url", lambda n: [actions(button(url="https://" + "x" * (n - 8)))]),
    ("confirm.title", lambda n: [actions(confirm(title="x" * n))]),
    ("confirm.text", lambda n: [actions(confirm(text="x" * n))]),
    ("confirm.confirm", lambda n: [actions(confirm(confirm="x" * n))]),
    ("confirm.deny", lambda n: [actions(confirm(deny="x" * n))]),
    ("placeholder", lambda n: [actions(select(placeholder=plain("x" * n)))]),
    ("option.text", lambda n: [actions(select() | {"options": [option("x" * n)]})]),
    ("option.value", lambda n: [actions(select() | {"options": [option(value="x" * n)]})]),
    ("option.description", lambda n: [actions(select() | {"options": [option(description=plain("x" * n))]})]),
    ("select.options", lambda n: [actions(select(n))]),
    ("overflow.options", lambda n: [actions(select(n, "overflow"))]),
    ("choices.options", lambda n: [actions(select(n, "checkboxes"))]),
    ("table.rows", lambda n: [table(rows=n)]),
    ("table.columns", lambda n: [table(columns=n)]),
    ("table.text", lambda n: [table(text="x" * n)]),
    ("image.alt_text", lambda n: [{"type": "image", "image_url": "https://x.test/i", "alt_text": "x" * n}]),
    ("markdown.text", lambda n: [{"type": "markdown", "text": "x" * n}]),
    ("plan.tasks", lambda n: [plan(*(task(task_id=str(i)) for i in range(n)))]),
    ("task_card.title", lambda n: [task(title="x" * n)]),
    ("container.children", lambda n: [{"type": "container", "child_blocks": [{"type": "divider"}] * n}]),
]


@pytest.mark.parametrize(("limit", "blocks"), MESSAGE_LIMITS, ids=[name for name, _ in MESSAGE_LIMITS])
def test_message_fits_at_its_limit_and_not_past_it(limit: str, blocks: Callable[[int], list[Block]]) -> None:
    check_message("text", blocks(LIMITS[limit].most), [], None)
    with pytest.raises(ApiError) as refusal:
        check_message("text", blocks(LIMITS[limit].most + 1), [], None)
    assert refusal.value.name == "invalid_blocks"
    assert "json-pointer:/blocks" in refusal.value.more["response_metadata"]["messages"][0]


@pytest.mark.parametrize("limit", ["section.text", "header.text", "actions.elements", "overflow.options", "table.text"])
def test_empty_is_refused_where_slack_wants_something(limit: str) -> None:
    blocks = dict(MESSAGE_LIMITS)[limit]
    least = LIMITS[limit].least or 1
    with pytest.raises(ApiError, match="invalid_blocks"):
        check_message("text", blocks(least - 1), [], None)


def modal(**more: Any) -> Block:
    return {
        "type": "modal",
        "title": plain("t"),
        "submit": plain("s"),
        "close": plain("c"),
        "blocks": [section()],
        **more,
    }


def one_input(**more: Any) -> list[Block]:
    element = {"type": "plain_text_input", "action_id": "a"}
    return [{"type": "input", "label": plain("l"), "element": element, **more}]


VIEW_LIMITS: list[tuple[str, Callable[[int], Block]]] = [
    ("view.blocks", lambda n: modal(blocks=[{"type": "divider"}] * n)),
    ("view.title", lambda n: modal(title=plain("x" * n))),
    ("view.submit", lambda n: modal(submit=plain("x" * n))),
    ("view.close", lambda n: modal(close=plain("x" * n))),
    ("view.callback_id", lambda n: modal(callback_id="x" * n)),
    ("view.private_metadata", lambda n: modal(private_metadata="x" * n)),
    ("input.label", lambda n: modal(blocks=one_input(label=plain("x" * n)))),
    ("input.hint", lambda n: modal(blocks=one_input(hint=plain("x" * n)))),
]


@pytest.mark.parametrize(("limit", "view"), VIEW_LIMITS, ids=[name for name, _ in VIEW_LIMITS])
def test_view_fits_at_its_limit_and_not_past_it(limit: str, view: Callable[[int], Block]) -> None:
    check_view(view(LIMITS[limit].most), "modal")
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_view(view(LIMITS[limit].most + 1), "modal")


FORMS: list[tuple[str, list[Block]]] = [
    ("unsupported type: frobnicate", [{"type": "frobnicate"}]),
    ("unsupported type: alert", [{"type": "alert", "text": plain("x")}]),
    ("invalid additional property: colour", [section(colour="red")]),
    ("missing required field: text or fields", [{"type": "section"}]),
    ("block_id b already exists", [section(block_id="b"), section(block_id="b")]),
    ("action_id go already exists", [actions(button(), button())]),
    ("only one table", [table(), table()]),
    ("plan and task_card", [plan(task()), task()]),
    ("must be one of pending, in_progress, complete, error", [task(status="done")]),
    ("must be less than 501 characters", [task(details=rich("x" * 501))]),
    ("must be a string of at least 1 character", [rich("")]),
    ("unsupported type: mrkdwn", [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}]),
    ("unsupported type: plain_text_input", [actions({"type": "plain_text_input", "action_id": "a"})]),
    ("must be one of primary, danger", [actions(button(style="green"))]),
    ("exactly one of options and option_groups", [actions({"type": "static_select", "action_id": "a"})]),
    ("initial_option must be one of the options", [actions(select(initial_option=option("z", "z")))]),
    ("must be a valid URL", [actions(button(url="javascript:alert(1)"))]),
    ("no fewer than 1 items", [{"type": "rich_text", "elements": []}]),
]


@pytest.mark.parametrize(("words", "blocks"), FORMS, ids=[words for words, _ in FORMS])
def test_malformed_blocks_are_refused_with_the_place_and_the_reason(words: str, blocks: list[Block]) -> None:
    with pytest.raises(ApiError) as refusal:
        check_message("text", blocks, [], None)
    assert refusal.value.name == "invalid_blocks"
    assert any(words in message for message in refusal.value.more["response_metadata"]["messages"])


def test_all_text_of_blocks_together_has_a_budget_of_its_own() -> None:
    most = LIMITS["message.blocks_text"].most
    full = [section("x" * 3000, block_id=str(n)) for n in range(4)]
    check_message("text", [*full, section("x" * (most - 12_000))], [], None)
    with pytest.raises(ApiError, match="msg_blocks_too_long"):
        check_message("text", [*full, section("x" * (most - 11_999))], [], None)


def test_text_metadata_and_size_of_views_have_slacks_error_names() -> None:
    with pytest.raises(ApiError, match="msg_too_long"):
        check_message("x" * 4001, [], [], None)
    with pytest.raises(ApiError, match="invalid_metadata_format"):
        check_message("x", [], [], {"event_type": "recovery"})
    with pytest.raises(ApiError, match="view_too_large"):
        check_view(modal(blocks=[section("x" * 3000)] * 90), "modal")


def test_alert_stands_in_modals_and_input_needs_a_submit_button() -> None:
    check_view(modal(blocks=[{"type": "alert", "level": "warning", "text": plain("x")}]), "modal")
    view = modal(blocks=one_input())
    del view["submit"]
    with pytest.raises(ApiError, match="invalid_arguments"):
        check_view(view, "modal")


KEYS = st.sampled_from(
    ["type", "text", "elements", "options", "rows", "tasks", "element", "accessory", "fields", "blocks"]
)
KINDS = st.sampled_from(
    ["section", "actions", "rich_text", "table", "plan", "container", "static_select", "button", "mrkdwn"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | KINDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(ANYTHING, max_size=3), ANYTHING)
def test_any_json_is_taken_or_refused_and_never_breaks_the_check(blocks: list[Any], view: Any) -> None:
    with suppress(ApiError):
        check_message("text", blocks, [], None)
    with suppress(ApiError):
        check_view(view, "modal")
