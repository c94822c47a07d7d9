"""What every system can do, and the small things that they share."""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.demo.errors import SystemSilent
from bot.demo.layout import Layout

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.demo.record import Instance
    from bot.demo.samples import Sample

ZONE = "estate.test"
ANSWER_SECONDS = 10.0
_MARKUP = re.compile(r"<[^>]*>")  # a page may come instead of a sentence


@dataclass(frozen=True, slots=True)
class Ground:
    """Where an estate stands: its folders, and the ports of its live systems by name."""

    layout: Layout
    ports: Mapping[str, int]


class System(Protocol):
    """One system of the estate. Its methods raise SystemSilent when it does not answer as it should."""

    name: str
    depends_on: tuple[str, ...]

    def furnish(self, ground: Ground, data: Path) -> None:
        """Makes the first data, in an empty folder. Called once in the life of an estate; may take seconds."""
        ...

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Makes restored or old data fit to be started: owners, modes, this estate's ports."""
        ...

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The program that serves the instance."""
        ...

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it answers by now."""
        ...

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Writes a canary, waits until it is durable and served, and returns the counts beside it."""
        ...

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """The newest canary that the running instance holds, with counts that it counted just now."""
        ...


async def http(
    method: str, port: int, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None
) -> bytes:
    """One HTTP exchange with a system on loopback. Raises SystemSilent unless the answer is 2xx."""
    url = f"http://127.0.0.1:{port}{path}"
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))

    def exchange() -> bytes:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - http only
            content: bytes = answer.read()
            return content

    try:
        return await asyncio.to_thread(exchange)
    except urllib.error.HTTPError as refusal:
        said = " ".join(_MARKUP.sub(" ", refusal.read().decode(errors="replace")).split())
        raise SystemSilent(f"{method} {url} answered {refusal.code}: {said}") from refusal
    except OSError as silence:
        raise SystemSilent(f"{method} {url}: {silence}") from silence


def pseudo_random(name: str, size: int) -> bytes:
    """Bytes that do not compress, the same for the same name."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    return random.Random(seed).randbytes(size)  # noqa: S311 - filler, not a secret
