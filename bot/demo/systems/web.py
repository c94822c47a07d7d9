"""web: the caddy that customers reach first. It hands on to api and storage, and has error pages of its own."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.errors import SystemSilent
from bot.demo.files import replace_file
from bot.demo.samples import Sample, sample_from_json
from bot.demo.systems.port import Ground, http
from bot.demo.toolbox import find_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.demo.record import Instance

_CANARY = "canary.json"
_CONFIGURATION = """\
# What is the same wherever this proxy runs. Its address and those behind it come through the environment.
{
	admin off
	auto_https off
	persist_config off
}

http://127.0.0.1:{$WEB_PORT} {
	root * {env.WEB_ROOT}

	handle /health {
		respond ok
	}
	handle_path /api/* {
		reverse_proxy 127.0.0.1:{$API_PORT}
	}
	handle_path /files/* {
		reverse_proxy 127.0.0.1:{$STORAGE_PORT}
	}
	handle /canary.json {
		file_server
	}
	handle /errors/* {
		file_server browse
	}
	handle {
		error 404
	}
	handle_errors {
		rewrite * /errors/{err.status_code}.html
		file_server
	}
}
"""
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<h1>{title}</h1>
<p>{text}</p>
"""
_PAGES = {
    HTTPStatus.NOT_FOUND: "There is no such page. The catalogue is where it always was.",
    HTTPStatus.TOO_MANY_REQUESTS: "Many people order just now. Please wait a minute and try again.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "That went wrong, and it was our fault. Your order was not placed.",
    HTTPStatus.BAD_GATEWAY: "Orders cannot be taken just now. We are bringing them back.",
    HTTPStatus.SERVICE_UNAVAILABLE: "We are working on the shop. It opens again soon.",
    HTTPStatus.GATEWAY_TIMEOUT: "This takes longer than it should. Please try again.",
}


class Web:
    """Caddyfile, errors/ (a page a status), and canary.json."""

    name = "web"
    depends_on: tuple[str, ...] = ("api", "storage")

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the configuration and the error pages."""
        del ground
        (data / "errors").mkdir()
        (data / "Caddyfile").write_text(_CONFIGURATION, encoding="utf-8")
        for status, text in _PAGES.items():
            page = _PAGE.format(title=status.phrase, text=text)
            (data / "errors" / f"{status.value}.html").write_text(page, encoding="utf-8")

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Nothing: what differs from place to place comes through the environment."""

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The proxy; a scratch copy has nothing behind it, and shows its error pages."""
        behind = {name: ground.ports[name] if instance.live else 0 for name in self.depends_on}
        settings = {"WEB_PORT": instance.port, "WEB_ROOT": instance.target}
        settings |= {f"{name.upper()}_PORT": port for name, port in behind.items()}
        words = ("run", "--config", str(Path(instance.target) / "Caddyfile"), "--adapter", "caddyfile")
        return ("env", *(f"{name}={value}" for name, value in settings.items()), find_program("caddyserver"), *words)

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it answers, whatever those behind it do."""
        del ground
        await http("GET", instance.port, "/health")
        return True

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Replaces canary.json, and reads it back through the proxy."""
        path = Path(instance.target) / _CANARY
        await asyncio.to_thread(replace_file, path, json.dumps(Sample(token, at, {}).as_json()).encode())
        sample = await self.ask(ground, instance)
        if sample.token != token:
            raise SystemSilent(f"web on port {instance.port} does not serve what was just written to {path}")
        return sample.counts

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """Reads the canary and the list of error pages through the proxy."""
        del ground
        newest = sample_from_json(json.loads(await http("GET", instance.port, f"/{_CANARY}")))
        listing = await http("GET", instance.port, "/errors/", headers={"Accept": "application/json"})
        return Sample(newest.token, newest.written_at, {"pages": len(json.loads(listing))})
