"""Fetches what a person put into a form. The token goes only to the server of the Web API, and to hosts below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import BringbackError
from bot.slack.client import error_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

SECONDS = 60.0
PIECE = 64 * 1024
OK = 200
SCOPE = "The app needs the scope files:read: install it again from its manifest."


async def download(client: AsyncWebClient, session: aiohttp.ClientSession, file: Mapping[str, Any], most: int) -> bytes:
    """The bytes of a file as a form names it, at most `most` of them. Raises BringbackError."""
    name = str(file.get("name") or "The file")
    url = await _address(client, file, name)
    headers = {"Authorization": f"Bearer {await _token(client)}"}
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    try:
        # A redirect leads to a page that asks people to sign in.
        async with session.get(
            url, headers=headers, proxy=client.proxy, timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != OK:
                raise BringbackError(f"{name} was not given out (status {answer.status}).", SCOPE)
            data = await _read(answer, most, name)
    except (aiohttp.ClientError, TimeoutError, OSError) as lost:
        what = f"{name} could not be fetched: {type(lost).__name__} {lost}".strip()
        raise BringbackError(f"{what}.", "Attach it once more.") from lost
    size = file.get("size")
    if isinstance(size, int) and size != len(data):
        raise BringbackError(f"{name} came with {len(data)} bytes instead of {size}.", SCOPE)
    return data


async def _read(answer: aiohttp.ClientResponse, most: int, name: str) -> bytes:
    pieces = []
    size = 0
    async for piece in answer.content.iter_chunked(PIECE):
        size += len(piece)
        if size > most:
            raise BringbackError(f"{name} is larger than {most // 1024 // 1024} MB.", "Attach a part of it.")
        pieces.append(piece)
    return b"".join(pieces)


async def _address(client: AsyncWebClient, file: Mapping[str, Any], name: str) -> str:
    url = file.get("url_private_download") or file.get("url_private")
    if not url:  # a file of another organisation is only named in what is sent
        try:
            known = (await client.files_info(file=str(file.get("id", "")))).get("file") or {}
        except SlackApiError as refused:
            raise BringbackError(f"{name} cannot be seen: {error_of(refused)}.", SCOPE) from refused
        url = known.get("url_private_download") or known.get("url_private") or ""
    if not may_have_token(str(url), client.base_url):
        raise BringbackError(f"{name} lies on a server that is not the workspace's.", "Upload it here.")
    return str(url)


def may_have_token(url: str, api_url: str) -> bool:
    """Whether the bot's token may be sent there: to the Web API's own server, or over TLS to a host below its name."""
    try:
        there, api = urlsplit(url), urlsplit(api_url)
        same = (there.scheme, there.hostname, there.port) == (api.scheme, api.hostname, api.port)
        secure = there.scheme == "https" and there.port in {None, 443}
    except ValueError:  # no address at all
        return False
    below = secure and bool(api.hostname) and (there.hostname or "").endswith(f".{api.hostname}")
    return bool(there.hostname) and (same or below) and there.username is None


async def _token(client: AsyncWebClient) -> str:
    routing = getattr(client, "routing", None)  # of an app that many workspaces installed
    return str(await routing.token_for({}) if routing else client.token or "")
