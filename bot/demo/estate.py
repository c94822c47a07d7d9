"""`estate`: what responders use on this estate to start and stop systems and to move data out of the way.

It is in ESTATE_DIR/bin. Runbooks call it for what a service manager does elsewhere; the restores themselves are done
with the real tools.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.client import request, running_record
from bot.demo.errors import DemoError, Refused
from bot.demo.layout import Layout
from bot.demo.systems import Ground, all_systems
from bot.demo.systems.port import http

if TYPE_CHECKING:
    from bot.demo.record import Instance

_VERBS = {
    "start": "start SYSTEM on TARGET and wait until it is ready; writers stay out",
    "stop": "stop SYSTEM on TARGET",
    "set-aside": "move TARGET out of the way, never deleting it; refused while anything runs on it",
    "open": "let writers and backups back into the live SYSTEM",
    "discard": "stop a drill's scratch copy and remove it",
    "port": "print the port on which SYSTEM on TARGET listens",
    "ask": "print the newest canary of SYSTEM on TARGET, and counts, as JSON",
    "get": "print what SYSTEM on TARGET serves under PATH",
}


def _parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {verb:10} {meaning}" for verb, meaning in _VERBS.items())
    parser = argparse.ArgumentParser(
        "estate", description=listing, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("verb", choices=_VERBS)
    parser.add_argument("system", choices=all_systems())
    parser.add_argument("target", nargs="?", default="", help="a data folder; the live one when it is left out")
    parser.add_argument("path", nargs="?", default="/")
    return parser


def _instance(layout: Layout, system: str, target: str) -> Instance:
    record = running_record(layout)
    instance = record.instance(Path(target) if target else layout.data(system))
    if instance is None or instance.system != system:
        raise Refused(f"{system} does not run on {target or layout.data(system)}.")
    return instance


def _ask(layout: Layout, instance: Instance) -> str:
    ground = Ground(layout, running_record(layout).ports)
    sample = asyncio.run(all_systems()[instance.system].ask(ground, instance))
    return json.dumps(sample.as_json())


def _get(instance: Instance, path: str) -> str:
    return asyncio.run(http("GET", instance.port, path)).decode()


def main(arguments: list[str]) -> int:
    """Does what the command line asks; 0, or 1 with a sentence on standard error."""
    options = _parser().parse_args(arguments)
    layout = Layout(options.state)
    try:
        if options.verb in {"port", "ask", "get"}:
            instance = _instance(layout, options.system, options.target)
            answers = {"port": lambda: str(instance.port), "ask": lambda: _ask(layout, instance)}
            said = answers.get(options.verb, lambda: _get(instance, options.path))()
            sys.stdout.write(said if options.verb == "get" else f"{said}\n")
        else:
            sys.stdout.write(request(layout, options.verb, system=options.system, target=options.target) + "\n")
    except DemoError as failure:
        sys.stderr.write(f"estate: {failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
