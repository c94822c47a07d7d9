"""Talks to a supervisor: over HTTP on loopback, with the key of estate.json."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from bot.demo.errors import NotRunning, Refused
from bot.demo.processes import is_alive
from bot.demo.record import Record, read_record

if TYPE_CHECKING:
    from bot.demo.layout import Layout

_SECONDS = 120.0  # a start may replay minutes of log


def running_record(layout: Layout) -> Record:
    """The record of an estate whose supervisor lives. Raises NotRunning."""
    record = read_record(layout.record)
    supervisor = record.process("supervisor")
    if supervisor is None or not is_alive(supervisor):
        raise NotRunning(f"The estate in {layout.state} is down. `./run demo up` starts it.")
    return record


def request(layout: Layout, verb: str, **body: str) -> str:
    """Asks the supervisor for something, and returns what it says. Raises NotRunning or Refused."""
    record = running_record(layout)
    url = f"http://127.0.0.1:{record.ports['supervisor']}/{verb}"
    headers = {"Authorization": f"Bearer {record.key}", "Content-Type": "application/json"}
    call = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(call, timeout=_SECONDS) as answer:  # noqa: S310 - http only
            return str(json.load(answer)["said"])
    except urllib.error.HTTPError as refusal:
        raise Refused(_reason(refusal)) from refusal
    except OSError as silence:
        raise NotRunning(f"The supervisor in {layout.state} does not answer: {silence}") from silence


def _reason(refusal: urllib.error.HTTPError) -> str:
    said = refusal.read().decode(errors="replace")
    try:
        return str(json.loads(said)["error"])
    except (ValueError, KeyError):
        return f"The supervisor answered {refusal.code}: {said}"
