"""Addresses of reviews that carry their own permission: signed, and good until they expire."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from bot.domain.errors import SettingsError

if TYPE_CHECKING:
    from bot.domain.clock import Clock

LASTS = timedelta(days=7)
SHORTEST_SECRET = 32  # characters
_DAY = timedelta(days=1)
_PURPOSE = b"bringback review v1"


class LinkFault(StrEnum):
    """Why an address gives no access."""

    EXPIRED = "expired"  # it was good once
    WRONG = "wrong"  # its signature is not ours, or it was changed


class ReviewLinks:
    """Makes and checks addresses of reviews."""

    def __init__(self, secret: str, clock: Clock, lasts: timedelta = LASTS) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._lasts = lasts

    def path(self, recovery: str) -> str:
        """The path and query of a review, good for `lasts` and up to a day longer.

        All addresses of one day are the same, so that a message which shows one does not change each time.
        """
        until = self._clock.now() + self._lasts
        midnight = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        expires = str(int(midnight.timestamp()))
        query = urlencode({"expires": expires, "signature": self._sign(recovery, expires)})
        return f"/reviews/{quote(recovery, safe='')}?{query}"

    def fault(self, recovery: str, expires: str, signature: str) -> LinkFault | None:
        """Why this address gives no access to this review; None when it does."""
        expected = self._sign(recovery, expires)
        if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            return LinkFault.WRONG
        # Only what we signed comes this far, so it is a number.
        return LinkFault.EXPIRED if self._clock.now() >= datetime.fromtimestamp(int(expires), UTC) else None

    def _sign(self, recovery: str, expires: str) -> str:
        message = b"\0".join([_PURPOSE, recovery.encode(errors="replace"), expires.encode(errors="replace")])
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


def read_or_make_secret(path: Path) -> str:
    """The secret that addresses are signed with, kept in a file that only its owner may read; made at first use.

    Raises SettingsError when others may read the file, or when it holds too little.
    """
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise SettingsError([f"{path} signs the addresses of reviews and others may open it: chmod 600 {path}."])
    secret = path.read_text(encoding="ascii", errors="replace").strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsError([f"{path} holds no whole secret: remove it, and a new one is made."])
    return secret


def _make(path: Path) -> None:
    """Write a whole secret, or none: a crash in between leaves no half, and of two makers one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # opened with mode 0600
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            _ = file.write(f"{secrets.token_hex(SHORTEST_SECRET)}\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()
