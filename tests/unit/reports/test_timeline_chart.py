from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.frozen_plan import Mode
from bot.domain.review import build_review
from bot.domain.step_spans import SpanKind
from bot.reports.timeline_chart import MOST_TICKS, chart_of
from tests.fakes.histories import History, at, one_system, plan_of, system, verified
from tests.fakes.simulation import Simulation, random_plan

if TYPE_CHECKING:
    from random import Random


def test_each_lane_has_its_bars_where_they_happened() -> None:
    told = one_system()
    before, database = chart_of(build_review(told.plan, told.events)).rows
    assert [(bar.kind, bar.start) for bar in before.bars] == [
        (SpanKind.NOTICING, 0.0),
        (SpanKind.DECIDING, 26.471),
        (SpanKind.APPROVAL, 35.294),
    ]
    assert (database.name, database.critical, database.verified) == ("orders-db", True, 100.0)
    assert database.bars[0].label == "Stop, waiting for people: 3 min, 03:14:00-03:17:00 UTC"


def test_the_end_of_the_rto_is_drawn_when_it_lies_within() -> None:
    told = one_system()
    assert chart_of(build_review(told.plan, told.events)).rto == pytest.approx(100 * 30 / 34, abs=0.01)
    quick = History(plan_of(system("db", rto=timedelta(hours=1)))).launch().unit("db").end_unit("db").end()
    assert chart_of(build_review(quick.plan, quick.events)).rto is None


@pytest.mark.parametrize(
    ("minutes", "labels"),
    [
        (0.4, ["03:00:00", "03:00:10", "03:00:20"]),
        (34, ["03:00", "03:10", "03:20", "03:30"]),
        (60 * 50, ["23 Nov 00:00", "24 Nov 00:00"]),
        (60 * 24 * 60, ["07 Dec 00:00", "22 Dec 00:00"]),
    ],
)
def test_ticks_stand_at_round_times(minutes: float, labels: list[str]) -> None:
    told = History(plan_of(system("db"))).launch(noticing=minutes, deciding=0, approval=0)
    told.unit("db").run("db", "check", 0, comparison=verified(at(0))).end_unit("db").end()
    found = [tick.label for tick in chart_of(build_review(told.plan, told.events)).ticks]
    assert found[: len(labels)] == labels
    assert len(found) <= MOST_TICKS + 1


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from(Mode), st.integers(1, 200))
def test_everything_lies_on_the_chart(random: Random, mode: Mode, most: int) -> None:
    plan = random_plan(random, mode)
    chart = chart_of(build_review(plan, Simulation(plan, random).play(most=most)))
    bars = [bar for row in chart.rows for bar in row.bars] + list(chart.path)
    assert all(0 <= bar.start <= 100 and 0 < bar.width <= 100 for bar in bars)
    assert all(0 <= tick.place <= 100 for tick in chart.ticks)
    assert {kind for kind, _ in chart.kinds} == {bar.kind for bar in bars}
