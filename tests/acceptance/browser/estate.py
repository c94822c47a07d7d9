"""A small estate to live through an outage with: four systems that are gone, one whose copies are old, one whose copies
nobody can read. Its commands are quick; everything else about it is as with large ones.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "names": (),
    "files": (),
    "orders-db": ("names", "files"),
    "api": ("orders-db",),
    "docs": (),
    "reports": (),
}
OLD = {"docs": timedelta(hours=3)}
UNREADABLE = {"reports"}

_RUNBOOK = """---
title: System {name}
owner: "@oncall"
recovery:
  system: {name}
  tier: 1
  depends_on: [{depends_on}]
  rpo: 1h
  rto: 30m
  targets: {{drill: "{folder}/scratch/{name}", real: "{folder}/data/{name}"}}
  execute: true
  truth: {{file: "{folder}/truth-{name}.jsonl", every: 1s}}
  backups: [{{tool: files, path: "{folder}/copies/{name}", location: onsite}}]
---
# System {name}
{by_hand}
## Restore it
```sh {{"name":"restore"}}
mkdir -p "$(dirname "$RECOVERY_TARGET")"
cp -R "{folder}/copies/$RECOVERY_SYSTEM" "$RECOVERY_TARGET"
```
## Check it
```sh {{"name":"canary","kind":"check"}}
cat "$RECOVERY_TARGET/found.json" > "$RECOVERY_RESULT"
```
"""
_BY_HAND = """## Stop the writers
<!-- step: {kind: manual, by: oncall, time: 2m} -->
Take the API out of the load balancer and tell #orders. Done means: nobody but you can reach the database.
"""
_PLAN = """---
title: Full site
recovery: {plan: full-site, systems: [api]}
---
# Full site
## Tell everybody
<!-- step: {kind: manual, by: oncall, when: after} -->
Say that it is back. Done means: the status page is green.
"""
_POLICY = """channels: {incidents: C1INCIDENTS}
people:
  - {id: U1RESPONDER, login: riley, name: Riley Responder}
  - {id: U2APPROVER, login: alex, name: Alex Approver}
groups: {oncall: [U1RESPONDER]}
roles: {lead: [U1RESPONDER], responder: [U1RESPONDER], approver: [U2APPROVER]}
approvals: {real: {needs: 1, expires: 10m, second_person: true}}
"""


def furnish(folder: Path) -> None:
    """Write runbooks, copies and truths. None of the real targets is there: everything has to be restored."""
    runbooks = folder / "runbooks"
    runbooks.mkdir(parents=True)
    for name, depends_on in SYSTEMS.items():
        by_hand = _BY_HAND if name == "orders-db" else ""
        text = _RUNBOOK.format(name=name, depends_on=", ".join(depends_on), folder=folder, by_hand=by_hand)
        (runbooks / f"{name}.md").write_text(text, encoding="utf-8")
        if name not in UNREADABLE:
            _copy(folder, name, OLD.get(name, timedelta(seconds=30)))
    (runbooks / "full-site.md").write_text(_PLAN, encoding="utf-8")
    (runbooks / "policy.yaml").write_text(_POLICY, encoding="utf-8")


def _copy(folder: Path, name: str, age: timedelta) -> None:
    copied_at = SystemClock().now() - age
    sample = {"token": f"t-{name}", "written_at": (copied_at - timedelta(seconds=5)).isoformat(), "counts": {}}
    (folder / f"truth-{name}.jsonl").write_text(json.dumps(sample) + "\n", encoding="utf-8")
    found = folder / "copies" / name / "found.json"
    found.parent.mkdir(parents=True)
    found.write_text(json.dumps(sample), encoding="utf-8")
    os.utime(found, times=(copied_at.timestamp(), copied_at.timestamp()))
