"""The bot's web server: reviews at signed addresses, health, metrics, and whatever routes it is given besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from bot.web import pages
from bot.web.health import as_json, is_well
from bot.web.metrics import CONTENT_TYPE, exposition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.domain.clock import Clock
    from bot.store.reviews import KeptReview
    from bot.web.health import Part
    from bot.web.metrics import Measured
    from bot.web.signing import ReviewLinks

LOOPBACK = "127.0.0.1"
SHUTDOWN_SECONDS = 2.0


class KeptReviews(Protocol):
    """Where reviews are kept."""

    async def get(self, recovery: str) -> KeptReview | None:
        """The review of a recovery; None before it was kept."""
        ...


class Measures(Protocol):
    """What measures."""

    async def measure(self, parts: Sequence[Part]) -> Measured:
        """Everything, as it is now."""
        ...


class WebServer:
    """Listens from `start` to `stop`. `parts` tells the health of each part now; `routes` are served besides."""

    def __init__(
        self,
        *,
        reviews: KeptReviews,
        links: ReviewLinks,
        parts: Callable[[], Sequence[Part]],
        meter: Measures,
        clock: Clock,
        command: str = "/recovery",
        host: str = LOOPBACK,
        port: int = 0,
        routes: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        self._reviews = reviews
        self._links = links
        self._parts = parts
        self._meter = meter
        self._clock = clock
        self._command = command
        self._host = host
        self._port = port
        self._routes = tuple(routes)
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on; with port 0, the one that was free. Raises RuntimeError before `start`."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the web server does not listen")
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        """Where it is reached on this machine. Raises RuntimeError before `start`."""
        return f"http://{LOOPBACK if self._host in {'0.0.0.0', '::'} else self._host}:{self.port}"  # noqa: S104 - compared

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        # No access log: addresses of reviews carry their signature.
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Let answers under way end, and listen no more."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def _app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/reviews/{recovery}", self._review),
                web.get("/health", self._health),
                web.get("/metrics", self._metrics),
                *self._routes,
                web.get("/{elsewhere:.*}", self._nothing),
            ]
        )
        app.on_response_prepare.append(_protect)
        return app

    async def _review(self, request: web.Request) -> web.Response:
        recovery = request.match_info["recovery"]
        query = request.query
        fault = self._links.fault(recovery, query.get("expires", ""), query.get("signature", ""))
        if fault:
            return _html(pages.no_access(fault, recovery, self._command), status=403)
        kept = await self._reviews.get(recovery)
        return _html(kept.html) if kept else _html(pages.not_kept(recovery), status=404)

    async def _health(self, _request: web.Request) -> web.Response:
        parts, now = self._parts(), self._clock.now()
        return web.json_response(as_json(parts, now), status=200 if is_well(parts, now) else 503)

    async def _metrics(self, _request: web.Request) -> web.Response:
        body = exposition(await self._meter.measure(self._parts()))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    async def _nothing(self, _request: web.Request) -> web.Response:
        return _html(pages.not_found(), status=404)


def _html(page: str, *, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": pages.policy_of(page)}
    return web.Response(text=page, status=status, content_type="text/html", headers=headers)


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in pages.HEADERS.items():
        _ = response.headers.setdefault(name, value)
    _ = response.headers.pop("Server", None)
