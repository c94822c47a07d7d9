"""The secrets of one workspace, made at its first start and kept in a file that only its owner can read.

A login token is good once and for 15 minutes. It is signed, not stored, so that another process of the same owner
(the demo, a person with a shell) can make one while the server runs. What it is exchanged for, a session cookie, is
signed likewise.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LOGIN_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=30)
FILE_NAME = "tokens.json"


@dataclass(frozen=True, slots=True)
class Tokens:
    """``bot`` and ``app`` are for the app (xoxb, xapp); ``secret`` signs logins and sessions; ``instance`` names the
    cookie, because browsers share cookies between the ports of one host.
    """

    bot: str
    app: str
    signing_secret: str
    secret: str
    instance: str

    def mint_login(self, now: datetime, person: str = "") -> str:
        """A fresh login token, for whoever opens the link or for one person."""
        return self._signed("login", now + LOGIN_LIFE, person)

    def mint_session(self, now: datetime, person: str = "") -> str:
        """A fresh value for the session cookie, of anybody or of one person."""
        return self._signed("session", now + SESSION_LIFE, person)

    def reads_login(self, token: str, now: datetime) -> bool:
        """Whether the token was made here and is not too old. Whether it was used is for the caller to know."""
        return self._holds("login", token, now)

    def reads_session(self, value: str, now: datetime) -> bool:
        """Whether the cookie was made here and is not too old."""
        return self._holds("session", value, now)

    def csrf_for(self, session: str) -> str:
        """The token that each form of this session carries."""
        return self._signature("csrf", session)

    def _signed(self, purpose: str, until: datetime, person: str) -> str:
        whose = f".{person}" if person else ""
        body = f"{secrets.token_urlsafe(18)}{whose}.{int(until.timestamp())}"
        return f"{body}.{self._signature(purpose, body)}"

    def _holds(self, purpose: str, token: str, now: datetime) -> bool:
        body, _, signature = token.rpartition(".")
        if not token.isprintable():  # bytes that are no text
            return False
        if not hmac.compare_digest(signature.encode(), self._signature(purpose, body).encode()):
            return False
        return int(body.rpartition(".")[2]) >= now.timestamp()

    def _signature(self, purpose: str, body: str) -> str:
        return hmac.new(self.secret.encode(), f"{purpose}:{body}".encode(), hashlib.sha256).hexdigest()


def person_of(token: str) -> str:
    """Whom a login token or a session is for, by id; empty for anybody. Only of one that was made here."""
    return ".".join(token.split(".")[1:-2])


def load_tokens(folder: Path) -> Tokens:
    """The tokens of the workspace in this folder; made, and the folder with them, when there are none yet."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE_NAME
    if path.exists():
        return Tokens(**json.loads(path.read_text(encoding="utf-8")))
    tokens = Tokens(
        bot=f"xoxb-{secrets.token_hex(16)}",
        app=f"xapp-1-{secrets.token_hex(16)}",
        signing_secret=secrets.token_hex(16),
        secret=secrets.token_hex(32),
        instance=secrets.token_hex(4),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(tokens), file, indent=1)
    return tokens
