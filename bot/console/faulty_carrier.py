"""A way to the app that suffers the faults that are on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .delivery import Ack, Outcome
from .faults import FaultKind

if TYPE_CHECKING:
    from .delivery import Carrier, Envelope
    from .faults import Faults
    from .sockets import SocketHub


class FaultyCarrier:
    """Delays, doubles and cuts what another carrier brings."""

    def __init__(self, carrier: Carrier, sockets: SocketHub, faults: Faults) -> None:
        self.carrier = carrier
        self._sockets = sockets
        self._faults = faults
        self._doubles: set[asyncio.Task[Ack]] = set()

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        """Brings an envelope; the person's patience runs while a fault delays it."""
        if self._faults.strikes(FaultKind.DOWN):
            return Ack(Outcome.NOT_CONNECTED)
        try:
            async with asyncio.timeout(seconds):
                if delay := self._faults.strikes(FaultKind.DELAY):
                    await asyncio.sleep(delay.seconds)
                return await self._bring(envelope, seconds)
        except TimeoutError:
            return Ack(Outcome.NO_ACK)

    async def _bring(self, envelope: Envelope, seconds: float) -> Ack:
        if self._faults.strikes(FaultKind.DUPLICATE):
            double = asyncio.create_task(self.carrier.deliver(envelope, seconds), name="double of an envelope")
            self._doubles.add(double)
            double.add_done_callback(self._doubles.discard)
        if not self._faults.strikes(FaultKind.DROP_SOCKET):
            return await self.carrier.deliver(envelope, seconds)
        brought = asyncio.create_task(self.carrier.deliver(envelope, seconds), name="envelope on a breaking socket")
        await asyncio.sleep(0)  # lets it be sent before the cut
        self._sockets.drop()
        return await brought

    async def close(self) -> None:
        """Gives up doubles that nobody acknowledged."""
        for double in list(self._doubles):
            double.cancel()
        await asyncio.gather(*self._doubles, return_exceptions=True)
