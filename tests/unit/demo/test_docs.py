"""docs/demo.md keeps up with the demo."""

from __future__ import annotations

from pathlib import Path

from bot.demo.breakage import possible
from bot.demo.cli import app
from bot.demo.systems import all_systems

TEXT = (Path(__file__).parents[3] / "docs" / "demo.md").read_text(encoding="utf-8")


def test_every_command_is_documented() -> None:
    names = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    assert [name for name in names if f"`./run demo {name}" not in TEXT] == []


def test_every_system_and_every_way_to_break_it_is_documented() -> None:
    assert [name for name in all_systems() if f"| {name} |" not in TEXT] == []
    assert [mode for mode in possible() if f"| `{mode}` |" not in TEXT] == []
