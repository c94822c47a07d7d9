"""The way to the bot: read its state, call the process that holds it, or become that process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.errors import NotHolder
from bot.web.control_socket import somebody_listens
from bot.web.control_verbs import DirectVerbs, Verbs, verbs_by_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings

_PATIENCE_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.1


class Access(StrEnum):
    """What a subcommand does to the state."""

    READ = "read"  # needs no running bot, and hinders none
    WRITE = "write"  # through the process that holds the state, or by holding it for a moment
    CARRY = "carry"  # through the process that holds the state, or by becoming the bot that carries recoveries on


@asynccontextmanager
async def open_verbs(settings: Settings, access: Access, login: str) -> AsyncIterator[Verbs]:
    """The verbs. Raises NotHolder when another process holds the state and cannot be called."""
    async with AsyncExitStack() as stack:
        if access is Access.READ:
            yield await _read(stack, settings, login)
        elif await _somebody_listens(settings):
            yield await _call(stack, settings)
        else:
            yield await _hold(stack, settings, access, login)


async def _read(stack: AsyncExitStack, settings: Settings, login: str) -> Verbs:
    from bot.app_desk import open_reader  # noqa: PLC0415 - the database takes a while to import

    return DirectVerbs(await stack.enter_async_context(open_reader(settings)), login)


async def _call(stack: AsyncExitStack, settings: Settings) -> Verbs:
    from bot.web.control_client import SocketVerbs  # noqa: PLC0415 - HTTP takes a while to import
    from bot.web.control_table import OPERATIONS  # noqa: PLC0415 - so do all operations

    return await stack.enter_async_context(SocketVerbs(settings.control_socket, verbs_by_name(OPERATIONS)))


async def _hold(stack: AsyncExitStack, settings: Settings, access: Access, login: str) -> Verbs:
    try:
        if access is Access.WRITE:
            from bot.app_desk import open_writer  # noqa: PLC0415 - the database takes a while to import

            desk = await stack.enter_async_context(open_writer(settings))
        else:
            from bot.app import open_bot  # noqa: PLC0415 - the engine takes half a second to import

            desk = (await stack.enter_async_context(open_bot(settings, surfaces=False))).desk
    except NotHolder:
        # A bot that is starting, or stopping, holds the state a moment without listening.
        if not await _listens_soon(settings):
            raise
        return await _call(stack, settings)
    return DirectVerbs(desk, login, holds=True)


async def _listens_soon(settings: Settings) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                if await _somebody_listens(settings):
                    return True
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return False


async def _somebody_listens(settings: Settings) -> bool:
    return await asyncio.to_thread(somebody_listens, settings.control_socket)
