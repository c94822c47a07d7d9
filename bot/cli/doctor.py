"""`bringback doctor`: what is in the way, and what to do about each."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import typer
from rich.text import Text

from bot.cli.options import Json
from bot.cli.safe_text import counted, one_line
from bot.cli.world import Session, session_of
from bot.domain.errors import BringbackError, SettingsError
from bot.runbook.library import Library, load
from bot.settings import Settings
from bot.web.control_socket import somebody_listens
from bot.web.control_verbs import actor_of

TOOLS = {
    "barman": ("barman",),
    "borg": ("borg",),
    "litestream": ("litestream",),
    "pgbackrest": ("pgbackrest",),
    "rclone": ("rclone",),
    "restic": ("restic",),
    "velero": ("velero",),
    "walg": ("wal-g",),
}
"""The programs that reading a source needs, by its tool."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at. `state`: ok, warning or fault."""

    about: str
    state: str
    what: str
    helps: str = ""


def doctor(context: typer.Context, *, json: Json = False) -> None:
    """Look at Slack, database, runbooks, tools and state; exit 1 when something is in the way."""
    session = session_of(context)
    found = list(examine(session))
    if json:
        session.screen.json([asdict(one) for one in found])
    else:
        for one in found:
            style = {"ok": "green", "warning": "yellow"}.get(one.state, "bold red")
            what = one_line(f"{one.what} {one.helps}")
            session.screen.say(Text.assemble((f"{one.state:<8}", style), f"{one.about:<10}", what))
    raise typer.Exit(1 if any(one.state == "fault" for one in found) else 0)


def examine(session: Session) -> Iterator[Found]:
    """Everything that is looked at, in the order in which it matters."""
    try:
        settings = session.settings
    except SettingsError as error:
        for fault in error.faults:
            yield Found("settings", "fault", fault)
        return
    yield Found("settings", "ok", f"STATE_DIR is {settings.state_dir}, RUNBOOKS_DIR is {settings.runbooks_dir}.")
    for fault in settings.slack_faults():
        yield Found("slack", "warning", fault, "Only `bringback serve` needs it.")
    yield from _state(settings)
    library = load(settings.runbooks_dir, settings.environment)
    yield from _runbooks(library)
    yield from _policy(library, session.world.login)
    yield from _tools(library, settings)


def _state(settings: Settings) -> Iterator[Found]:
    folder = settings.state_dir
    if not folder.exists():
        yield Found("state", "ok", f"{folder} is not there yet: the first start makes it.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Found(
            "state", "fault", f"{folder} cannot be written by this login.", "Give it to the login that runs the bot."
        )
        return
    if folder.stat().st_mode & 0o077:
        yield Found("state", "warning", f"{folder} can be read by others.", f"chmod 700 {folder}")
    try:
        runs = somebody_listens(settings.control_socket)
    except BringbackError as error:
        yield Found("bot", "warning", error.what, error.helps)
        return
    yield Found("bot", "ok", "A bot holds this state." if runs else "No bot runs on this state.")


def _runbooks(library: Library) -> Iterator[Found]:
    faults = [fault for fault in library.faults if fault.severity == "fault"]
    for fault in faults:
        yield Found("runbooks", "fault", str(fault))
    if not faults:
        systems = sum(book.system is not None for book in library.runbooks)
        yield Found(
            "runbooks",
            "ok",
            f"{counted(len(library.runbooks), 'runbook')} here, {counted(systems, 'system')} declared.",
        )


def _policy(library: Library, login: str) -> Iterator[Found]:
    if library.policy is None:
        helps = "Write policy.yaml beside the runbooks: without it nobody may do anything."
        yield Found("policy", "fault", "There is no usable policy.yaml.", helps)
        return
    try:
        actor = actor_of(library.policy, login)
    except BringbackError as error:
        yield Found("policy", "warning", error.what, error.helps)
        return
    yield Found("policy", "ok", f"You are {actor.name} ({actor.id}), by the login {login}.")


def _tools(library: Library, settings: Settings) -> Iterator[Found]:
    wanted: dict[str, list[str]] = {}
    for book in library.runbooks:
        for backup in book.system.backups if book.system else ():
            for program in TOOLS.get(backup.tool, ()):
                wanted.setdefault(program, []).append(book.system.name if book.system else "")
    for program, systems in sorted(wanted.items()):
        path = shutil.which(program, path=settings.environment.get("PATH"))
        users = ", ".join(sorted(set(systems)))
        if path:
            yield Found("tools", "ok", f"{program} is {path} (for {users}).")
        else:
            yield Found(
                "tools", "fault", f"{program} is not on PATH (for {users}).", "Install it, or add its folder to PATH."
            )
