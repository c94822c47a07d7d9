"""Processes of this machine: which one it is, whether it still runs, and who else runs in its session."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.runners.attempt import Identity

PROC = Path("/proc")
GONE = frozenset({"Z", "X", ""})
"""States of proc(5) in which a process runs no more: a zombie that nobody reaped, a dead one, none at all."""

ROUNDS = 5
"""How often a session is looked through again for processes that were forked while it was being killed."""


def boot_id() -> str:
    """What changes when the machine starts anew; empty where the system does not tell."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def start_time(stat: str) -> str:
    """When a process started, in ticks since the boot, from its line of /proc/PID/stat; empty when that is no line."""
    # Field 22 of proc(5)'s stat; the name in brackets, which may hold spaces, and what stands before it are cut off.
    fields = _fields(stat)
    return fields[19] if len(fields) > 19 else ""  # noqa: PLR2004 - see above


def is_alive(identity: Identity) -> bool:
    """Whether exactly that process still runs; one that has ended and was not reaped counts as gone."""
    if identity.boot != boot_id():
        return False
    if not _tells_processes():
        return _answers_signal(identity.pid)
    stat = _stat(identity.pid)
    return start_time(stat) == identity.started and _fields(stat)[0] not in GONE


def left_in_session(identity: Identity) -> list[int]:
    """Ids of what still runs in the session that this process began: itself, and all it started there."""
    if identity.boot != boot_id():
        return []
    if not _tells_processes():
        return [identity.pid] if _answers_signal(-identity.pid) else []
    leader = _stat(identity.pid)
    if leader and start_time(leader) != identity.started:
        return []  # the number stands for another process now, which it could not while anybody was left
    numbers = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return [number for number in numbers if _session(_stat(number)) == identity.pid]


def end_session(identity: Identity, *, hard: bool) -> None:
    """End all that runs in the session: ask (SIGTERM), or make it (SIGKILL)."""
    if not hard:
        _signal(left_in_session(identity), signal.SIGTERM)
        return
    for _ in range(ROUNDS):
        left = left_in_session(identity)
        if not left:
            return
        _signal(left, signal.SIGKILL)


def _signal(numbers: list[int], number: signal.Signals) -> None:
    for pid in numbers:
        try:
            os.kill(pid if _tells_processes() else -pid, number)
        except ProcessLookupError:
            continue


def _session(stat: str) -> int:
    """The session of a process that still runs; 0 for any other."""
    fields = _fields(stat)
    return int(fields[3]) if fields[0] not in GONE else 0


def _stat(pid: int) -> str:
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _fields(stat: str) -> list[str]:
    return stat.rpartition(")")[2].split() or [""]


def _tells_processes() -> bool:
    return (PROC / "self/stat").exists()


def _answers_signal(number: int) -> bool:
    # Where there is no /proc: macOS. A negative number stands for a process group.
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
