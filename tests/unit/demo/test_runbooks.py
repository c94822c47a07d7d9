"""The demo's runbooks fit its estate."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.console.config import DEFAULT_CHANNELS, DEFAULT_PEOPLE
from bot.demo.systems import all_systems
from bot.domain.runbook import Moment, Runbook, StepKind
from bot.runbook.library import load

FOLDER = Path(__file__).parents[3] / "runbooks"
LIBRARY = load(FOLDER, {"ESTATE_DIR": "/estate"})
SYSTEMS = {book.system.name: book for book in LIBRARY.runbooks if book.system}
COMMANDS = [(book.name, command) for book in LIBRARY.runbooks for step in book.steps for command in step.commands]


def test_they_have_no_fault() -> None:
    assert [str(fault) for fault in LIBRARY.faults] == []


def test_every_system_has_a_runbook_with_the_dependencies_that_it_really_has() -> None:
    declared = {name: book.system.depends_on for name, book in SYSTEMS.items() if book.system}
    assert declared == {name: system.depends_on for name, system in all_systems().items()}


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_moves_damaged_data_aside_checks_against_the_truth_and_cleans_up_after_a_drill(name: str) -> None:
    book: Runbook = SYSTEMS[name]
    scripts = {command.name: command for step in book.steps for command in step.commands}
    assert f'estate set-aside {name} "$RECOVERY_TARGET"' in scripts["restore"].script
    assert "RECOVERY_RESULT" in scripts["canary"].script
    assert scripts["canary"].kind is StepKind.CHECK
    assert "estate discard" in scripts["hand-back"].script


@pytest.mark.parametrize(("book", "command"), COMMANDS, ids=lambda value: getattr(value, "name", value))
def test_every_command_is_sound_shell_and_stops_at_the_first_failure(book: str, command: object) -> None:
    script = str(getattr(command, "script"))  # noqa: B009 - the parametrized value has no type
    subprocess.run(["sh", "-n"], input=script, text=True, check=True, capture_output=True)
    assert script.startswith("set -eu\n"), book


def test_people_have_something_to_do_before_during_and_after_the_plan() -> None:
    plan = next(book for book in LIBRARY.runbooks if book.plan)
    assert [step.when for step in plan.steps] == [Moment.BEFORE, Moment.BEFORE, Moment.AFTER]
    manual = {name: [s.title for s in book.steps if s.kind is StepKind.MANUAL] for name, book in SYSTEMS.items()}
    assert manual["orders-db"] == ["Stop the writers"]
    assert manual["api"] == ["Confirm with support before opening"]


def test_where_a_check_shows_nothing_in_a_drill_a_person_keeps_the_drill_partial() -> None:
    empty = {
        name
        for name, book in SYSTEMS.items()
        for step in book.steps
        if step.kind is StepKind.CHECK and any("NOT SHOWN by a drill" in one.script for one in step.commands)
    }
    simulated = {name for name, book in SYSTEMS.items() if any(one.kind is StepKind.MANUAL for one in book.steps)}
    assert empty == {"api", "web"}
    assert empty <= simulated
    quiet = [f"{book}: {command}" for book, command in COMMANDS if "exit 0" in command.script]
    assert len(quiet) == len(empty) + 1  # the price list of orders-db stays as it was restored


def test_the_policy_names_the_people_and_channels_of_the_console() -> None:
    assert LIBRARY.policy is not None
    assert [person.id for person in LIBRARY.policy.people] == [person.id for person in DEFAULT_PEOPLE]
    assert set(LIBRARY.policy.channels.values()) == {channel.id for channel in DEFAULT_CHANNELS}
