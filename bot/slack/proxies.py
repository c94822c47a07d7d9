"""Which proxy an address is reached through. The SDK takes one for everything, and does not read NO_PROXY."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECURE = {"https", "wss"}


@dataclass(frozen=True, slots=True)
class Proxies:
    """Proxies by scheme, and where none is used. `never`: names, endings of names and networks, with commas between."""

    https: str = ""
    http: str = ""
    never: str = ""

    def of(self, url: str) -> str | None:
        """The proxy for an address (https, http, wss or ws); None for none, as always for this machine."""
        parts = urlsplit(url)
        secure = parts.scheme in _SECURE
        if is_loopback(url) or self._excludes(parts.hostname or "", parts.port or (443 if secure else 80)):
            return None
        return (self.https if secure else self.http) or None

    def _excludes(self, host: str, port: int) -> bool:
        names = [name.strip().lower() for name in self.never.split(",") if name.strip()]
        return any(_covers(name, host) or _covers(name.removesuffix(f":{port}"), host) for name in names)


def proxies_from(environment: Mapping[str, str]) -> Proxies:
    """What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, in small letters or large. Without the first the second serves."""
    http = _named(environment, "http_proxy")
    return Proxies(_named(environment, "https_proxy") or http, http, _named(environment, "no_proxy"))


def is_loopback(url: str) -> bool:
    """Whether the server is on this machine: the local workspace, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _named(environment: Mapping[str, str], name: str) -> str:
    value = (environment.get(name) or environment.get(name.upper()) or "").strip()
    return value if not value or name == "no_proxy" or "://" in value else f"http://{value}"


def _covers(name: str, host: str) -> bool:
    """Whether an entry of NO_PROXY stands for a host: everything, its name, an ending of it, or its network."""
    ending = name.removeprefix("*").removeprefix(".")
    if name == "*" or (ending and (host == ending or host.endswith(f".{ending}"))):
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
