"""Seals texts that only the bot may read: with the app's client secret, so that every process of the bot can open them.

Whoever holds the database, or a copy of it, without that secret cannot use a token that stands there.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.errors import BringbackError

_PURPOSE = b"bringback installations v1"
_KEY_BYTES = 32


class CannotOpen(BringbackError):
    """A text was sealed with another secret, or changed."""


class Seal:
    """Seals with a key that is made from `secret`."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(secret.encode())
        self._box = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, text: str) -> str:
        """The sealed text: printable, and another one each time."""
        return self._box.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text. Raises CannotOpen."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise CannotOpen(
                "The token of a workspace cannot be read: SLACK_CLIENT_SECRET has changed since it was kept.",
                "Install the app there again, at /slack/install.",
            ) from None
