"""The documentation site: pages from files, with a word index built at start. It looks itself up in the name server.

Used as ``python -m bot.demo.services.docs FOLDER PORT DNS_PORT``; DNS_PORT 0 runs it alone, as a drill does.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from aiohttp import web

from bot.demo.errors import SystemSilent
from bot.demo.lookup import service_port
from bot.demo.services.canaries import FolderCanaries, canary_routes, serve

_WORD = re.compile(r"[a-z]{3,}")


def build_index(pages: Path) -> dict[str, list[str]]:
    """Which pages hold which word."""
    index: dict[str, list[str]] = {}
    for page in sorted(pages.glob("*.md")):
        for word in set(_WORD.findall(page.read_text(encoding="utf-8"))):
            index.setdefault(word, []).append(page.stem)
    return index


def main(folder: Path, port: int, dns_port: int) -> None:
    """Serves until the process is ended. Exits with a sentence without pages, or without a name."""
    pages = folder / "pages"
    index = build_index(pages)
    if not index:
        sys.exit(f"docs: {pages} holds no page")
    if dns_port:
        try:
            asyncio.run(service_port(dns_port, "docs"))
        except SystemSilent as silence:
            sys.exit(f"docs: cannot find its own name: {silence}")

    async def search(request: web.Request) -> web.Response:
        return web.json_response(index.get(request.query.get("word", ""), []))

    routes = [*canary_routes(FolderCanaries(folder, "pages")), web.get("/search", search)]
    serve(routes, port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
