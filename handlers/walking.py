"""What can be clicked and filled in while a runbook is walked."""

from __future__ import annotations

from bot.blocks import action_ids as ids
from bot.slack.call import Route
from bot.slack.payload import Kind
from handlers import answers, look, notes, people, walk


def clicks() -> tuple[Route, ...]:
    """Buttons and menus."""
    return tuple(
        Route(Kind.ACTION, name, work)
        for name, work in (
            (ids.RUNBOOK, walk.choose_runbook),
            (ids.STEP_TAKE, answers.take),
            (ids.STEP_TAKE_OVER, answers.take_over),
            (ids.STEP_DONE, answers.done),
            (ids.STEP_RETRY, answers.retry),
            (ids.STEP_SKIP, answers.ask_skip),
            (ids.STEP_FAIL, answers.ask_fail),
            (ids.STEP_GIVE_UP, answers.ask_give_up),
            (ids.STEP_JUMP, look.ask_way_out),
            (ids.STEP_UNDO, look.ask_way_out),
            (ids.STEP_MORE, answers.more),
            (ids.LOOK_UNIT, look.show_unit),
            (ids.LOOK_STEP, look.show_step),
            (ids.LOOK_BACKGROUND, look.show_background),
            (ids.LOOK_BACK, look.turn),
            (ids.LOOK_AHEAD, look.turn),
            (ids.LOOK_JUMP, look.ask_jump),
            (ids.LOOK_FINISH, look.ask_jump),
            (ids.NOTE, notes.open_form),
        )
    )


def forms() -> tuple[Route, ...]:
    """Modals."""
    return (
        Route(Kind.SUBMISSION, ids.WALK_CHOOSE, walk.start, walk.acknowledge),
        Route(Kind.SUBMISSION, ids.WALK_PART, walk.start_part, walk.acknowledge),
        Route(Kind.SUBMISSION, ids.WALK_INPUTS, walk.start_with_inputs, walk.acknowledge_inputs),
        Route(Kind.SUBMISSION, ids.REASON, answers.give_reason),
        Route(Kind.SUBMISSION, ids.EARLIER, answers.give_earlier),
        Route(Kind.SUBMISSION, ids.PEOPLE, people.give),
        Route(Kind.SUBMISSION, ids.NOTE_OR_FILE, notes.keep, notes.acknowledge),
    )
