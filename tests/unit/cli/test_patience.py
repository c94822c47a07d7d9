"""Following a recovery while the bot that carries it goes away."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import AlreadyDone
from bot.web.control_errors import BotGone
from tests.fakes.histories import check, command, manual, plan_of, system
from tests.unit.cli.played_recovery import PlayedRecovery
from tests.unit.cli.terminal import NOW, FakeKeyboard, FakeVerbs, bringback, world

GONE = BotGone("The bot that holds this state stopped answering: reset.")


def waiting() -> PlayedRecovery:
    return PlayedRecovery(plan_of(system("orders-db", manual("stop"), command("restore"), check())))


class Flaky:
    """An operation that meets a bot that is gone from its nth call on, so many times."""

    def __init__(self, operation: Any, at: int, times: int = 3) -> None:
        self._operation = operation
        self._calls = 0
        self._gone = range(at, at + times)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._calls += 1
        if self._calls in self._gone:
            raise GONE
        return self._operation(*args, **kwargs)


def follow(played: PlayedRecovery, name: str, at: int, times: int = 3, patience: float = 20) -> tuple[Any, FakeVerbs]:
    operations = played.operations()
    verbs = FakeVerbs({**operations, name: Flaky(operations[name], at, times)})
    place = world(verbs, keyboard=FakeKeyboard(["d"], leaves=False), patience_seconds=patience)
    return bringback(place, "follow", "R-1"), verbs


def test_a_bot_that_comes_back_is_followed_on() -> None:
    result, _ = follow(waiting(), "events_after", 2)
    assert result.exit_code == 0
    assert result.output.count("The bot stopped answering: waiting 20 s for it to come back.") == 1
    assert result.output.count("The bot answers again.") == 1


def test_an_answer_during_which_the_bot_went_away_is_given_again() -> None:
    played = waiting()
    result, verbs = follow(played, "answer_step", 1)
    assert result.exit_code == 0
    assert len(verbs.called("answer_step")) == 4
    assert [event.kind for event in played.events].count("answered") == 1


def test_an_answer_that_had_counted_is_told_and_the_recovery_followed_on() -> None:
    played = waiting()

    def counted(*given: Any, **more: Any) -> Any:
        if not played.state.units["orders-db"].steps["stop"].answered_at:
            played.answer(*given, **more)
            raise GONE
        raise AlreadyDone("“Stop”", "Ada", NOW)

    verbs = FakeVerbs({**played.operations(), "answer_step": counted})
    result = bringback(world(verbs, keyboard=FakeKeyboard(["d"])), "follow", "R-1")
    assert result.exit_code == 0
    assert "“Stop”: already done by Ada" in result.output


def test_a_bot_that_stays_away_is_told_with_the_line_that_goes_on() -> None:
    result, _ = follow(waiting(), "recovery_state", 3, times=10_000, patience=0.02)
    assert result.exit_code == 1
    assert result.stderr.endswith(
        "It did not come back within 0.02 s. Nothing that was stored is lost: `bringback follow R-1` goes on with it.\n"
    )


def test_asking_for_a_recovery_is_never_repeated() -> None:
    from tests.unit.cli.test_launching import Desk

    desk = Desk()
    desk.verbs.answers = {**desk.verbs.answers, "start_recovery": GONE}
    result = desk.run("restore", "full-site", "--drill")
    assert result.exit_code == 1
    assert len(desk.verbs.called("start_recovery")) == 1
