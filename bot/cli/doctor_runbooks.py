"""What `bringback doctor` finds of the runbooks, the policy, and the programs that the runbooks' sources need."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bot.cli.safe_text import counted
from bot.domain.checkup import Found, Health
from bot.domain.errors import BringbackError
from bot.web.control_verbs import actor_of

if TYPE_CHECKING:
    from bot.runbook.library import Library
    from bot.settings import Settings

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


def runbooks(library: Library) -> list[Found]:
    """Every fault of the runbooks; how many there are when there is none."""
    faults = [fault for fault in library.faults if fault.severity == "fault"]
    if faults:
        return [Found("runbooks", Health.FAULT, str(fault)) for fault in faults]
    systems = sum(book.system is not None for book in library.runbooks)
    what = f"{counted(len(library.runbooks), 'runbook')} here, {counted(systems, 'system')} declared."
    return [Found("runbooks", Health.OK, what)]


def policy(library: Library, login: str) -> list[Found]:
    """Whether there is a policy, and whom it knows this login as."""
    if library.policy is None:
        helps = "Write policy.yaml beside the runbooks: without it nobody may do anything."
        return [Found("policy", Health.FAULT, "There is no usable policy.yaml.", helps)]
    try:
        actor = actor_of(library.policy, login)
    except BringbackError as error:
        return [Found("policy", Health.WARNING, error.what, error.helps)]
    return [Found("policy", Health.OK, f"You are {actor.name} ({actor.id}), by the login {login}.")]


def tools(library: Library, settings: Settings) -> list[Found]:
    """Whether each program is there that a source calls."""
    wanted: dict[str, list[str]] = {}
    for book in library.runbooks:
        for backup in book.system.backups if book.system else ():
            for program in TOOLS.get(backup.tool, ()):
                wanted.setdefault(program, []).append(book.system.name if book.system else "")
    return [_tool(program, sorted(set(systems)), settings) for program, systems in sorted(wanted.items())]


def _tool(program: str, systems: list[str], settings: Settings) -> Found:
    path = shutil.which(program, path=settings.environment.get("PATH"))
    users = ", ".join(systems)
    if path:
        return Found("tools", Health.OK, f"{program} is {path} (for {users}).")
    helps = "Install it, or add its folder to PATH."
    return Found("tools", Health.FAULT, f"{program} is not on PATH (for {users}).", helps)
