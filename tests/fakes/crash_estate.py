"""A small estate for killing the bot in: two systems that hang together, one that stands alone, each with a truth.

Every command that changes something leaves one line in the file `effects`, as the last thing that it does.
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

SYSTEMS: Mapping[str, tuple[str, ...]] = {"dns": (), "db": ("dns",), "docs": ()}
EFFECTS = ["announce dns", "restore db", "restore dns", "restore docs"]
UNITS: Mapping[str, tuple[str, ...]] = {**SYSTEMS, "full-site:after": ("db", "dns", "docs")}

_RUNBOOK = """---
title: System {name}
recovery:
  system: {name}
  depends_on: [{depends_on}]
  rpo: 1h
  targets: {{drill: "{folder}/scratch/{name}", real: "{folder}/data/{name}"}}
  execute: true
  truth: {{file: "{folder}/truth-{name}.jsonl", every: 1s}}
  backups: [{{tool: files, path: "{folder}/copies/{name}"}}]
---
# System {name}
{by_hand}
## Restore it
```sh {{"name":"restore"}}
mkdir -p "$(dirname "$RECOVERY_TARGET")"
rm -rf "$RECOVERY_TARGET"
cp -R "{folder}/copies/$RECOVERY_SYSTEM" "$RECOVERY_TARGET"
echo "restore $RECOVERY_SYSTEM" >> "{folder}/effects"
```
## Check it
```sh {{"name":"canary","kind":"check"}}
cat "$RECOVERY_TARGET/found.json" > "$RECOVERY_RESULT"
```
{afterwards}"""
_AFTERWARDS = """## Announce it
```sh {"name":"announce"}
echo "announce $RECOVERY_SYSTEM" >> "FOLDER/effects"
```
"""
_BY_HAND = """## Stop the writers
<!-- step: {kind: manual, by: riley} -->
Stop them.
"""
_PLAN = """---
title: Full site
recovery: {plan: full-site, systems: [db, docs]}
---
# Full site
## Tell everybody
<!-- step: {kind: manual, when: after} -->
Say that it is back.
"""
_POLICY = """people: [{id: U1, login: riley, name: Riley}, {id: U2, login: alex, name: Alex}]
roles: {responder: [U1], approver: [U2]}
approvals: {real: {needs: 1, expires: 10m}}
"""


def furnish(folder: Path) -> None:
    """Write runbooks, copies and truths; the copies are half a minute old."""
    runbooks = folder / "runbooks"
    runbooks.mkdir(parents=True)
    copied_at = SystemClock().now() - timedelta(seconds=30)
    for name, depends_on in SYSTEMS.items():
        sample = {"token": f"t-{name}", "written_at": (copied_at - timedelta(seconds=5)).isoformat(), "counts": {}}
        by_hand = _BY_HAND if name == "db" else ""
        afterwards = _AFTERWARDS.replace("FOLDER", str(folder)) if name == "dns" else ""
        text = _RUNBOOK.format(
            name=name, depends_on=", ".join(depends_on), folder=folder, by_hand=by_hand, afterwards=afterwards
        )
        (runbooks / f"{name}.md").write_text(text, encoding="utf-8")
        (folder / f"truth-{name}.jsonl").write_text(json.dumps(sample) + "\n", encoding="utf-8")
        found = folder / "copies" / name / "found.json"
        found.parent.mkdir(parents=True)
        found.write_text(json.dumps(sample), encoding="utf-8")
        os.utime(found, times=(copied_at.timestamp(), copied_at.timestamp()))
    (runbooks / "full-site.md").write_text(_PLAN, encoding="utf-8")
    (runbooks / "policy.yaml").write_text(_POLICY, encoding="utf-8")


def effects(folder: Path) -> list[str]:
    """What commands did, in alphabetical order."""
    file = folder / "effects"
    return sorted(file.read_text(encoding="utf-8").splitlines()) if file.exists() else []


def environment(folder: Path) -> dict[str, str]:
    """The environment of a bot over this estate."""
    return {"PATH": os.defpath, "RUNBOOKS_DIR": str(folder / "runbooks"), "STATE_DIR": str(folder / "state")}
