"""A person attaches a file to a recovery: a screenshot, a log, what a vendor sent. The ledger keeps its digest."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.access import Right, require
from bot.domain.errors import BringbackError, UnknownName
from bot.domain.events import EventKind, make_event
from bot.runbook.harmless import prose
from bot.runners.attempt import make_private

if TYPE_CHECKING:
    from bot.domain.events import Actor
    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk

MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 200
"""Characters of a file's name that are kept, its ending among them."""


async def attach_file(
    desk: Desk, recovery: str, actor: Actor, name: str, data: bytes, *, unit: str = "", step: str = ""
) -> RecoveryState:
    """Keep a file with a recovery, or with a unit or a step of it. Its name is what the person's machine calls it.

    Raises BringbackError for an empty or too large one, UnknownName, NotAllowed.
    """
    state = await desk.store.recoveries.state(recovery)
    require(desk.policy, actor, Right.ANSWER)
    _refuse_unknown(state, unit, step)
    shown = safe_name(name)
    if not data:
        raise BringbackError(f"{shown} is empty.", "Attach a file that holds something.")
    refuse_large(shown, len(data))
    digest = hashlib.sha256(data).hexdigest()
    try:
        await asyncio.to_thread(_keep, _folder(desk), digest, data)
    except OSError as error:
        what = f"{shown} cannot be kept in {desk.attachments}: {error.strerror}."
        raise BringbackError(what, "Make room there, or mend its permissions.") from error
    now = desk.clock.now()
    about = {
        "name": shown,
        "size": len(data),
        "digest": digest,
        "media_type": mimetypes.guess_type(shown)[0] or "application/octet-stream",
        "about": "/".join(part for part in (unit, step) if part),
    }
    extra = f"{actor.id}/{now.isoformat()}/{digest}"
    await desk.store.ledger.append(
        [make_event(recovery, EventKind.ATTACHED, now, actor=actor, data=about, extra=extra)]
    )
    return await desk.store.recoveries.state(recovery)


async def attachment(desk: Desk, recovery: str, digest: str) -> tuple[str, bytes]:
    """The name and the bytes of an attached file, as they were attached.

    Raises UnknownName, and BringbackError where the file is gone or is another one by now.
    """
    state = await desk.store.recoveries.state(recovery)
    known = {one.digest: one.name for one in state.attachments}
    if digest not in known:
        raise UnknownName(f"attachment of {recovery}", digest, [*known])
    try:
        data = await asyncio.to_thread((_folder(desk) / digest).read_bytes)
    except OSError as error:
        helps = f"It lay at {_folder(desk) / digest}."
        raise BringbackError(f"{known[digest]} cannot be read: {error.strerror}.", helps) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise BringbackError(f"{known[digest]} is not the file that was attached: it was changed on disk.")
    return known[digest], data


def refuse_large(name: str, size: int) -> None:
    """Raises BringbackError for a file of more bytes than are kept: also before anybody fetches it."""
    if size > MOST_BYTES:
        what = f"{safe_name(name)} has {size / 1024 / 1024:.0f} MB, more than {MOST_BYTES // 1024 // 1024}."
        raise BringbackError(what, "Attach a part of it, or note where it lies.")


def safe_name(name: str) -> str:
    """A file's name as it may be shown and saved: no path, no invisible characters, not too long."""
    plain = " ".join(prose(name).replace("\\", "/").rpartition("/")[2].split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME and dot and len(ending) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:LONGEST_NAME] or "unnamed"


def _refuse_unknown(state: RecoveryState, unit: str, step: str) -> None:
    if unit and unit not in state.units:
        raise UnknownName(f"system in {state.plan.recovery}", unit, [*state.units])
    if step and (not unit or step not in state.units[unit].steps):
        raise UnknownName(f"step of {unit or 'no system'}", step, [*state.units[unit].steps] if unit else [])


def _folder(desk: Desk) -> Path:
    if desk.attachments is None:
        raise BringbackError("There is no folder for attachments here.", "Attach it where the bot runs.")
    return desk.attachments


def _keep(folder: Path, digest: str, data: bytes) -> None:
    """Write it under its digest, for this user alone; what is there already is the same."""
    make_private(folder)
    place = folder / digest
    if place.is_file():
        return
    handle, half = tempfile.mkstemp(dir=folder, prefix=".")  # 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(half).replace(place)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
