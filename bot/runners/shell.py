"""Runs attempts on this machine, detached: they outlive the bot, and the bot can find them again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runners.attempt import Attempt, Identity, Observation, Sight, parse_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

WRAPPER = """\
cd "$1" || exit 1
mkdir claimed 2>/dev/null || exit 0
read -r stat < /proc/$$/stat 2>/dev/null
read -r boot < /proc/sys/kernel/random/boot_id 2>/dev/null
printf '%s\\n%s\\n%s\\n%s\\n' "$$" "$stat" "$boot" "$(date +%s.%N)" > began.tmp
mv began.tmp began
( cd "$2" && exec $3 "$1/script" ) < /dev/null > output 2>&1
code=$?
printf '%s\\n%s\\n' "$code" "$(date +%s.%N)" > end.tmp
mv end.tmp end
"""

GIVEN_UP = "given-up"


class ShellRunner:
    """The runner of site `local`."""

    def __init__(self, process_environment: Mapping[str, str]) -> None:
        self._base = dict(process_environment)
        self._started: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, attempt: Attempt) -> None:
        """Write the attempt's files and start its wrapper in a session of its own."""
        attempt.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        script = attempt.directory / "script"
        script.write_text(attempt.script, encoding="utf-8", errors="surrogateescape", newline="")
        cwd = attempt.cwd or str(attempt.directory)
        self._started[attempt.directory] = subprocess.Popen(
            ["/bin/sh", "-c", WRAPPER, "bringback", str(attempt.directory), cwd, interpreter_line(attempt.interpreter)],
            env={**self._base, **attempt.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def give_up(self, attempt: Attempt) -> bool:
        """Claim an attempt that nobody began, so that it never will. False: somebody claimed it before."""
        attempt.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            (attempt.directory / "claimed").mkdir()
        except FileExistsError:
            return False
        (attempt.directory / GIVEN_UP).touch()
        return True

    def look(self, attempt: Attempt) -> Observation:
        """What can be known of it now."""
        self._reap(attempt.directory)
        if not (attempt.directory / "claimed").exists():
            return Observation(Sight.UNCLAIMED)
        if (attempt.directory / GIVEN_UP).exists():
            return Observation(Sight.GIVEN_UP)
        began = _lines(attempt.directory / "began")
        if len(began) < 4:  # noqa: PLR2004 - pid, stat, boot id, time
            return Observation(Sight.CLAIMED)
        identity = Identity(int(began[0]), _start_time(began[1]), began[2])
        began_at = parse_moment(began[3])
        # The process first, then the end: a process seen gone has written its end before, if it ever will.
        alive = is_alive(identity)
        end = _lines(attempt.directory / "end")
        if len(end) == 2:  # noqa: PLR2004 - exit code, time
            return Observation(Sight.ENDED, began_at, parse_moment(end[1]), int(end[0]), identity)
        return Observation(Sight.RUNNING if alive else Sight.VANISHED, began_at, identity=identity)

    def kill(self, identity: Identity, *, hard: bool) -> None:
        """End the attempt's process group: ask (SIGTERM), or make it (SIGKILL)."""
        if not is_alive(identity):
            return
        try:
            os.killpg(os.getpgid(identity.pid), signal.SIGKILL if hard else signal.SIGTERM)
        except ProcessLookupError:
            return

    def _reap(self, directory: Path) -> None:
        process = self._started.get(directory)
        if process and process.poll() is not None:
            del self._started[directory]


def interpreter_line(name: str) -> str:
    """The program, and the flags that make the first failing line the end of a shell script."""
    known = {"": "sh -eu", "sh": "sh -eu", "shell": "sh -eu", "bash": "bash -eu -o pipefail", "python": "python3"}
    return known.get(name, name)


def is_alive(identity: Identity) -> bool:
    """Whether exactly that process still runs; one that has ended and was not reaped counts as gone."""
    if identity.boot and identity.boot != _boot():
        return False
    try:
        stat = Path(f"/proc/{identity.pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False if Path("/proc/self/stat").exists() else _answers_signal(identity.pid)
    return _start_time(stat) == identity.started and _state(stat) not in {"Z", "X"}


def tools_missing(names: list[str]) -> list[str]:
    """Which of these tools are not on PATH."""
    return [name for name in names if not shutil.which(name)]


def _answers_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _boot() -> str:
    lines = _lines(Path("/proc/sys/kernel/random/boot_id"))
    return lines[0] if lines else ""


def _state(stat: str) -> str:
    return _fields(stat)[0]


def _start_time(stat: str) -> str:
    # Field 22 of proc(5)'s stat; the name in brackets before it may hold spaces.
    fields = _fields(stat)
    return fields[19] if len(fields) > 19 else ""  # noqa: PLR2004 - field 22, the first two stand before the bracket


def _fields(stat: str) -> list[str]:
    return stat.rpartition(")")[2].split() or [""]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
