from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.web.health import Part, as_json, is_well

NOW = datetime(2026, 11, 22, 3, 14, tzinfo=UTC)
WELL = Part("engine", NOW - timedelta(seconds=5))


@pytest.mark.parametrize(
    "ill",
    [
        Part("slack", None),
        Part("slack", NOW - timedelta(seconds=61)),
        Part("slack", NOW, fault="Slack does not answer."),
    ],
)
def test_one_part_that_is_not_well_is_enough(ill: Part) -> None:
    assert not is_well([WELL, ill], NOW)
    assert as_json([WELL, ill], NOW)["status"] == "failing"


def test_health_says_when_each_part_last_succeeded() -> None:
    assert as_json([WELL], NOW) == {
        "status": "ok",
        "as_of": "2026-11-22T03:14:00+00:00",
        "parts": {"engine": {"ok": True, "last_success": "2026-11-22T03:13:55+00:00", "fault": None}},
    }
