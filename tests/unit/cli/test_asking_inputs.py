"""A terminal asks for the inputs that nobody has given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.ask_inputs import ask_inputs
from bot.cli.screen import Screen
from bot.domain.runbook import Input
from bot.operations.gather_inputs import Asked
from bot.operations.preview_restore import RestoreRequest
from tests.unit.cli.terminal import FakeKeyboard

if TYPE_CHECKING:
    import pytest

MISSING = (Asked(Input("REGION", ask="Which region?", choices=("eu", "us"))), Asked(Input("HOST", declared=False)))


async def test_each_missing_input_is_asked_until_it_fits(capsys: pytest.CaptureFixture[str]) -> None:
    keyboard = FakeKeyboard(["asia", "eu", "db1"])
    request = await ask_inputs(Screen(), keyboard, RestoreRequest(inputs=(("ZONE", "a"),)), MISSING)
    assert request.inputs == (("ZONE", "a"), ("REGION", "eu"), ("HOST", "db1"))
    assert "Which region? must be one of: eu, us." in capsys.readouterr().out


async def test_what_is_left_empty_stays_missing() -> None:
    request = await ask_inputs(Screen(), FakeKeyboard([""]), RestoreRequest(), MISSING)
    assert request.inputs == ()
