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


class Processes:
    """The processes that a system lists in `proc`; where it lists none (macOS), they are asked by signal."""

    def __init__(self, proc: Path = PROC) -> None:
        self._proc = proc

    def boot(self) -> str:
        """What changes when the machine starts anew; empty where the system does not tell."""
        try:
            return (self._proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def is_alive(self, identity: Identity) -> bool:
        """Whether exactly that process still runs; one that has ended and was not reaped counts as gone."""
        if identity.boot != self.boot():
            return False
        if not self._lists():
            return _answers(identity.pid)
        stat = self._stat(identity.pid)
        return start_time(stat) == identity.started and _fields(stat)[0] not in GONE

    def left_in_session(self, identity: Identity) -> list[int]:
        """Ids of what still runs in the session that this process began: itself, and all it started there."""
        if identity.boot != self.boot():
            return []
        if not self._lists():
            # A negative number stands for a process group.
            return [-identity.pid] if _answers(-identity.pid) else []
        leader = self._stat(identity.pid)
        if leader and start_time(leader) != identity.started:
            return []  # the number stands for another process now, which it could not while anybody was left
        numbers = (int(entry.name) for entry in self._proc.iterdir() if entry.name.isdigit())
        return [number for number in numbers if _session(self._stat(number)) == identity.pid]

    def end_session(self, identity: Identity, *, hard: bool) -> None:
        """End all that runs in the session: ask (SIGTERM), or make it (SIGKILL)."""
        for _ in range(ROUNDS if hard else 1):
            for number in self.left_in_session(identity):
                _signal(number, signal.SIGKILL if hard else signal.SIGTERM)

    def _stat(self, pid: int) -> str:
        try:
            return (self._proc / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""

    def _lists(self) -> bool:
        return (self._proc / "self/stat").exists()


def start_time(stat: str) -> str:
    """When a process started, in ticks since the boot, from its line of /proc/PID/stat; empty when that is no line."""
    # Field 22 of proc(5)'s stat; the name in brackets, which may hold spaces, and what stands before it are cut off.
    fields = _fields(stat)
    return fields[19] if len(fields) > 19 else ""  # noqa: PLR2004 - see above


def _session(stat: str) -> int:
    """The session of a process that still runs; 0 for any other."""
    fields = _fields(stat)
    return int(fields[3]) if fields[0] not in GONE else 0


def _fields(stat: str) -> list[str]:
    return stat.rpartition(")")[2].split() or [""]


def _signal(number: int, what: signal.Signals) -> None:
    try:
        os.kill(number, what)
    except ProcessLookupError:
        return


def _answers(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
