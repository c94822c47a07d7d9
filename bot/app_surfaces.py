"""Builds where people act: Slack, the local workspace beside it, and what both serve on the web."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from bot.console.config import DEFAULT_CHANNELS, Channel, ConsoleConfig, Person
from bot.console.manifest import with_manifest
from bot.console.server import serve
from bot.domain.errors import SettingsError
from bot.domain.events import Source
from bot.slack.manifest import make_manifest
from bot.slack.oauth import OAuthApp
from bot.slack.proxies import is_loopback, proxies_from
from bot.slack.surface import SlackSurface
from bot.web.install import InstallPages
from handlers.registry import registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohttp.web import RouteDef

    from bot.console.server import Console
    from bot.domain.policy import Policy
    from bot.operations.desk import Desk
    from bot.settings import Settings

FOLDER = "fallback"
_NO_NAME = re.compile(r"[^a-z0-9_-]+")


@asynccontextmanager
async def console_beside(settings: Settings, desk: Desk) -> AsyncIterator[Console | None]:
    """The local workspace beside Slack, on loopback; None where it is not wanted. Raises SettingsError."""
    if not settings.console_fallback:
        yield None
        return
    config = workspace_of(desk.policy, make_manifest(registry(), settings.slack_command))
    try:
        console = await serve(config, settings.state_dir / FOLDER, settings.console_port)
    except OSError as error:
        where = f"CONSOLE_PORT says {settings.console_port}, which cannot be listened on ({error.strerror})"
        raise SettingsError([f"{where}: set a free port, or 0."]) from error
    structlog.get_logger().info("the local workspace is served: `bringback console` signs you in", url=console.url)
    try:
        yield console
    finally:
        await console.close()


def workspace_of(policy: Policy, manifest: dict[str, Any]) -> ConsoleConfig:
    """The workspace under the ids of Slack: who acts here is the same person as there, and signs in as nobody else."""
    people = tuple(
        Person(person.id, _name(person.login.strip("*") or person.display) or person.id.lower(), person.display)
        for person in policy.people
    )
    channels = tuple(Channel(id_, _name(name) or id_.lower()) for name, id_ in policy.channels.items())
    config = ConsoleConfig(
        team_name="Beside Slack", people=people, channels=channels or DEFAULT_CHANNELS[:1], personal=True
    )
    return with_manifest(manifest, config)


def make_surfaces(
    settings: Settings, desk: Desk, console: Console | None, secrets: Callable[[], Sequence[str]]
) -> list[SlackSurface]:
    """Slack, the local workspace beside it, or both: each hears of every recovery, a click in either counts once."""
    shown = [make_surface(settings, desk, secrets)] if settings.slack else []
    if console:
        beside = SlackSurface(
            name="console",
            api_url=console.url,
            bot_token=console.tokens.bot,
            app_token=console.tokens.app,
            secrets=secrets,
            via=Source.CONSOLE,
            desk=desk,
            routes=registry(),
            alone=settings.on_sqlite,
        )
        shown.append(beside)
    return shown


def make_surface(settings: Settings, desk: Desk, secrets: Callable[[], Sequence[str]]) -> SlackSurface:
    """Slack, or the server that stands in for it: one on loopback is the local workspace, unless that is beside it."""
    local = is_loopback(settings.slack_api_url) and not settings.console_fallback
    return SlackSurface(
        name="console" if local else "slack",
        api_url=settings.slack_api_url,
        bot_token=settings.slack_bot_token,
        app_token=settings.slack_app_token,
        signing_secret="" if settings.slack_app_token else settings.slack_signing_secret,
        oauth=make_oauth(settings),
        public_url=settings.public_url,
        proxies=proxies_from(settings.environment),
        secrets=secrets,
        via=Source.CONSOLE if local else Source.SLACK,
        desk=desk,
        routes=registry(),
        alone=settings.on_sqlite,
    )


def make_oauth(settings: Settings) -> OAuthApp | None:
    """The app as workspaces install it; None where the one token is set."""
    if not settings.installs:
        return None
    return OAuthApp(settings.slack_client_id, settings.slack_client_secret, settings.slack_teams)


def routes_of(surface: SlackSurface) -> list[RouteDef]:
    """What a surface serves on the web: Slack's calls in HTTP mode, and the pages that install the app."""
    called = surface.http.routes() if surface.http else []
    return [*called, *InstallPages(surface).routes()] if surface.installs else called


def _name(given: str) -> str:
    return _NO_NAME.sub("-", given.lower()).strip("-")[:80]
