"""Free ports on loopback."""

from __future__ import annotations

import random
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Below the range that Linux and macOS give to outgoing connections: a service that is down for a while finds its port
# still free when it comes back.
_FIRST, _LAST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Whether both a TCP and a UDP server could have this port now."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port(taken: Iterable[int] = ()) -> int:
    """A port that is free now and not among `taken`."""
    avoid = set(taken)
    chooser = random.SystemRandom()
    while True:
        port = chooser.randint(_FIRST, _LAST)
        if port not in avoid and is_free(port):
            return port
