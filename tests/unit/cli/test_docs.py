"""docs/walking.md names every button, menu entry and key of a walk."""

from __future__ import annotations

import re
from pathlib import Path

from bot.blocks.progress import MORE as OF_THE_WALK
from bot.blocks.step_buttons import MORE as OF_A_STEP
from bot.cli.further import MORE as KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "walking.md").read_text(encoding="utf-8")


def test_every_entry_of_a_steps_menu_is_a_row_of_its_table() -> None:
    assert [text for text in OF_A_STEP.values() if f"| {text} |" not in PAGE] == []


def test_every_entry_of_the_walks_menu_is_told() -> None:
    told = PAGE.lower()
    assert [text for text in OF_THE_WALK.values() if text.removesuffix("…").lower() not in told] == []


def test_every_key_of_the_terminal_is_told() -> None:
    assert [key for key in re.findall(r"\[(.)\]", KEYS) if f"`{key}`" not in PAGE] == []
