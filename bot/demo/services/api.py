"""The orders API: finds its database and its cache through the name server, and keeps its own settings in files.

Used as ``python -m bot.demo.services.api FOLDER PORT DNS_PORT``; DNS_PORT 0 runs it alone, as a drill does: without
a name server, and without the living database and cache.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from bot.demo import postgres, sessions
from bot.demo.errors import SystemSilent
from bot.demo.lookup import service_port
from bot.demo.services.canaries import FolderCanaries, canary_routes, serve
from bot.demo.systems.programs import SETTINGS


def _count_orders(port: int) -> int:
    with postgres.transaction(port) as cursor:
        cursor.execute("select count(*) from orders")
        return int(cursor.fetchone()[0])


class Orders:
    """GET /orders: how many there are, and how many customers are signed in."""

    def __init__(self, dns_port: int) -> None:
        self._dns_port = dns_port

    async def count(self, request: web.Request) -> web.Response:
        """Asks the name server where database and cache are, and each of them for its number."""
        del request
        if not self._dns_port:
            raise web.HTTPServiceUnavailable(text="this copy runs alone, without database and cache")
        try:
            database = await service_port(self._dns_port, "orders-db")
            cache = await service_port(self._dns_port, "cache")
            orders = await asyncio.to_thread(_count_orders, database)
            return web.json_response({"orders": orders, "sessions": await asyncio.to_thread(sessions.count, cache)})
        except SystemSilent as silence:
            raise web.HTTPBadGateway(text=str(silence)) from silence


def load_settings(folder: Path) -> dict[str, object]:
    """All settings, by file name. Exits with a sentence when some are missing: half an API is worse than none."""
    paths = sorted((folder / "settings").glob("*.json"))
    if len(paths) < SETTINGS:
        sys.exit(f"api: {folder}/settings holds {len(paths)} of {SETTINGS} files")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def main(folder: Path, port: int, dns_port: int) -> None:
    """Serves until the process is ended."""
    load_settings(folder)
    serve([*canary_routes(FolderCanaries(folder, "settings")), web.get("/orders", Orders(dns_port).count)], port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
