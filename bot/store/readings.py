"""What sources said last: the cache that freshness answers from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.recovery_points import Reading
from bot.store.codec import decode, encode
from bot.store.records import ReadingRecord

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.store.transactions import Transactions


class Readings:
    """One reading for each backup of each system: the newest."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def keep(self, reading: Reading) -> None:
        """Replace what was known of this backup."""

        async def work(connection: BaseDBAsyncClient) -> None:
            row_id = f"{reading.system}/{reading.backup}"
            defaults = {"system": reading.system, "text": encode(reading)}
            await ReadingRecord.update_or_create(defaults, id=row_id, using_db=connection)

        await self._transactions.commit(work, "reading")

    async def of(self, system: str) -> list[Reading]:
        """The newest reading of each backup of a system, in the order the runbook declares them."""
        rows = await ReadingRecord.filter(system=system)
        return sorted((decode(Reading, row.text) for row in rows), key=lambda reading: reading.backup)

    async def all(self) -> list[Reading]:
        """Every reading."""
        return [decode(Reading, row.text) for row in await ReadingRecord.all().order_by("id")]
