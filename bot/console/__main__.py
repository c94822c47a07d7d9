"""python -m bot.console: serves a workspace until it is told to stop, or makes a login link for a running one."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from .clock import SystemClock
from .config import ConsoleConfig, read_config
from .errors import ConsoleError
from .manifest import read_manifest
from .server import URL_FILE, serve
from .tokens import load_tokens


def main(argv: list[str] | None = None) -> int:
    """Runs the command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.console", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder of the workspace; made when it is not there")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--config", type=Path, help="JSON file with people, channels and commands")
    parser.add_argument("--manifest", type=Path, help="JSON manifest of the app: commands, shortcuts, events, scopes")
    parser.add_argument("--request-url", default="", help="HTTP mode: post everything there, signed; no sockets")
    parser.add_argument("--login", action="store_true", help="print a login link for the running workspace, and end")
    options = parser.parse_args(argv)
    try:
        if options.login:
            return _print_login(options.state)
        config = read_config(options.config) if options.config else ConsoleConfig()
        if options.manifest:
            config = read_manifest(options.manifest, config)
        if options.request_url:
            config = replace(config, request_url=options.request_url)
        asyncio.run(_serve(config, options.state, options.port))
    except (ConsoleError, OSError) as fault:
        sys.stderr.write(f"console: {fault}\n")
        return 1
    return 0


def _print_login(folder: Path) -> int:
    address = folder / URL_FILE
    if not address.exists():
        sys.stderr.write(f"console: no workspace was ever started in {folder}\n")
        return 1
    token = load_tokens(folder).mint_login(SystemClock().now())
    sys.stdout.write(f"{address.read_text(encoding='utf-8')}/login?token={token}\n")
    return 0


async def _serve(config: ConsoleConfig, folder: Path, port: int) -> None:
    console = await serve(config, folder, port)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    sys.stdout.write(f"Sign in (once, within 15 minutes): {console.login_url()}\n")
    sys.stdout.write(f"SLACK_API_URL={console.url}/api/\nTokens: {folder / 'tokens.json'}\n")
    sys.stdout.flush()
    try:
        await stop.wait()
    finally:
        await console.close()


if __name__ == "__main__":
    sys.exit(main())
