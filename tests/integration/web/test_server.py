"""The web server over loopback, and its metrics over a real store."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bot.domain.freshness import Freshness, FreshnessState
from bot.domain.review import build_review
from bot.reports.render import render_review_html
from bot.store.reviews import KeptReview
from bot.web.health import Part
from bot.web.metrics import Measured
from bot.web.pages import policy_of
from bot.web.server import WebServer
from bot.web.signing import ReviewLinks
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at, one_system

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

NOW = at(60)
WELL = Part("engine", NOW)


@dataclass
class Kept:
    """The review of R-1."""

    html: str

    async def get(self, recovery: str) -> KeptReview | None:
        return KeptReview("R-1", "", self.html, NOW) if recovery == "R-1" else None


class Gauge:
    """Measures one fresh and one unknown system."""

    async def measure(self, parts: Sequence[Part]) -> Measured:
        fresh = Freshness("dns", FreshnessState.FRESH, timedelta(hours=1), timedelta(minutes=2), None)
        unknown = Freshness("orders-db", FreshnessState.UNKNOWN, None, None, None)
        counts = {("real", "ended", "recovered"): 2}
        return Measured(counts, [fresh, unknown], 0, 42, {"slack": 3}, parts)


@dataclass
class Site:
    """A running server, its clock and its client."""

    server: WebServer
    links: ReviewLinks
    clock: FixedClock
    client: aiohttp.ClientSession
    parts: list[Part] = field(default_factory=lambda: [WELL])

    async def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with self.client.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
            return answer.status, await answer.text(), dict(answer.headers)


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    told = one_system()
    clock = FixedClock(NOW)
    links = ReviewLinks("s" * 32, clock)
    parts = [WELL]
    server = WebServer(
        reviews=Kept(render_review_html(build_review(told.plan, told.events))),
        links=links,
        parts=lambda: parts,
        meter=Gauge(),
        clock=clock,
        routes=[web.get("/hello", hello)],
    )
    await server.start()
    try:
        async with aiohttp.ClientSession() as client:
            yield Site(server, links, clock, client, parts)
    finally:
        await server.stop()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        yield running


async def test_a_signed_address_shows_the_review(site: Site) -> None:
    status, page, headers = await site.get(site.links.path("R-1"))
    assert status == 200
    assert "RTO MISSED by 4 min" in page
    assert headers["Content-Type"] == "text/html; charset=utf-8"


async def test_a_page_may_load_nothing_but_its_own_styles(site: Site) -> None:
    _, page, headers = await site.get(site.links.path("R-1"))
    policy = headers["Content-Security-Policy"]
    assert policy == policy_of(page)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; "
        r"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        policy,
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, no-store"
    assert "Server" not in headers


@pytest.mark.parametrize("query", ["", "?expires=9999999999&signature=00", "?signature=%FF&expires=-"])
async def test_a_wrong_address_gives_no_access_and_says_how_to_get_one(site: Site, query: str) -> None:
    status, page, headers = await site.get(f"/reviews/R-1{query}")
    assert status == 403
    assert "This address gives no access" in page
    assert "/recovery status R-1" in page
    assert "RTO" not in page
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_an_expired_address_says_so(site: Site) -> None:
    path = site.links.path("R-1")
    site.clock.at = NOW + timedelta(days=9)
    status, page, _ = await site.get(path)
    assert (status, "This address has expired" in page) == (403, True)


async def test_text_in_an_address_stays_text(site: Site) -> None:
    _, page, _ = await site.get("/reviews/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>" not in page


async def test_a_review_that_is_not_written_yet_is_not_found(site: Site) -> None:
    status, page, _ = await site.get(site.links.path("R-7"))
    assert (status, "There is no review of R-7 yet" in page) == (404, True)


async def test_elsewhere_there_is_nothing(site: Site) -> None:
    status, page, headers = await site.get("/reviews")
    assert (status, "There is nothing here" in page) == (404, True)
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_health_fails_with_any_part(site: Site) -> None:
    status, body, _ = await site.get("/health")
    assert (status, '"status": "ok"' in body) == (200, True)
    site.parts.append(replace(WELL, name="slack", fault="Slack does not answer."))
    status, body, _ = await site.get("/health")
    assert (status, "Slack does not answer." in body) == (503, True)


async def test_metrics_show_states_and_no_age_of_what_is_unknown(site: Site) -> None:
    site.parts.append(Part("slack", None, "lost"))
    _, body, headers = await site.get("/metrics")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = body.splitlines()
    assert 'bringback_recoveries{mode="real",outcome="recovered",status="ended"} 2.0' in lines
    assert 'bringback_freshness{state="unknown",system="orders-db"} 1.0' in lines
    assert 'bringback_freshness{state="fresh",system="orders-db"} 0.0' in lines
    assert 'bringback_effective_age_seconds{system="dns"} 120.0' in lines
    assert not [line for line in lines if line.startswith("bringback_effective_age_seconds{") and "orders-db" in line]
    assert 'bringback_outbox_depth{surface="slack"} 3.0' in lines
    assert "bringback_ledger_entries 42.0" in lines
    assert 'bringback_part_failing{part="slack"} 1.0' in lines


async def test_routes_of_others_are_served_besides(site: Site) -> None:
    status, body, headers = await site.get("/hello")
    assert (status, body) == (200, "hello")
    assert headers["X-Frame-Options"] == "DENY"


async def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_open(site: Site) -> None:
    second = WebServer(
        reviews=Kept(""), links=site.links, parts=list, meter=Gauge(), clock=site.clock, port=site.server.port
    )
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    with pytest.raises(RuntimeError, match="does not listen"):
        _ = second.port
    await second.stop()
