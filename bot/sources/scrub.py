"""Takes secrets out of what tools say, before anybody sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HIDDEN = "***"
_SECRET_NAME = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]*:[^/\s]*@")
_ASSIGNED = re.compile(
    r"""(?ix)
    \b((?:[\w.-]*(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|access[_-]?key|signature|credential)[\w-]*)
    ["']?\s*[=:]\s*)                 # password=, X-Amz-Signature=, "secret_key": ...
    ("[^"]*"|'[^']*'|[^\s,;&'"]+)
    """
)
_HEADER = re.compile(r"(?i)\b((?:basic|bearer)\s+)[A-Za-z0-9+/=._~-]{6,}")
_SHORTEST = 4  # a shorter value stands in innocent words too


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables whose names say that they are secret."""
    return tuple(value for name, value in environment.items() if _SECRET_NAME.search(name))


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the given secrets, passwords in addresses, and values assigned to secret names."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    text = _USER_INFO.sub(f"{HIDDEN}@", text)
    text = _HEADER.sub(rf"\1{HIDDEN}", text)
    return _ASSIGNED.sub(rf"\1{HIDDEN}", text)
