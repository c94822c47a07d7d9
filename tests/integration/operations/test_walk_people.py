"""Who has a step, who has the walk, and what they attach to it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.events import Actor, EventKind, Source
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice
from bot.operations.answer_step import answer_step, take_step
from bot.operations.assign_step import assign_step
from bot.operations.attach_file import MOST_BYTES, attach_file, attachment, safe_name
from bot.operations.control_recovery import abort, hand_over, take_lead
from bot.operations.preview_restore import RestoreRequest
from bot.operations.show_recovery import recovery_state
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.recovery_state import StepState
    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock

LOG_IN = ("R-1", "cache", "log-in", 1)
FLUSH = ("R-1", "cache", "flush-it", 1)


@pytest.fixture
async def walked(desk: Desk, runbooks: Path) -> None:
    """R-1 asks for the first of three steps, the last of which is an approval."""
    cache = runbooks / "cache.md"
    last = "## Let it go\n<!-- step: {kind: approval} -->\nAgree.\n"
    cache.write_text(cache.read_text(encoding="utf-8") + last, encoding="utf-8")
    await start_recovery(desk, RestoreRequest(runbook="cache"), RILEY)


async def step_of(desk: Desk, name: str) -> StepState:
    return (await recovery_state(desk, "R-1")).units["cache"].steps[name]


@pytest.mark.usefixtures("walked")
class TestAssigning:
    """A step is given to one person."""

    @pytest.mark.parametrize("to", ["U2APPROVER", "alex", "@Alex"])
    async def test_a_step_is_given_to_a_person_by_any_of_their_names(self, desk: Desk, to: str) -> None:
        await assign_step(desk, *LOG_IN, to, RILEY)
        step = await step_of(desk, "log-in")
        assert (step.assigned_to, step.assigned_to_name) == ("U2APPROVER", "Alex")

    async def test_whom_a_step_is_given_to_takes_it_from_nobody_however_often_it_goes_to_and_fro(
        self, desk: Desk, clock: FixedClock
    ) -> None:
        for minute, (who, other) in enumerate(((RILEY, "alex"), (ALEX, "riley"), (RILEY, "alex")), start=1):
            await take_step(desk, *LOG_IN, who)
            clock.at = at(minute)
            await assign_step(desk, *LOG_IN, other, who)
            assert (await step_of(desk, "log-in")).taken_by == ""
        await take_step(desk, *LOG_IN, ALEX)
        assert (await step_of(desk, "log-in")).taken_by == "Alex"

    async def test_a_step_that_is_not_asked_yet_is_given_too(self, desk: Desk) -> None:
        await assign_step(desk, *FLUSH, "alex", RILEY)
        await answer_step(desk, *LOG_IN, Choice.DONE, RILEY)
        assert (await step_of(desk, "flush-it")).assigned_to_name == "Alex"

    async def test_the_last_word_counts(self, desk: Desk, clock: FixedClock) -> None:
        for minute, to in enumerate(("alex", "riley", "alex"), start=61):
            clock.at = at(minute)
            await assign_step(desk, *LOG_IN, to, RILEY)
        assert (await step_of(desk, "log-in")).assigned_to_name == "Alex"

    async def test_nobody_gets_what_they_may_not_answer(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed, match="Riley may not approve a step"):
            await assign_step(desk, "R-1", "cache", "let-it-go", 1, "riley", ALEX)
        await assign_step(desk, "R-1", "cache", "let-it-go", 1, "alex", RILEY)

    async def test_who_the_policy_does_not_name_neither_gives_nor_gets(self, desk: Desk) -> None:
        with pytest.raises(UnknownName, match="no person called “eve”"):
            await assign_step(desk, *LOG_IN, "eve", RILEY)
        with pytest.raises(NotAllowed):
            await assign_step(desk, *LOG_IN, "alex", EVE)

    async def test_what_is_over_is_given_to_nobody(self, desk: Desk) -> None:
        await answer_step(desk, *LOG_IN, Choice.DONE, RILEY)
        with pytest.raises(Conflict, match="“Log in” is done: nobody is asked for it"):
            await assign_step(desk, *LOG_IN, "alex", RILEY)
        with pytest.raises(Conflict, match="“Flush it” is at attempt 1, not 2"):
            await assign_step(desk, *FLUSH[:3], 2, "alex", RILEY)
        await abort(desk, "R-1", RILEY, "wrong cache")
        with pytest.raises(Conflict, match="nobody is asked for it"):
            await assign_step(desk, *FLUSH, "alex", RILEY)


@pytest.mark.usefixtures("walked")
class TestHandingOver:
    """The lead gives the walk to another."""

    async def test_the_walk_goes_to_another_with_what_the_lead_had(self, desk: Desk) -> None:
        await take_step(desk, *LOG_IN, RILEY)
        await assign_step(desk, *FLUSH, "riley", RILEY)
        state = await hand_over(desk, "R-1", "alex", RILEY, " I go home ")
        steps = state.units["cache"].steps
        assert (state.lead, state.lead_name) == ("U2APPROVER", "Alex")
        assert (steps["log-in"].taken_by, steps["flush-it"].assigned_to_name) == ("Alex", "Alex")
        event = await desk.store.recoveries.last_event("R-1", EventKind.HANDED_OVER)
        assert event
        assert event.data["text"] == "I go home"

    async def test_it_can_be_handed_back(self, desk: Desk, clock: FixedClock) -> None:
        await hand_over(desk, "R-1", "alex", RILEY)
        clock.at = at(61)
        assert (await hand_over(desk, "R-1", "riley", ALEX)).lead_name == "Riley"

    async def test_a_lead_who_is_known_by_another_name_is_the_same_person(self, desk: Desk) -> None:
        await take_lead(desk, "R-1", Actor("riley", "riley", Source.TERMINAL))
        await take_step(desk, *LOG_IN, RILEY)
        await assign_step(desk, *FLUSH, "riley", RILEY)
        steps = (await hand_over(desk, "R-1", "alex", RILEY)).units["cache"].steps
        assert (steps["flush-it"].assigned_to, steps["log-in"].taken_by) == ("U2APPROVER", "Alex")

    async def test_only_who_may_lead_gets_it_and_only_who_may_control_gives_it(self, desk: Desk) -> None:
        with pytest.raises(UnknownName, match="no person called “eve”"):
            await hand_over(desk, "R-1", "eve", RILEY)
        with pytest.raises(NotAllowed, match="Eve may not control a recovery"):
            await hand_over(desk, "R-1", "alex", EVE)

    async def test_what_does_not_run_is_handed_to_nobody(self, desk: Desk) -> None:
        await abort(desk, "R-1", RILEY, "wrong cache")
        with pytest.raises(Conflict, match="R-1 is ended"):
            await hand_over(desk, "R-1", "alex", RILEY)


PICTURE = b"\x89PNG not really"


@pytest.fixture
def with_folder(desk: Desk, tmp_path: Path) -> Desk:
    return replace(desk, attachments=tmp_path / "state" / "attachments")


@pytest.mark.usefixtures("walked")
class TestAttaching:
    """Files that people attach."""

    async def test_a_file_is_kept_with_its_digest_for_this_user_alone(self, with_folder: Desk, tmp_path: Path) -> None:
        state = await attach_file(with_folder, "R-1", RILEY, "disk full.png", PICTURE, unit="cache", step="log-in")
        [one] = state.attachments
        digest = hashlib.sha256(PICTURE).hexdigest()
        assert (one.name, one.size, one.digest, one.who) == ("disk full.png", len(PICTURE), digest, "Riley")
        assert (one.media_type, one.about, one.at) == ("image/png", "cache/log-in", at(60))
        [kept] = (tmp_path / "state" / "attachments").iterdir()
        assert (kept.name, kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (digest, 0o600, 0o700)
        assert await attachment(with_folder, "R-1", digest) == ("disk full.png", PICTURE)

    async def test_the_same_bytes_lie_there_once_and_are_told_twice(self, with_folder: Desk, clock: FixedClock) -> None:
        await attach_file(with_folder, "R-1", RILEY, "a.log", PICTURE)
        clock.at = at(61)
        state = await attach_file(with_folder, "R-1", ALEX, "b.log", PICTURE)
        assert [(one.name, one.who) for one in state.attachments] == [("a.log", "Riley"), ("b.log", "Alex")]

    async def test_an_empty_and_a_too_large_file_are_refused(self, with_folder: Desk) -> None:
        with pytest.raises(BringbackError, match=r"a\.log is empty"):
            await attach_file(with_folder, "R-1", RILEY, "a.log", b"")
        with pytest.raises(BringbackError, match=r"a\.log has 20 MB, more than 20"):
            await attach_file(with_folder, "R-1", RILEY, "a.log", bytes(MOST_BYTES + 1))

    async def test_it_is_attached_to_what_there_is_by_whom_the_policy_names(self, with_folder: Desk) -> None:
        with pytest.raises(UnknownName, match="no system in R-1 called “cash”"):
            await attach_file(with_folder, "R-1", RILEY, "a", PICTURE, unit="cash")
        with pytest.raises(UnknownName, match="no step of cache called “log-on”"):
            await attach_file(with_folder, "R-1", RILEY, "a", PICTURE, unit="cache", step="log-on")
        with pytest.raises(UnknownName, match="no step of no system called “log-in”"):
            await attach_file(with_folder, "R-1", RILEY, "a", PICTURE, step="log-in")
        with pytest.raises(NotAllowed):
            await attach_file(with_folder, "R-1", EVE, "a", PICTURE)

    async def test_a_file_that_is_gone_or_was_changed_is_told(self, with_folder: Desk, tmp_path: Path) -> None:
        state = await attach_file(with_folder, "R-1", RILEY, "a.log", PICTURE)
        digest = state.attachments[0].digest
        kept = tmp_path / "state" / "attachments" / digest
        kept.write_bytes(b"other")
        with pytest.raises(BringbackError, match=r"a\.log is not the file that was attached"):
            await attachment(with_folder, "R-1", digest)
        kept.unlink()
        with pytest.raises(BringbackError, match=r"a\.log cannot be read"):
            await attachment(with_folder, "R-1", digest)
        with pytest.raises(UnknownName, match="no attachment of R-1"):
            await attachment(with_folder, "R-1", "../../secret")

    async def test_where_there_is_no_folder_nothing_is_attached(self, desk: Desk) -> None:
        with pytest.raises(BringbackError, match="no folder for attachments"):
            await attach_file(desk, "R-1", RILEY, "a", PICTURE)

    async def test_a_file_that_cannot_be_written_leaves_nothing_behind(self, with_folder: Desk, tmp_path: Path) -> None:
        in_the_way = tmp_path / "state" / "attachments" / hashlib.sha256(PICTURE).hexdigest()
        in_the_way.mkdir(parents=True)
        with pytest.raises(BringbackError, match=r"b\.log cannot be kept in .*: Is a directory"):
            await attach_file(with_folder, "R-1", RILEY, "b.log", PICTURE)
        assert [*in_the_way.parent.iterdir()] == [in_the_way]
        assert (await recovery_state(with_folder, "R-1")).attachments == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\disk.png", "disk.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        (" a\n b .log ", "a b .log"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("x" * 300 + ".png", "x" * 196 + ".png"),
        ("x" * 300, "x" * 200),
    ],
)
def test_the_name_of_a_file_is_no_path_and_plain(name: str, shown: str) -> None:
    assert safe_name(name) == shown


async def test_a_drill_is_handed_over_like_any_other(desk: Desk) -> None:
    await start_recovery(desk, RestoreRequest(name="full-site", mode=Mode.DRILL), RILEY)
    assert (await hand_over(desk, "R-1", "alex", RILEY)).lead_name == "Alex"
