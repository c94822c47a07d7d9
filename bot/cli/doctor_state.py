"""What `bringback doctor` finds in the folder of the bot's state, and of the bot that holds it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from bot.domain.checkup import Found, Health
from bot.domain.errors import BringbackError
from bot.web.control_socket import somebody_listens

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings

LITTLE_BYTES = 1_000_000_000
TOO_LITTLE_BYTES = 100_000_000


def state(settings: Settings) -> list[Found]:
    """Whether the folder can be used, and has room."""
    folder = settings.state_dir
    if not folder.exists():
        new = Found("state", Health.OK, f"{folder} is not there yet: the first start makes it.")
        return [new, _room(folder)]
    if not os.access(folder, os.W_OK | os.X_OK):
        helps = "Give it to the login that runs the bot."
        return [Found("state", Health.FAULT, f"{folder} cannot be written by this login.", helps)]
    if folder.stat().st_mode & 0o077:
        return [
            Found("state", Health.WARNING, f"{folder} can be read by others.", f"chmod 700 {folder}"),
            _room(folder),
        ]
    return [_room(folder)]


def running(settings: Settings) -> list[Found]:
    """Whether a bot holds the state."""
    if not settings.state_dir.exists():
        return []
    try:
        runs = somebody_listens(settings.control_socket)
    except BringbackError as error:
        return [Found("bot", Health.WARNING, error.what, error.helps)]
    return [Found("bot", Health.OK, "A bot holds this state." if runs else "No bot runs on this state.")]


def _room(folder: Path) -> Found:
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return Found("state", Health.UNKNOWN, f"The room at {there} cannot be seen: {error.strerror}.")
    said = f"{free / 1e9:.1f} GB are free at {there}."
    if free < TOO_LITTLE_BYTES:
        return Found(
            "state", Health.FAULT, said, "Make room: without it the ledger takes no entry, and nothing starts."
        )
    if free < LITTLE_BYTES:
        return Found("state", Health.WARNING, said, "Make room before an outage needs it.")
    return Found("state", Health.OK, said)
