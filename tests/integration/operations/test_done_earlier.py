"""A step that was done earlier: between its question and now, and the review says that the time was given by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError
from bot.domain.recovery_state import Choice
from bot.domain.review import build_review
from bot.domain.review_text import exceptions_line
from bot.domain.step_spans import SpanKind
from bot.operations.answer_step import answer_step
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import RILEY
from tests.integration.operations.test_answer_step import DRILL, STOP

if TYPE_CHECKING:
    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock


@pytest.fixture
async def asked(desk: Desk, clock: FixedClock) -> Desk:
    """R-1 asked at 60 minutes; it is 70 now."""
    await start_recovery(desk, DRILL, RILEY)
    clock.at = at(70)
    return desk


async def test_the_step_ends_when_it_was_done_and_the_rest_waited_for_the_person(asked: Desk) -> None:
    state = await answer_step(asked, *STOP, Choice.DONE, RILEY, done_at=at(64))
    step = state.units["orders-db"].steps["stop-the-writers"]
    assert (step.answered_at, step.ended_at) == (at(64), at(64))
    found = build_review(state.plan, await asked.store.ledger.events("R-1"), "")
    (edit,) = found.time_edits
    assert (edit.before, edit.after, edit.at, edit.who) == (at(70), at(64), at(70), "Riley")
    said = exceptions_line(found)
    assert "Times edited: end of orders-db/stop-the-writers 04:10:00 to 04:04:00 (Riley)" in said
    assert found.timeline.parts[SpanKind.PEOPLE] == timedelta(minutes=10)


@pytest.mark.parametrize("minutes", [59.9, 70.1])
async def test_a_time_before_the_question_or_ahead_is_refused(asked: Desk, minutes: float) -> None:
    with pytest.raises(BringbackError, match=r"cannot have been done before|lies ahead"):
        await answer_step(asked, *STOP, Choice.DONE, RILEY, done_at=at(minutes))


async def test_only_what_was_done_can_have_been_done_earlier(asked: Desk) -> None:
    with pytest.raises(BringbackError, match="Only what was done"):
        await answer_step(asked, *STOP, Choice.SKIP, RILEY, "down anyway", done_at=at(64))
