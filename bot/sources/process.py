"""Runs a backup tool: never through a shell, in its own process group, with a small environment and a time limit."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.sources.scrub import scrub, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LIST_TIMEOUT = timedelta(seconds=15)
OUTPUT_CAP = 32 * 1024 * 1024
_CHUNK = 64 * 1024
_GRACE = timedelta(seconds=5)  # for the operating system to reap what was killed
_INHERITED = (
    *("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_HELPS_CAP = "Keep fewer copies in one place, or give each system a place of its own."
_FIXED = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a tool ended and what it said, with secrets taken out of what it said in its errors."""

    code: int
    stdout: str
    stderr: str


class ToolRunner(Protocol):
    """Runs a tool to its end. Raises SourceFault when it cannot be run, says too much, or takes too long."""

    async def __call__(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: timedelta = LIST_TIMEOUT,  # noqa: ASYNC109 - part of the port: each tool's own limit
    ) -> Outcome:
        """`environment` is added to the runner's own; without `stdin` the tool reads end of file."""
        ...


def small_environment(
    environment: Mapping[str, str], names: Iterable[str] = (), prefixes: Sequence[str] = ()
) -> dict[str, str]:
    """What a tool may see of `environment`: where programs and certificates are, and what was named for it."""
    wanted = {*_INHERITED, *names}
    chosen = {
        name: value
        for name, value in environment.items()
        if name in wanted or (prefixes and name.startswith(tuple(prefixes)))
    }
    return {**chosen, **_FIXED}


class ProcessRunner:
    """Runs tools on this machine. A cancelled or late call kills the whole process group before it returns."""

    def __init__(self, environment: Mapping[str, str], cap: int = OUTPUT_CAP) -> None:
        self._environment = dict(environment)
        self._cap = cap

    async def __call__(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: timedelta = LIST_TIMEOUT,  # noqa: ASYNC109 - part of the port: each tool's own limit
    ) -> Outcome:
        """Run `argv` to its end, with at most `timeout` to do so."""
        full = {**self._environment, **(environment or {})}
        starting = asyncio.create_task(self._start(argv, full, has_input=stdin is not None), name=f"start {argv[0]}")
        try:
            process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # What has been forked cannot be called back: it is ended as soon as it is known, with all it started.
            with suppress(SourceFault):
                process = await starting
                await _end(process)
            raise
        ended = False
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                stdout, stderr = await self._talk(process, stdin)
            ended = True
        except TimeoutError:
            helps = "See whether its repository answers; the limit is meant for listings, not for restores."
            what = f"{argv[0]} gave no answer in {timeout.total_seconds():g} s."
            raise SourceFault(FaultKind.TIMEOUT, what, helps) from None
        finally:
            if not ended:
                await _end(process)
        if stdout is None or stderr is None:
            raise SourceFault(FaultKind.CORRUPT, f"{argv[0]} said more than {self._cap:,} bytes.", _HELPS_CAP)
        assert process.returncode is not None
        said = scrub(stderr.decode(errors="replace"), secrets_in(full))
        return Outcome(process.returncode, stdout.decode(errors="replace"), said)

    async def _start(
        self, argv: Sequence[str], environment: Mapping[str, str], *, has_input: bool
    ) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE if has_input else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=dict(environment),
                start_new_session=True,
            )
        except FileNotFoundError:
            helps = f"Install {argv[0]} on this machine, or put it on the PATH of the bot."
            raise SourceFault(FaultKind.TOOL_MISSING, f"{argv[0]} is not on PATH.", helps) from None
        except PermissionError:
            helps = f"Let the bot's user execute {argv[0]}."
            raise SourceFault(FaultKind.PERMISSION, f"{argv[0]} may not be executed here.", helps) from None
        except OSError as failure:
            raise SourceFault(FaultKind.UNKNOWN, f"{argv[0]} could not be started ({failure.strerror}).") from failure

    async def _talk(
        self, process: asyncio.subprocess.Process, stdin: bytes | None
    ) -> tuple[bytes | None, bytes | None]:
        assert process.stdout is not None
        assert process.stderr is not None
        async with asyncio.TaskGroup() as group:
            heard = group.create_task(self._read(process, process.stdout), name="tool's output")
            complaints = group.create_task(self._read(process, process.stderr), name="tool's errors")
            if process.stdin is not None:
                with suppress(BrokenPipeError, ConnectionResetError):
                    process.stdin.write(stdin or b"")
                    await process.stdin.drain()
                process.stdin.close()
        if heard.result() is None or complaints.result() is None:
            await _end(process)
        await process.wait()
        return heard.result(), complaints.result()

    async def _read(self, process: asyncio.subprocess.Process, stream: asyncio.StreamReader) -> bytes | None:
        """All that the tool says; None when it is more than anybody reads, and then the tool is ended."""
        chunks: list[bytes] = []
        left = self._cap
        while chunk := await stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                _kill(process)
                return None
            chunks.append(chunk)
        return b"".join(chunks)


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group, and wait until its leader is reaped; what it started may outlive the leader."""
    _kill(process)
    # A pipe that holds more than was read is never closed by itself, and until all are, asyncio tells nobody that the
    # process has ended. It offers nothing else to close them with.
    process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    with suppress(TimeoutError):
        async with asyncio.timeout(_GRACE.total_seconds()):
            await process.wait()
