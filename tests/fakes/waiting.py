"""Waiting for a state, with a deadline."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


async def eventually(holds: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What `holds` gives, once that is true; a coroutine function is awaited. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            found = holds()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.02)
