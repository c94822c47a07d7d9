"""Runs attempts on this machine, detached: they outlive the bot, and the bot can find them again."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runners.attempt import Attempt, Identity, Observation, Sight, make_private, parse_moment
from bot.runners.processes import Processes, start_time

if TYPE_CHECKING:
    from collections.abc import Mapping

SHELL = "/bin/sh"

WRAPPER = """\
cd "$1" || exit 1
command -p mkdir claimed 2>/dev/null || exit 0
read -r bringback_stat < /proc/$$/stat
read -r bringback_boot < /proc/sys/kernel/random/boot_id
printf '%s\\n%s\\n%s\\n%s\\n' "$$" "$bringback_stat" "$bringback_boot" "$(command -p date +%s.%N)" > began.tmp \\
  && command -p mv began.tmp began || exit 1
command -p mkdir entered 2>/dev/null || exit 0
( cd "$2" && exec $3 "$1/script" ) < /dev/null > output 2>&1
bringback_code=$?
printf '%s\\n%s\\n' "$bringback_code" "$(command -p date +%s.%N)" > end.tmp && command -p mv end.tmp end
"""
"""What surrounds a command. `command -p` and the long names: nothing of the command's environment reaches into it."""

GIVEN_UP = "given-up"

_DEFAULT_SIGNALS = tuple(getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ") if hasattr(signal, name))
"""Python ignores these; a command expects them as the system has them."""


class ShellRunner:
    """The runner of site `local`. Its commands get `process_environment`, and over it what their attempt says."""

    def __init__(self, process_environment: Mapping[str, str], processes: Processes | None = None) -> None:
        self._base = dict(process_environment)
        self._processes = processes or Processes()
        self._started: dict[Path, int] = {}

    def start(self, attempt: Attempt) -> None:
        """Write the attempt's files and start its wrapper in a session of its own. Raises OSError and ValueError."""
        make_private(attempt.directory)
        _write_whole(attempt.directory / "script", attempt.script)
        cwd = attempt.cwd or str(attempt.directory)
        # Not subprocess: its objects complain when they are let go while their process lives on, as ours must.
        self._started[attempt.directory] = os.posix_spawn(
            SHELL,
            ["sh", "-c", WRAPPER, "bringback", str(attempt.directory), cwd, interpreter_line(attempt.interpreter)],
            {**self._base, **attempt.environment},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
            setsigdef=_DEFAULT_SIGNALS,
        )

    def give_up(self, attempt: Attempt) -> bool:
        """Claim an attempt that nobody began, so that it never will. False: somebody claimed it before."""
        make_private(attempt.directory)
        try:
            (attempt.directory / "claimed").mkdir()
        except FileExistsError:
            return False
        (attempt.directory / GIVEN_UP).touch()
        return True

    def call_off(self, attempt: Attempt) -> bool:
        """Shut the last door before the command of a claimed attempt. False: it has passed."""
        try:
            (attempt.directory / "entered").mkdir()
        except FileExistsError:
            return False
        (attempt.directory / GIVEN_UP).touch()
        return True

    def look(self, attempt: Attempt) -> Observation:
        """What can be known of it now."""
        self._reap(attempt.directory)
        if (attempt.directory / GIVEN_UP).exists():
            return Observation(Sight.GIVEN_UP)
        if not (attempt.directory / "claimed").exists():
            return Observation(Sight.UNCLAIMED)
        began = _lines(attempt.directory / "began")
        if len(began) < 4:  # noqa: PLR2004 - pid, stat, boot id, time
            return Observation(Sight.CLAIMED)
        identity = Identity(int(began[0]), start_time(began[1]), began[2])
        began_at = parse_moment(began[3])
        # The process first, then the end: a process seen gone has written its end before, if it ever will.
        alive = self._processes.is_alive(identity)
        end = _lines(attempt.directory / "end")
        if len(end) == 2:  # noqa: PLR2004 - exit code, time
            return Observation(Sight.ENDED, began_at, parse_moment(end[1]), int(end[0]), identity)
        # Without its wrapper a command may still be at work.
        running = alive or self._processes.left_in_session(identity)
        return Observation(Sight.RUNNING if running else Sight.VANISHED, began_at, identity=identity)

    def kill(self, identity: Identity, *, hard: bool) -> None:
        """End the attempt and all that it started in its session: ask (SIGTERM), or make it (SIGKILL)."""
        self._processes.end_session(identity, hard=hard)

    def boot(self) -> str:
        """What changes when the machine starts anew."""
        return self._processes.boot()

    def _reap(self, directory: Path) -> None:
        pid = self._started.get(directory)
        if pid is None:
            return
        try:
            ended, _ = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            del self._started[directory]


def interpreter_line(name: str) -> str:
    """The program, and the flags that make the first failing line the end of a shell script."""
    known = {"": "sh -eu", "sh": "sh -eu", "shell": "sh -eu", "bash": "bash -eu -o pipefail", "python": "python3"}
    return known.get(name, name)


def _write_whole(path: Path, text: str) -> None:
    # Under another name first: a shell never reads half of it.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as stream:
        stream.write(text.encode(errors="surrogateescape"))
    Path(stream.name).replace(path)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
