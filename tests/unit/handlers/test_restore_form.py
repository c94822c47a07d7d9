"""What a person enters in the restore form, and what is asked for with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blocks.restore_modal import Entered
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import Mode
from handlers.restore import acknowledge_choice, entered_of, request_of
from handlers.summary import stretch

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


def submitted(**entries: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"plan": {"plan": {"selected_option": None}}}
    for name, value in entries.items():
        key = "selected_options" if isinstance(value, list) else "selected_option"
        chosen = [{"value": one} for one in value] if isinstance(value, list) else {"value": value}
        values[name] = {name: {key: chosen}}
    return {"type": "view_submission", "view": {"id": "V1", "state": {"values": values}}}


def test_nothing_chosen_is_said_beside_the_plan() -> None:
    assert acknowledge_choice(submitted())["errors"] == {"plan": "Choose a plan, or systems."}


def test_plan_and_systems_exclude_each_other() -> None:
    assert "not both" in acknowledge_choice(submitted(plan="full-site", systems=["dns"]))["errors"]["plan"]


def test_a_start_to_be_given_must_be_given() -> None:
    answer = acknowledge_choice(submitted(plan="full-site", mode="real", since="at"))
    assert list(answer["errors"]) == ["since_at"]


def test_a_sound_choice_is_worked_on() -> None:
    assert acknowledge_choice(submitted(systems=["dns"]))["response_action"] == "update"
    assert entered_of(submitted(systems=["dns"], mode="real")) == Entered(systems=("dns",), mode="real")


@pytest.mark.parametrize(
    ("since", "started_at"),
    [("now", NOW), ("15", NOW - timedelta(minutes=15)), ("unknown", None)],
)
def test_the_start_of_the_outage_is_chosen(since: str, started_at: datetime | None) -> None:
    request = request_of(Entered(plan="p", mode="real", since=since), NOW, {})
    assert request.outage_started_at == started_at
    assert request.evidence


def test_a_start_in_the_future_is_refused() -> None:
    later = int((NOW + timedelta(hours=1)).timestamp())
    with pytest.raises(BringbackError, match="cannot start in the future"):
        request_of(Entered(plan="p", mode="real", since="at", since_at=later), NOW, {})


def test_a_drill_has_no_outage() -> None:
    request = request_of(Entered(plan="p", since="15", why=" yearly "), NOW, {"d": "2026-11-22T03:00:00+00:00"})
    assert (request.mode, request.outage_started_at, request.reason) == (Mode.DRILL, None, "yearly")
    assert request.declared_at == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "since", "tiers"),
    [
        ("", NOW - timedelta(days=30), ()),
        ("90d tier 1, 2", NOW - timedelta(days=90), (1, 2)),
        ("2w", NOW - timedelta(weeks=2), ()),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC), ()),
        ("2026-01-01T06:00:00+05:00", datetime(2026, 1, 1, 1, tzinfo=UTC), ()),
        ("2026-01-01T01:00:00Z", datetime(2026, 1, 1, 1, tzinfo=UTC), ()),
    ],
)
def test_a_stretch_of_time_is_read(words: str, since: datetime, tiers: tuple[int, ...]) -> None:
    assert stretch(words, NOW) == (since, NOW, tiers)


@pytest.mark.parametrize("words", ["yesterday", "2027-01-01", "1d 2d 3d"])
def test_what_is_no_stretch_of_time_is_refused(words: str) -> None:
    with pytest.raises(BringbackError):
        stretch(words, NOW)
