"""Bots that are killed at a named crash point, forked from one parent that has imported everything.

``python -m tests.fakes.crash_host`` reads requests, a JSON object a line: `folder` (of `tests.fakes.crash_estate`),
`kill_at` (a crash point; empty: at none), `seconds` (after which it is killed wherever it is; 0: never), `commands`
(whether its commands are killed with it). For each it answers with a line: `folder`, and `status`, how it ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.app import open_bot
from bot.domain.events import Actor, Event, Source
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.recovery_state import Choice, Question, RecoveryState, RecoveryStatus, StepStatus
from bot.domain.review import build_review
from bot.operations.answer_step import answer_step
from bot.operations.approve_recovery import approve
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.operations.sweep_sources import sweep
from bot.reports.render import render_review_html, render_review_markdown
from bot.settings import read_settings
from bot.store.codec import decode, encode
from tests.fakes.crash_estate import effects, environment
from tests.fakes.histories import one_system

if TYPE_CHECKING:
    from bot.app import Bot
    from bot.operations.desk import Desk

RILEY, ALEX = Actor("U1", "Riley", Source.TERMINAL), Actor("U2", "Alex", Source.TERMINAL)
RECOVERY = "R-1"
LOOK_AGAIN_SECONDS = 0.1
TELL_AGAIN = 5
REQUEST = RestoreRequest(name="full-site", mode=Mode.REAL, reason="the disk is gone")


async def host(folder: Path, kill_at: str = "", *, commands: bool = False) -> None:
    """One bot, with the people who start and answer its recovery, until that has ended."""
    passed: list[str] = []

    def reach(point: str) -> None:
        passed.append(point)
        if point == kill_at:
            if commands:
                _kill_commands(str(folder))
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_bot(read_settings(environment(folder)), surfaces=False, reach=reach) as bot:
        await people(bot, folder)
    (folder / "passed.json").write_text(json.dumps(passed), encoding="utf-8")


async def people(bot: Bot, folder: Path) -> None:
    """Ask for the recovery, approve it, and answer until it has ended."""
    desk = bot.desk
    if not await desk.store.recoveries.rows():
        await sweep(desk)
        await start_recovery(desk, REQUEST, RILEY)
    looks = 0
    while (state := await desk.store.recoveries.state(RECOVERY)).status is not RecoveryStatus.ENDED:
        if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
            await approve(desk, RECOVERY, ALEX, state.plan.digest)
        await answer_all(desk, state, folder)
        looks += 1
        if looks % TELL_AGAIN == 0:  # the bot does it by itself every few seconds; these people cannot wait
            await bot.engine.reconcile()
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def answer_all(desk: Desk, state: RecoveryState, folder: Path) -> None:
    """Answer whatever waits. Of what was interrupted, people look whether it was done."""
    for name, unit in state.units.items():
        for step, now in unit.steps.items():
            if now.status is StepStatus.WAITING and not unit.ended_at:
                done = now.question is not Question.INTERRUPTED or f"{step} {name}" in effects(folder)
                choice = Choice.DONE if done else Choice.RETRY
                await answer_step(desk, RECOVERY, name, step, now.attempt, choice, RILEY)


def serve() -> None:
    """Fork a bot for every request. The one who waits for it is forked too: nobody here has threads."""
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            bot = os.fork()
            if bot == 0:
                _be_a_bot(request)
            status = _wait_for(bot, request)
            os.write(1, (json.dumps({"folder": request["folder"], "status": status}) + "\n").encode())
            os._exit(0)


def _warm_up() -> None:
    """What every bot would otherwise prepare for itself: the templates of a review, and the codec."""
    told = one_system()
    review = build_review(told.plan, told.events)
    render_review_markdown(review)
    render_review_html(review)
    decode(FrozenPlan, encode(told.plan))
    decode(Event, encode(told.events[0]))


def _wait_for(bot: int, request: dict[str, Any]) -> int:
    until = time.monotonic() + request["seconds"] if request.get("seconds") else None
    while True:
        ended, status = os.waitpid(bot, os.WNOHANG if until else 0)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if until and time.monotonic() >= until:
            os.kill(bot, signal.SIGKILL)
            if request.get("commands"):
                _kill_commands(request["folder"])
            until = None
        time.sleep(0.002)


def _kill_commands(folder: str) -> None:
    """Their wrappers and scripts name the folder of their attempt, which lies in this one."""
    attempts = f"{folder}/state/attempts/".encode()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and attempts in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)


def _be_a_bot(request: dict[str, Any]) -> None:
    status = 1
    try:
        log = os.open(Path(request["folder"]) / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        commands = bool(request.get("commands"))
        asyncio.run(host(Path(request["folder"]), request.get("kill_at", ""), commands=commands))
        status = 0
    finally:
        sys.stderr.flush()
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
