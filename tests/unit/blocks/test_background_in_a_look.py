"""Whoever looks at all steps can also read what the runbook explains: literal, whole, and taken by Slack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.blocks.look_modal import Look, look_modal
from bot.blocks.select import MENU
from bot.blocks.step_text import CUT_WHOLE
from bot.console.blocks_seen import all_text
from bot.console.validate import check_view
from bot.domain.recovery import fold
from bot.slack.fit import fit_view
from tests.fakes.histories import History, manual, plan_of, system

if TYPE_CHECKING:
    from bot.domain.recovery_state import RecoveryState

OVERVIEW = ("Overview", "## Overview\n\nTwo gateways share one address.")
CONTACTS = ("Contacts", "## Contacts\n\nTell <!channel> and [them](javascript:x).")


def walked(*background: tuple[str, str]) -> RecoveryState:
    steps = [replace(manual("one"), place=1), replace(manual("two"), place=2, position=2)]
    history = History(plan_of(replace(system("gateway", *steps), background=background))).launch().unit("gateway")
    return fold(history.plan, history.ask("gateway", "one").events)


def menu(view: dict[str, Any]) -> dict[str, Any] | None:
    elements = [one for block in view["blocks"] for one in block.get("elements", ())]
    return next((one for one in elements if one.get("action_id") == "look_background"), None)


def titles(view: dict[str, Any]) -> list[str]:
    shown = menu(view) or {"options": []}
    return [one["text"]["text"] for one in shown["options"]]


def test_a_menu_named_background_offers_the_titles_and_shows_nothing_unasked() -> None:
    view = look_modal(Look(walked(OVERVIEW, CONTACTS), "gateway"))
    assert titles(view) == ["Overview", "Contacts"]
    assert "Background" in all_text(view)
    assert "Two gateways" not in all_text(view)


def test_without_background_there_is_no_menu() -> None:
    assert menu(look_modal(Look(walked(), "gateway"))) is None


def test_the_chosen_section_is_shown_and_stays_chosen() -> None:
    view = look_modal(Look(walked(OVERVIEW, CONTACTS), "gateway", background=0))
    assert "Two gateways share one address." in all_text(view)
    assert "Tell" not in all_text(view)
    assert (menu(view) or {})["initial_option"]["text"]["text"] == "Overview"


def test_nothing_in_a_section_mentions_links_or_formats() -> None:
    view = look_modal(Look(walked(OVERVIEW, CONTACTS), "gateway", background=1))
    assert "Tell <!channel>" in all_text(view)
    assert not any(f"'type': '{kind}'" in str(view) for kind in ("broadcast", "link", "mrkdwn"))


def test_of_a_step_and_a_section_the_one_chosen_last_is_shown_alone() -> None:
    state = walked(OVERVIEW)
    assert "Two gateways" not in all_text(look_modal(Look(state, "gateway", step="two")))
    both = [menu(look_modal(Look(state, "gateway", step="two"))), menu(look_modal(Look(state, "gateway")))]
    assert not any("initial_option" in (one or {}) for one in both)


@pytest.mark.parametrize("background", [-1, 0, 149, 150])
def test_many_sections_with_long_titles_are_taken(background: int) -> None:
    sections = [(f"{number} " + "long title " * 30, f"Section {number}. " + "word " * 900) for number in range(150)]
    view = fit_view(look_modal(Look(walked(*sections), "gateway", background=background)))
    check_view(view, "modal")
    groups = (menu(view) or {})["option_groups"]
    assert [len(group["options"]) for group in groups] == [MENU, 50]
    assert (f"Section {background}." in all_text(view)) is (0 <= background < 150)


def test_what_is_too_long_for_a_modal_is_cut_and_says_so() -> None:
    long = ("Overview", "\n\n".join(f"Paragraph {number}. " + "word " * 200 for number in range(200)))
    view = fit_view(look_modal(Look(walked(long, CONTACTS), "gateway", background=0)))
    check_view(view, "modal")
    assert CUT_WHOLE in all_text(view)
    assert "Paragraph 199." not in all_text(view)
    assert CUT_WHOLE not in all_text(look_modal(Look(walked(long, CONTACTS), "gateway", background=1)))
