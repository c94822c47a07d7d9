"""`bringback doctor`: what is in the way, and what to do about each."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, replace
from typing import NamedTuple

import typer
from rich.text import Text

from bot.cli.doctor_database import databases
from bot.cli.doctor_runbooks import policy, runbooks, tools
from bot.cli.doctor_slack import slack
from bot.cli.doctor_state import running, state
from bot.cli.options import Json
from bot.cli.safe_text import one_line
from bot.cli.world import Session, session_of
from bot.domain.checkup import Found, Health
from bot.domain.errors import SettingsError
from bot.engine.redaction import redact
from bot.runbook.library import load

LOOK_SECONDS = 60.0
"""For so long one look may take; each part of it has a shorter deadline of its own."""

STYLES = {Health.OK: "green", Health.WARNING: "yellow", Health.UNKNOWN: "bold magenta", Health.FAULT: "bold red"}


class Look(NamedTuple):
    """One look, under way: what it is about, and what it will find."""

    about: str
    finding: Awaitable[list[Found]]


def doctor(context: typer.Context, *, json: Json = False) -> None:
    """Look at Slack, database, runbooks, tools and state; exit 1 when something is in the way."""
    session = session_of(context)
    found = asyncio.run(examine(session))
    if json:
        session.screen.json([asdict(one) for one in found])
    else:
        for one in found:
            what = one_line(f"{one.what} {one.helps}")
            session.screen.say(Text.assemble((f"{one.state:<8}", STYLES[one.state]), f"{one.about:<10}", what))
    raise typer.Exit(1 if any(one.state is Health.FAULT for one in found) else 0)


async def examine(session: Session) -> list[Found]:
    """Everything that is looked at, in the order in which it matters; all looks are taken at once."""
    try:
        settings = session.settings
    except SettingsError as error:
        return [Found("settings", Health.FAULT, fault) for fault in error.faults]
    clock = session.world.clock
    library = await asyncio.to_thread(load, settings.runbooks_dir, settings.environment)
    folders = f"STATE_DIR is {settings.state_dir}, RUNBOOKS_DIR is {settings.runbooks_dir}."
    looks = [
        Look("slack", slack(settings, library.policy, clock)),
        Look("database", databases(settings, clock)),
        Look("state", asyncio.to_thread(state, settings)),
        Look("bot", asyncio.to_thread(running, settings)),
        Look("runbooks", asyncio.to_thread(runbooks, library)),
        Look("policy", asyncio.to_thread(policy, library, session.world.login)),
        Look("tools", asyncio.to_thread(tools, library, settings)),
    ]
    found = await asyncio.gather(*(_within(look) for look in looks))
    every = [Found("settings", Health.OK, folders), *(one for findings in found for one in findings)]
    if all(one.about != "clock" for one in every):
        helps = "`timedatectl` tells whether NTP sets it: every measured time rests on it."
        every.append(Found("clock", Health.UNKNOWN, "There is nothing to compare this machine's clock with.", helps))
    return without_secrets(every, settings.secrets)


def without_secrets(found: Sequence[Found], secrets: Sequence[str]) -> list[Found]:
    """The same, without what a server or a driver repeated of a password."""
    return [replace(one, what=redact(one.what, secrets), helps=redact(one.helps, secrets)) for one in found]


async def _within(look: Look) -> list[Found]:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await look.finding
    except TimeoutError:
        return [Found(look.about, Health.UNKNOWN, f"This took longer than {LOOK_SECONDS:.0f} s.", "Ask again.")]
