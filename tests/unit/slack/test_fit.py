"""Whatever is made, Slack takes it: held against the local workspace's own table of limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.blocks.elements import actions, bullets, button, context, header, line, message, option, overflow, rich, table
from bot.blocks.elements import modal as make_modal
from bot.blocks.elements import preformatted as code
from bot.console.validate import check_message, check_view, visible_length
from bot.slack.fit import fit_message, fit_view

SHORT = some.text(max_size=90)
TEXT = some.one_of(SHORT, some.integers(0, 5000).map(lambda length: "x\u202ey" * length))


def blocks() -> some.SearchStrategy[dict[str, Any]]:
    return some.one_of(
        some.builds(header, TEXT),
        some.lists(TEXT, max_size=12).map(lambda texts: context(*texts)),
        some.lists(TEXT, max_size=5).map(lambda texts: rich(*(line(text) for text in texts))),
        some.lists(TEXT, max_size=5).map(lambda texts: rich(bullets(line(text) for text in texts))),
        TEXT.map(lambda text: rich(code(text))),
        some.lists(TEXT, min_size=1, max_size=8).map(lambda texts: table([[text] * 25 for text in texts])),
        some.lists(SHORT, max_size=30).map(
            lambda texts: actions(*(button(text, f"b{place}", {"t": text}) for place, text in enumerate(texts)))
        ),
        some.lists(SHORT, max_size=8).map(lambda texts: actions(overflow("more", [option(one, one) for one in texts]))),
        some.lists(some.tuples(SHORT, TEXT), max_size=60).map(plan),
    )


def plan(tasks: list[tuple[str, str]]) -> dict[str, Any]:
    cards = [
        {"type": "task_card", "task_id": name, "title": name, "status": "pending", "details": rich(line(text))}
        for name, text in tasks
    ]
    return {"type": "plan", "title": "order", "tasks": cards}


@settings(max_examples=80, deadline=None)
@given(TEXT, some.lists(blocks(), max_size=12))
def test_a_fitted_message_is_taken(text: str, made: list[dict[str, Any]]) -> None:
    fitted = fit_message(message(text, made))
    check_message(fitted["text"], fitted.get("blocks", []), [], None)
    assert fitted["text"]


@settings(max_examples=60, deadline=None)
@given(TEXT, some.lists(blocks(), min_size=1, max_size=12))
def test_a_fitted_modal_is_taken(title: str, made: list[dict[str, Any]]) -> None:
    view = fit_view(make_modal(title, [one for one in made if one["type"] != "plan"]))
    check_view(view, "modal")


def test_a_long_message_stays_within_the_budget_and_says_that_it_was_cut() -> None:
    fitted = fit_message(message("long", [rich(line("a" * 3000)) for _ in range(20)]))
    assert visible_length(fitted["blocks"]) < 8_500
    assert "(cut)" in str(fitted["blocks"][0])


def test_what_fits_is_left_as_it_is() -> None:
    made = message("short", [header("One"), rich(line("two"))])
    assert fit_message(made) == made


def test_too_many_blocks_keep_their_buttons_and_say_how_many_are_missing() -> None:
    row = actions(button("Done", "done", {}))
    fitted = fit_message(message("many", [*(rich(line(str(place))) for place in range(80)), row]))
    assert len(fitted["blocks"]) == 50
    assert fitted["blocks"][-1] == row
    assert "… 32 more" in fitted["blocks"][-2]["elements"][0]["text"]


def test_a_table_is_cut_by_rows_with_a_mark() -> None:
    fitted = fit_message(message("rows", [table([["x" * 100] * 3 for _ in range(120)])]))
    assert "more" in fitted["blocks"][0]["rows"][-1][0]["text"]


def test_a_button_whose_value_must_be_whole_is_left_out_rather_than_cut() -> None:
    row = actions({**button("Gone", "gone"), "value": "x" * 2001}, button("Stays", "stays", {}))
    assert [one["action_id"] for one in fit_message(message("two", [row]))["blocks"][0]["elements"]] == ["stays"]


def test_private_metadata_are_never_cut() -> None:
    with pytest.raises(ValueError, match="private metadata"):
        fit_view({**make_modal("Long", [header("x")]), "private_metadata": "x" * 3001})
