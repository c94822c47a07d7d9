"""`bringback console`: the local workspace. The one beside Slack signs you in; else one of its own is served."""

import asyncio
from pathlib import Path

import typer

from bot.cli.access import Access
from bot.cli.world import Session, session_of
from bot.domain.errors import BringbackError
from bot.operations.sign_in import sign_in
from bot.web.control_client import SocketVerbs
from bot.web.control_socket import somebody_listens
from bot.web.control_verbs import Verbs, verbs_by_name

OPTIONS = {"context_settings": {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}}


def console(context: typer.Context) -> None:
    """Sign in to the local workspace beside Slack, or serve one of its own (see its --help)."""
    session = session_of(context)
    arguments = list(context.args)
    if not arguments and (link := _link(session)):
        session.screen.say(f"Sign in as yourself (once, within 15 minutes): {link}")
        return
    if "--state" not in arguments and "--help" not in arguments:
        arguments = ["--state", str(session.settings.state_dir / "console"), *arguments]
    session.world.become("bot.console", arguments)


def _link(session: Session) -> str:
    """Where the running bot lets this login in; empty when it serves no workspace, or is none that would serve one."""
    settings = session.settings
    if settings.console_socket and somebody_listens(settings.console_socket):
        return asyncio.run(_ask_at(settings.console_socket))
    if somebody_listens(settings.control_socket):
        return session.ask(_ask, Access.WRITE)
    if settings.console_fallback or settings.console_socket:
        raise BringbackError("No bot runs here, and the local workspace is the bot's.", "`bringback serve` starts it.")
    return ""


async def _ask_at(path: Path) -> str:
    async with SocketVerbs(path, verbs_by_name([sign_in])) as verbs:
        return await _ask(verbs)


async def _ask(verbs: Verbs) -> str:
    return await verbs(sign_in, await verbs.whoami())
