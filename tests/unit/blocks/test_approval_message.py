"""What a second person reads before they approve a real restore."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.blocks.approval import Asking, approval_message, details_modal
from bot.console.blocks_seen import all_text
from bot.console.validate import check_message
from bot.domain.frozen_plan import UnitKind
from bot.domain.recovery import fold
from bot.domain.recovery_points import RecoveryPoint
from bot.slack.fit import fit_message
from tests.fakes.histories import History, at, check, command, manual, plan_of, probe, system

if TYPE_CHECKING:
    from bot.domain.frozen_plan import PlannedStep, Unit


def restored(name: str, minutes: float, **more: Any) -> Unit:
    point = RecoveryPoint(f"{name}-1", "barman", at(minutes), at(minutes))
    return system(name, probe(), command("restore"), check(), point=point, **more)


def asked(*units: Unit) -> dict[str, Any]:
    history = History(plan_of(*units)).launch()
    state = fold(history.plan, history.events[:1])
    return approval_message(state, Asking(("U2",), at(30), ()))


def test_it_says_what_is_overwritten_what_is_spared_and_what_is_lost() -> None:
    message = asked(restored("dns", -10), restored("storage", -10), restored("db", -2))
    said = all_text(message)
    assert "db: data/db, dns: data/dns, storage: data/storage; what passes its own check first is left" in said
    assert f"writes after {at(-10):%H:%M:%S} UTC (dns, storage)" in said
    assert f"writes after {at(-2):%H:%M:%S} UTC (db)" in said
    assert "dns is from" in said


def test_its_last_question_names_every_system_however_long_their_targets() -> None:
    units = [restored(f"system-{number}", 0, target="/srv/" + "long/" * 40) for number in range(8)]
    message = asked(*units)
    sure = message["blocks"][-1]["elements"][0]["confirm"]["text"]["text"]
    assert all(unit.name in sure for unit in units)
    fitted = fit_message(message)
    check_message(fitted["text"], fitted["blocks"], [], None)


def walk(*steps: PlannedStep) -> Unit:
    placed = [replace(step, place=place, position=place) for place, step in enumerate(steps, 1)]
    return system("gateway", *placed, kind=UnitKind.WALK, target="", truth=None)


def last_question(message: dict[str, Any]) -> tuple[str, str]:
    sure = message["blocks"][-1]["elements"][0]["confirm"]
    return sure["title"]["text"], sure["text"]["text"]


def test_a_walk_asks_for_the_commands_that_it_runs_and_speaks_of_no_restore() -> None:
    restart = replace(command("restart-gateway"), title="Restart it")
    message = asked(walk(manual("tell"), command("look"), restart))
    said = all_text(message)
    assert "APPROVE REAL WALK R-1: full-site?" in message["text"]
    assert "RUNS  \n2 commands: 2. Look, 3. Restart it (restart-gateway). People do 1 of 3 steps" in said
    assert "KEEPS  \nno old data: nothing is moved aside before a command runs" in said
    assert last_question(message) == ("Run these commands?", "2 commands: 2. Look, 3. Restart it (restart-gateway)")
    assert not any(word in said for word in ("RESTORE", "OVERWRITES", "LOSES", "no system", "USUALLY", "ORDER"))


def test_of_many_commands_the_first_are_named_and_the_others_counted() -> None:
    steps = [replace(command(f"step-{number}"), title="long words " * 40) for number in range(1, 15)]
    message = asked(walk(*steps))
    title, question = last_question(message)
    assert (title, question.startswith("14 commands: 1. long words")) == ("Run these commands?", True)
    assert question.endswith(" and 11 more")
    assert "and 6 more" in all_text(message)
    assert "People do" not in all_text(message)
    fitted = fit_message(message)
    check_message(fitted["text"], fitted["blocks"], [], None)


def test_the_details_of_a_walk_name_its_runbook_and_no_recovery_point() -> None:
    history = History(plan_of(walk(command("look")))).launch()
    said = all_text(details_modal(fold(history.plan, history.events[:1]), Asking((), None, ())))
    assert "1. Look (command)" in said
    assert "recovery point" not in said
