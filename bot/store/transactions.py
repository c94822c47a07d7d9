"""Transactions that are tried again as a whole when two writers met."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tortoise.backends.base.client import BaseDBAsyncClient

T = TypeVar("T")

TRIES = 20


class Transactions:
    """Commits work. `reach` is called at named crash points, before and after each commit."""

    def __init__(self, reach: Callable[[str], None]) -> None:
        self._reach = reach

    async def commit(self, work: Callable[[BaseDBAsyncClient], Awaitable[T]], point: str = "commit") -> T:
        """The work's result, committed. Work must await nothing but the database, and is run again on a conflict."""
        for tries_left in reversed(range(TRIES)):
            try:
                async with in_transaction() as connection:
                    result = await work(connection)
                    self._reach(f"before {point}")
            except (IntegrityError, OperationalError):
                if not tries_left:
                    raise
            else:
                self._reach(f"after {point}")
                return result
        raise AssertionError  # pragma: no cover - the last try returns or raises
