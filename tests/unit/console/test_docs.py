"""docs/console.md says what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.console.config import DEFAULT_EVENTS, config_from
from bot.console.reference import EVENTS, with_reference

PAGE = Path(__file__).parents[3] / "docs" / "console.md"


def test_tables_of_the_page_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_reference(text), "run: python -m bot.console.reference docs/console.md"


def test_example_of_a_configuration_can_be_used() -> None:
    found = re.search(r"```json\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    config = config_from(json.loads(found[1]))
    assert config.channels[1].members == ("U1DBA",)
    assert config.name_of("U2LEAD") == "lead"


def test_every_default_event_is_described() -> None:
    assert set(DEFAULT_EVENTS) <= set(EVENTS)


def test_every_option_of_the_command_line_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(option in text for option in ("--state", "--port", "--config", "--login"))
