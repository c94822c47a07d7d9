"""Who may use the page, and what text can do there: sign-in, forms, foreign hosts, escaping, restarts."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.console.client import ClientError, Desk, sign_in
from bot.console.server import Console, serve

from .conftest import CONFIG, web_client

if TYPE_CHECKING:
    from pathlib import Path

    from slack_sdk.web.async_client import AsyncWebClient

PAGE = "/as/U1RESPONDER/C1INCIDENTS"
EVIL = '"><script>x</script><img src=x onerror=y><a href="javascript:z">'


async def browser(console: Console) -> aiohttp.ClientSession:
    http = aiohttp.ClientSession(console.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    await http.get(console.login_url())
    return http


async def test_login_link_works_once(console: Console) -> None:
    link = console.login_url()
    async with sign_in(link):
        pass
    with pytest.raises(ClientError, match="refused the login link"):
        async with sign_in(link):
            pass


async def test_login_link_is_spent_after_a_restart_too(tmp_path: Path) -> None:
    console = await serve(CONFIG, tmp_path)
    link = console.login_url()
    async with sign_in(link):
        pass
    await console.close()
    console = await serve(CONFIG, tmp_path)
    try:
        with pytest.raises(ClientError, match="refused"):
            async with sign_in(console.url + link[link.index("/login") :]):
                pass
    finally:
        await console.close()


@pytest.mark.parametrize("path", ["/", PAGE, "/as/U1RESPONDER/state.json", "/as/U1RESPONDER/live", "/people.json"])
async def test_nothing_is_shown_without_a_session(console: Console, path: str) -> None:
    cookies = {f"console_{console.tokens.instance}": "forged.9999999999.00"}
    for jar in ({}, cookies):
        async with aiohttp.ClientSession(console.url, cookies=jar) as http, http.get(path) as answer:
            assert answer.status == 401
            assert "incidents" not in await answer.text()


async def test_form_without_its_token_changes_nothing(console: Console) -> None:
    async with await browser(console) as http:
        for csrf in ("", "0" * 64):
            form = {"channel": "C1INCIDENTS", "text": "forged", "csrf": csrf}
            async with http.post("/as/U1RESPONDER/say", data=form) as answer:
                assert answer.status == 403
    assert console.workspace.messages("C1INCIDENTS") == []


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", ""])
@pytest.mark.parametrize("path", ["/", "/api/auth.test", "/link"])
async def test_foreign_host_is_refused(console: Console, host: str, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(console.url + path, headers={"Host": host}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", [f"{PAGE}?show={'9' * 5000}", "/as/U1RESPONDER/live?since=²"])
async def test_a_number_that_is_none_is_no_fault_of_the_server(console: Console, path: str) -> None:
    async with await browser(console) as http, http.get(path) as answer:
        assert answer.status in {200, 400}


async def test_after_a_form_one_is_led_to_a_page_of_this_workspace_only(console: Console) -> None:
    async with await browser(console) as http:
        async with http.get("/as/U1RESPONDER/state.json") as answer:
            form = {"csrf": (await answer.json())["csrf"], "channel": "C1INCIDENTS", "text": "hi"}
        for back in ("//evil.test", "/as/x\r\nSet-Cookie: a=b", "/as/\\evil.test", "javascript:x"):
            async with http.post("/as/U1RESPONDER/say", data={**form, "back": back}, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("header", [b"Authorization: Bearer \xff", b"Cookie: console_%s=\xff.\xff.\xff"])
@pytest.mark.parametrize("path", [b"/api/auth.test", b"/control"])
async def test_bytes_that_are_no_text_open_nothing(console: Console, header: bytes, path: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(console.url).port)
    cookie = header.replace(b"%s", console.tokens.instance.encode())
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + cookie + b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 401") or b'"ok": false' in answer


class Tags(HTMLParser):
    """Collects the tags of a page and the addresses in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action", "formaction"}]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


async def test_hostile_text_stays_text_everywhere(console: Console, web: AsyncWebClient) -> None:
    plain = {"type": "plain_text", "text": EVIL[:75]}
    blocks: list[dict[str, Any]] = [
        {"type": "section", "block_id": EVIL, "text": {"type": "mrkdwn", "text": EVIL}},
        {"type": "actions", "elements": [{"type": "button", "action_id": EVIL, "value": EVIL, "text": plain}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": EVIL}]]},
        {"type": "task_card", "task_id": EVIL, "title": EVIL, "status": "error"},
        {"type": "markdown", "text": EVIL + " [x](javascript:y)"},
    ]
    await web.chat_postMessage(channel="C1INCIDENTS", text=EVIL)
    await web.chat_postMessage(channel="C1INCIDENTS", text=EVIL, blocks=blocks)
    async with await browser(console) as http, http.get(PAGE) as answer:
        policy = answer.headers["Content-Security-Policy"]
        tags = Tags(await answer.text())
    assert "default-src 'none'" in policy
    assert "img" not in tags.names
    assert tags.names.count("script") == 1
    assert not [address for address in tags.addresses if address.startswith("javascript")]


async def test_button_for_some_is_shown_to_them_only(console: Console, web: AsyncWebClient) -> None:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Approve it"}}
    actions = {"type": "actions", "elements": [{**button, "visible_to_user_ids": ["U2APPROVER"]}]}
    await web.chat_postMessage(channel="C1INCIDENTS", text="x", blocks=[actions])
    async with await browser(console) as http:
        for person, seen in (("U1RESPONDER", False), ("U2APPROVER", True)):
            async with http.get(f"/as/{person}/C1INCIDENTS") as answer:
                assert ("Approve it" in await answer.text()) is seen


async def test_private_channel_is_hidden_from_others(desk: Desk) -> None:
    assert (await desk.person("responder").state("secret"))["channel"] == "C3SECRET"
    with pytest.raises(ClientError, match="404"):
        await desk.person("approver").state("secret")


async def test_workspace_is_the_same_after_a_restart(tmp_path: Path) -> None:
    first = await serve(CONFIG, tmp_path)
    web = web_client(first)
    ts = (await web.chat_postMessage(channel="C1INCIDENTS", text="kept"))["ts"]
    await web.pins_add(channel="C1INCIDENTS", timestamp=ts)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Still here"}, "blocks": []}
    await web.views_open(trigger_id=first.triggers.give("U1RESPONDER"), view=view)
    await first.close()
    second = await serve(CONFIG, tmp_path)
    try:
        async with sign_in(second.login_url()) as desk:
            state = await desk.person("responder").state("incidents")
        assert second.tokens == first.tokens
        assert (state["messages"][0]["text"], state["messages"][0]["pinned"]) == ("kept", True)
        assert state["view"]["title"]["text"] == "Still here"
    finally:
        await second.close()
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
