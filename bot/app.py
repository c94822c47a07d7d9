"""Builds the bot from its settings. With `app_desk` and `app_surfaces`, all that knows every concrete class."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app_desk import SQLITE, make_desk, make_folder, make_secrets
from bot.app_surfaces import console_beside, make_surfaces, routes_of
from bot.domain.clock import Clock, SystemClock
from bot.domain.errors import SettingsError
from bot.engine.attempts import Workshop
from bot.engine.crash_points import CrashPoints, pass_by
from bot.engine.engine import Engine, EngineSettings
from bot.engine.guarded_step import GuardedStep
from bot.engine.redaction import keeper
from bot.engine.steps import Steps
from bot.operations.approve_recovery import expire_approvals
from bot.operations.desk import Desk
from bot.operations.keep_proof import KeepProof
from bot.operations.review_recovery import keep_reviews
from bot.operations.sign_in import sign_in
from bot.operations.sweep_sources import sweep
from bot.reports.render import render_review_html, render_review_markdown
from bot.runbook.inputs import secret_reader
from bot.runbook.secrets import RunbookSecrets
from bot.runners.shell import ShellRunner
from bot.service import SLOWER_AFTER_FAULT, Loop, Service
from bot.store.database import Store, migrate, open_store, sqlite_path
from bot.store.holder import hold
from bot.web.control import ControlServer
from bot.web.control_socket import ANY_LOGIN
from bot.web.control_table import OPERATIONS
from bot.web.control_verbs import verbs_by_name
from bot.web.health import Part
from bot.web.metrics import Meter
from bot.web.server import WebServer
from bot.web.signing import ReviewLinks, read_or_make_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.console.server import Console
    from bot.domain.review import Review
    from bot.settings import Settings
    from bot.slack.surface import SlackSurface


@dataclass(frozen=True, slots=True)
class Bot:
    """The running bot."""

    desk: Desk
    engine: Engine
    service: Service
    secrets: RunbookSecrets

    async def run_until(self, stop: asyncio.Event) -> None:
        """Run until told to stop."""
        await stop.wait()


class Reports:
    """What reviews are written down with."""

    def markdown(self, review: Review) -> str:
        """The review as markdown."""
        return render_review_markdown(review)

    def html(self, review: Review) -> str:
        """The review as one HTML page."""
        return render_review_html(review)


@asynccontextmanager
async def open_bot(
    settings: Settings, *, surfaces: bool = True, clock: Clock | None = None, reach: CrashPoints = pass_by
) -> AsyncIterator[Bot]:
    """The bot, holding the state. Raises NotHolder, SettingsError.

    Without `surfaces` it carries recoveries on and serves the control socket, but neither Slack nor web pages.
    `reach` is told when a named crash point is reached.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        stack.enter_context(hold(settings.state_dir))
        await migrate(settings.database_url)
        nudges: list[Service] = []

        def nudge(stream: str) -> None:
            for service in nudges:
                service.nudge("projector", "reviews", stream)

        folder = make_folder(settings, clock)
        secrets = make_secrets(settings, folder)
        await asyncio.to_thread(secrets.refresh)
        opened = open_store(settings.database_url, clock, nudge=nudge, reach=reach, clean=keeper(secrets))
        store = await stack.enter_async_context(opened)
        engine = make_engine(settings, store, clock, reach)
        links = ReviewLinks(read_or_make_secret(settings.state_dir / "review-links.secret"), clock)
        pages: list[WebServer] = []

        def review_url(recovery: str) -> str | None:
            return f"{settings.public_url or pages[0].url}{links.path(recovery)}" if pages else None

        desk = make_desk(settings, store, engine, clock, folder, review_url)
        console = await stack.enter_async_context(console_beside(settings, desk)) if surfaces else None
        if console:
            desk = replace(desk, workspace_link=console.login_url)
        await engine.launch()
        stack.push_async_callback(engine.stop)
        shown = make_surfaces(settings, desk, console, secrets) if surfaces else []
        service = Service(clock, make_loops(desk, engine, shown, secrets))
        nudges.append(service)
        if surfaces:
            pages.append(await open_pages(settings, desk, links, shown, service))
            stack.push_async_callback(pages[0].stop)
        for surface in shown:
            await surface.start()
            stack.push_async_callback(surface.stop)
        for door in doors(settings, desk, console):
            await door.start()
            stack.push_async_callback(door.stop)
        await service.start()
        stack.push_async_callback(service.stop)
        yield Bot(desk, engine, service, secrets)


def doors(settings: Settings, desk: Desk, console: Console | None) -> list[ControlServer]:
    """Where the terminal calls: who runs the bot with all verbs, any login to sign in. Raises SettingsError."""
    whole = ControlServer(desk, settings.control_socket, verbs_by_name(OPERATIONS))
    path = settings.console_socket
    if not (console and path):
        return [whole]
    if not path.parent.is_dir():
        raise SettingsError([f"CONSOLE_SOCKET says {path}, and there is no folder {path.parent}: make it."])
    return [whole, ControlServer(desk, path, verbs_by_name([sign_in]), mode=ANY_LOGIN)]


async def open_pages(
    settings: Settings, desk: Desk, links: ReviewLinks, surfaces: Sequence[SlackSurface], service: Service
) -> WebServer:
    """Reviews, health and metrics, listening. Raises SettingsError when the port is taken."""

    def parts() -> tuple[Part, ...]:
        slower = SLOWER_AFTER_FAULT + 2
        loops = [
            Part(f"loop {loop.name}", loop.succeeded_at, loop.fault, loop.pause * slower) for loop in service.loops
        ]
        now = desk.clock.now()
        return (*loops, *(Part(surface.name, None if surface.fault else now, surface.fault) for surface in surfaces))

    pages = WebServer(
        reviews=desk.store.reviews,
        links=links,
        parts=parts,
        meter=Meter(desk, [surface.name for surface in surfaces]),
        clock=desk.clock,
        command=settings.slack_command,
        host=settings.host,
        port=settings.port,
        routes=[route for surface in surfaces for route in routes_of(surface)],
    )
    try:
        await pages.start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        fault = f"HOST and PORT say {where}, which cannot be listened on ({error.strerror}): set a free port, or 0."
        raise SettingsError([fault]) from error
    return pages


def make_engine(settings: Settings, store: Store, clock: Clock, reach: CrashPoints) -> Engine:
    """The engine with its runner."""
    workshop = Workshop(
        attempts=settings.state_dir / "attempts",
        environment={},
        runbooks=settings.runbooks_dir.absolute(),
        secrets=settings.secrets,
        read_secret=secret_reader(settings.environment, read_file),
    )
    runner = ShellRunner(settings.environment)

    def make_steps(epoch: int) -> Steps:
        return Steps(
            recoveries=store.recoveries,
            answers=store.answers,
            guarded=GuardedStep(runner, clock, reach),
            workshop=workshop,
            keep_proof=KeepProof(store, clock),
            clock=clock,
            epoch=epoch,
        )

    executor = f"{settings.site}@{socket.gethostname()}:{settings.state_dir}"
    engine_settings = EngineSettings(sqlalchemy_url(settings.engine_database_url), executor, (settings.site,))
    return Engine(engine_settings, make_steps, store.recoveries, store.answers, reach)


def read_file(path: str) -> str:
    """The text of a file that holds a secret. Raises OSError."""
    return Path(path).read_text(encoding="utf-8", errors="replace")


async def look(surfaces: Sequence[SlackSurface]) -> None:
    """See whether every surface hears: what it says stands in its `fault`."""
    for surface in surfaces:
        _ = await surface.healthy()


async def project(desk: Desk, surfaces: Sequence[SlackSurface]) -> None:
    """Bring every surface's messages up to what the ledger says."""
    for row in await desk.store.recoveries.unprojected():
        for surface in surfaces:
            await surface.projector.project(row.id)
        await desk.store.recoveries.mark_projected(row.id, row.head_seq)


def make_loops(desk: Desk, engine: Engine, surfaces: Sequence[SlackSurface], secrets: RunbookSecrets) -> list[Loop]:
    """The loops of a holder."""
    reports = Reports()
    projecting = Loop("projector", lambda: project(desk, surfaces), timedelta(seconds=2))
    looking = Loop("surfaces", lambda: look(surfaces), timedelta(seconds=5))
    shown = [projecting, looking] if surfaces else []
    return [
        *shown,
        Loop("reviews", lambda: keep_reviews(desk, reports), timedelta(seconds=5)),
        Loop("freshness", lambda: sweep(desk, due_only=True), timedelta(seconds=2)),
        Loop("reconcile", engine.reconcile, timedelta(seconds=5)),
        Loop("secrets", lambda: asyncio.to_thread(secrets.refresh), timedelta(seconds=30)),
        Loop("approvals", lambda: expire_approvals(desk), timedelta(seconds=1)),
    ]


def sqlalchemy_url(url: str) -> str:
    """The engine's address as SQLAlchemy writes it."""
    if url.startswith(SQLITE):
        return f"sqlite:///{sqlite_path(url)}"
    return url.replace("postgres://", "postgresql+psycopg://", 1).replace("postgresql://", "postgresql+psycopg://", 1)
