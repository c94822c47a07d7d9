"""Everything that can be done in Slack, in one list: listeners, help and the manifest are made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids as ids
from bot.slack.call import Route, Routes, make_routes
from bot.slack.payload import Kind
from handlers import (
    approval,
    controls,
    evidence,
    freshness,
    home,
    installation,
    mention,
    nothing,
    order,
    restore,
    status,
    summary,
    walk,
    walking,
)
from handlers.help import make_help

if TYPE_CHECKING:
    from bot.slack.call import Work


def registry() -> Routes:
    """All routes."""

    def commands() -> tuple[Route, ...]:
        return _commands(tell_help)

    tell_help = make_help(commands)
    otherwise = (
        Route(Kind.COMMAND, "", tell_help),
        Route(Kind.ACTION, "", nothing.unknown_click),
        Route(Kind.SUBMISSION, "", nothing.nothing),
        Route(Kind.CLOSED, "", nothing.nothing),
    )
    return make_routes(
        [*commands(), *_clicks(), *walking.clicks(), *_forms(), *walking.forms(), *_elsewhere()], otherwise
    )


def _commands(tell_help: Work) -> tuple[Route, ...]:
    return (
        Route(Kind.COMMAND, "freshness", freshness.ask, summary="How much would be lost now?", usage="[SYSTEM…]"),
        Route(Kind.COMMAND, "restore", restore.open_form, summary="Bring systems back", usage="[PLAN | SYSTEM…]"),
        Route(Kind.COMMAND, "runbook", walk.open_form, summary="Walk a runbook, step by step", usage="[NAME [PART]]"),
        Route(Kind.COMMAND, "status", status.ask, summary="What runs now, what ran last", usage="[R-1]"),
        Route(Kind.COMMAND, "order", order.ask, summary="What waits for what", usage="[PLAN | SYSTEM]"),
        Route(Kind.COMMAND, "summary", summary.ask, summary="What a stretch of time showed", usage="[30d] [tier 1]"),
        Route(Kind.COMMAND, "help", tell_help, summary="This list"),
    )


def _clicks() -> tuple[Route, ...]:
    return tuple(
        Route(Kind.ACTION, name, work)
        for name, work in (
            (ids.FRESHNESS_AGAIN, freshness.ask_again),
            (ids.RESTORE_OPEN, restore.open_form),
            (ids.WALK_OPEN, walk.open_form),
            (ids.APPROVE, approval.approve),
            (ids.REJECT, approval.ask_why),
            (ids.DETAILS, approval.details),
            (ids.PAUSE, controls.hold),
            (ids.RESUME, controls.go_on),
            (ids.LEAD, controls.lead),
            (ids.CONTROL_MORE, controls.more),
            (ids.CORRECT_START, controls.ask_start),
            (ids.SHOW, status.show),
            (ids.HOME_REFRESH, home.show),
            (ids.REVIEW_LINK, nothing.nothing),
        )
    )


def _forms() -> tuple[Route, ...]:
    return (
        Route(Kind.SUBMISSION, ids.RESTORE_CHOOSE, restore.choose, restore.acknowledge_choice),
        Route(Kind.SUBMISSION, ids.RESTORE_CONFIRM, restore.confirm, restore.acknowledge_confirmation),
        Route(Kind.SUBMISSION, ids.RESTORE_INPUTS, restore.confirm_inputs, restore.acknowledge_confirmation),
        Route(Kind.SUBMISSION, ids.START, controls.give_start),
        Route(Kind.SUBMISSION, ids.EVIDENCE, evidence.keep),
    )


def _elsewhere() -> tuple[Route, ...]:
    return (
        Route(Kind.SHORTCUT, ids.START_SHORTCUT, restore.open_form, summary="Start a recovery"),
        Route(Kind.MESSAGE_SHORTCUT, ids.EVIDENCE_SHORTCUT, evidence.open_form, summary="Use as evidence"),
        Route(Kind.EVENT, "app_home_opened", home.show),
        Route(Kind.EVENT, "app_mention", mention.answer),
        Route(Kind.EVENT, "app_uninstalled", installation.uninstalled),
        Route(Kind.EVENT, "tokens_revoked", installation.revoked),
    )
