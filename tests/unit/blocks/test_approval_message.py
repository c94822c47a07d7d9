"""What a second person reads before they approve a real restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.approval import Asking, approval_message
from bot.console.blocks_seen import all_text
from bot.console.validate import check_message
from bot.domain.recovery import fold
from bot.domain.recovery_points import RecoveryPoint
from bot.slack.fit import fit_message
from tests.fakes.histories import History, at, check, command, plan_of, probe, system

if TYPE_CHECKING:
    from bot.domain.frozen_plan import Unit


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
