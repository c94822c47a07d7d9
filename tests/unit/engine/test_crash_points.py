"""The names of the moments at which the bot may be killed."""

from __future__ import annotations

from bot.engine.crash_points import COMMITS, POINTS, pass_by


def test_there_is_a_point_before_and_one_after_each_commit() -> None:
    assert {f"{side} {commit}" for commit in COMMITS for side in ("before", "after")} <= set(POINTS)
    assert len(set(POINTS)) == len(POINTS)


def test_in_production_nothing_happens_at_a_crash_point() -> None:
    for point in POINTS:
        pass_by(point)
