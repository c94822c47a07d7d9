"""A folder of runbooks: three systems, a plan, a policy of the people whom the local workspace knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.clock import SystemClock
from bot.runbook.folder import RunbookFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.runbook.library import Library

DNS = """---
title: Names
owner: responder
recovery:
  system: dns
  tier: 1
  rpo: 1h
  rto: 30m
  targets: {drill: scratch/dns, real: data/dns}
  execute: true
---
# Names
## Restore the zone
```sh {"name":"restore","idempotent":"true"}
true
```
## Check it
```sh {"name":"canary","kind":"check"}
true
```
"""
ORDERS = """---
title: Orders database
owner: responder
recovery:
  system: orders-db
  tier: 1
  depends_on: [dns]
  rpo: 15m
  rto: 30m
  targets: {drill: scratch/orders-db, real: data/orders-db}
  execute: true
---
# Orders database
## Stop the writers
<!-- step: {kind: manual, by: responder, time: 2m} -->
Scale the API to zero & tell <!channel> and <https://evil.example|us>. Done means: no replica is left.
## Restore the newest base backup
```sh {"name":"restore"}
true
```
## Check the data
```sh {"name":"canary","kind":"check"}
true
```
"""
FULL = """---
title: Full site
recovery:
  plan: full-site
  systems: [orders-db]
---
# Full site
## Tell everybody
<!-- step: {kind: manual, when: after} -->
Say that it is back.
"""
CACHE = """# Flush the cache
## Log in
Open the console of the cache.
## Flush it
```sh
redis-cli flushall
```
"""
POLICY = """people:
  - {id: U1RESPONDER, login: riley, name: Riley}
  - {id: U2APPROVER, login: alex, name: Alex}
roles:
  responder: [U1RESPONDER]
  approver: [U2APPROVER]
channels:
  incidents: C1INCIDENTS
approvals:
  real: {needs: 1, expires: 10m}
"""


def write_estate(folder: Path) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"dns.md": DNS, "orders-db.md": ORDERS, "full-site.md": FULL, "cache.md": CACHE, "policy.yaml": POLICY}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def read_estate(folder: Path) -> Callable[[], Library]:
    """How a desk reads the folder."""
    return RunbookFolder(folder, {}, SystemClock()).read
