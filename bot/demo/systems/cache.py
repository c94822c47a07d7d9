"""cache: valkey, with the customers' sessions. What it holds reaches the disk as dump.rdb, at every backup."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from typing import TYPE_CHECKING

from bot.demo import sessions
from bot.demo.errors import DemoError, SystemSilent
from bot.demo.record import Instance
from bot.demo.samples import Sample, sample_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.demo.systems.port import Ground

_SESSIONS = 40_000
_AT_ONCE = 5_000  # while a script runs, nobody else is answered
_FURNISH = "for n = ARGV[1], ARGV[2] do server.call('set', 'session:' .. n, server.sha1hex(n) .. n) end"
_CANARY = "canary"
_START_SECONDS = 20.0
_POLL_SECONDS = 0.02


class Cache:
    """Every canary replaces the key `canary` and signs one more customer in."""

    name = "cache"
    depends_on: tuple[str, ...] = ()

    def __init__(self, first_sessions: int = _SESSIONS) -> None:
        self._first_sessions = first_sessions

    def furnish(self, ground: Ground, data: Path) -> None:
        """Signs the first customers in, on a server that saves them and is ended again."""
        instance = Instance(self.name, str(data), ground.ports[self.name], live=True)
        quiet = subprocess.DEVNULL
        with subprocess.Popen(self.command(ground, instance), stdin=quiet, stdout=quiet, stderr=quiet) as server:
            try:
                _wait_until_it_answers(instance.port)
                with sessions.connection(instance.port) as client:
                    for first in range(1, self._first_sessions + 1, _AT_ONCE):
                        client.eval(_FURNISH, 0, first, min(first + _AT_ONCE - 1, self._first_sessions))
                sessions.save(instance.port)
            except SystemSilent as silence:
                raise DemoError(f"cache could not be made: {silence}") from silence
            finally:
                server.terminate()

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Nothing: the server reads dump.rdb as it is, and refuses a damaged one."""

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The server. It saves when it is told to, by the backup job, and when it is ended gently."""
        del ground
        place = ("--bind", "127.0.0.1", "--port", str(instance.port), "--dir", instance.target)
        saving = ("--save", "", "--shutdown-on-sigterm", "save", "--appendonly", "no")
        return (str(sessions.server()), *place, *saving)

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it has read its keys and answers."""
        del ground
        await asyncio.to_thread(sessions.count, instance.port)
        return True

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Writes canary and session in one transaction. They are in memory then; the next backup puts them on disk."""
        del ground
        canary = json.dumps(Sample(token, at, {}).as_json())

        def put() -> int:
            with sessions.connection(instance.port) as client, client.pipeline(transaction=True) as together:
                together.set(_CANARY, canary)
                together.set(f"session:{token}", canary)
                together.dbsize()
                return int(together.execute()[-1])

        return {"keys": await asyncio.to_thread(put)}

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """Reads the canary, and counts the keys in the same moment."""
        del ground

        def look() -> tuple[bytes | None, int]:
            with sessions.connection(instance.port) as client, client.pipeline(transaction=True) as together:
                together.get(_CANARY)
                together.dbsize()
                canary, keys = together.execute()
                return canary, int(keys)

        canary, keys = await asyncio.to_thread(look)
        if canary is None:
            raise SystemSilent(f"cache on port {instance.port} holds no canary")
        newest = sample_from_json(json.loads(canary))
        return Sample(newest.token, newest.written_at, {"keys": keys})


def _wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            sessions.count(port)
        except SystemSilent:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return
