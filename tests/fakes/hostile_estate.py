"""An estate whose every text is hostile, and whose commands print it with the secrets that they were given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PIECES = (
    "<!channel>",
    "<!here|x>",
    "<@U1EVIL>",
    "<#C1EVIL>",
    "<!subteam^S1EVIL>",
    "<https://evil.example|us>",
    "&lt;!channel&gt;",
    "*bold*",
    "_it_",
    "~st~",
    "`tick`",
    "```fence",
    "> quote",
    ":boom:",
    "[Click](javascript:evil())",
    "<script>evil()</script>",
    "<img src=x onerror=evil()>",
    "\u202egnp.exe",
    "\u2066iso",
    "\u200bzero\ufeff",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "[Approve] https://evil.example/approve",
)
HOSTILE = " ".join(PIECES)
ONE_LINE = HOSTILE.replace("```fence", "").replace("> quote", "")
LONG = "x" * 10_000
SECRETS = {
    "of a setting": "sw0rdfish-of-the-database",
    "of the environment": "env-secret-77-abc",
    "of a file": "file secret 88 xyz",
    "of a source": "restic-passphrase-99",
    "of Slack": "xoxb-123456789012-abcdefABCDEF",
}

RUNBOOK = """---
title: {title}
owner: riley
recovery:
  system: db
  tier: 1
  rpo: 1h
  rto: 30m
  targets: {{drill: scratch/db, real: data/db}}
  execute: true
  inputs:
    PASSWORD: {{secret: "env:HOSTILE_SECRET"}}
    KEY: {{secret: "file:{secret_file}"}}
---
# {heading}
## Look {heading}
<!-- step: {{kind: manual, by: riley}} -->
{prose}
## Restore {heading}
```sh {{"name":"restore","idempotent":"true"}}
cat {printed}; echo "$PASSWORD $KEY"; exit 3
```
## Check it
```sh {{"name":"canary","kind":"check"}}
true
```
"""
BACKED_UP = """---
recovery:
  system: backed-up
  tier: 2
  rpo: 1h
  backups:
    - {{tool: rclone, remote: "nowhere:x", password_file: "{source_file}", location: onsite}}
---
# Backed up
## Look
By hand.
"""
POLICY = """people:
  - {{id: U1RESPONDER, login: riley, name: {name}}}
  - {{id: U2APPROVER, login: alex, name: Alex}}
roles: {{responder: [U1RESPONDER], approver: [U2APPROVER]}}
channels: {{incidents: C1INCIDENTS}}
"""


def write_hostile_estate(folder: Path) -> dict[str, str]:
    """Write runbooks, policy and secrets; returns the environment that the bot needs for them."""
    books = folder / "runbooks"
    books.mkdir()
    (folder / "secret").write_text(SECRETS["of a file"] + "\n")
    (folder / "source").write_text(SECRETS["of a source"])
    (folder / "printed").write_text("\n".join([*PIECES, *SECRETS.values(), LONG, HOSTILE, "\0", *SECRETS.values()]))
    heading = ONE_LINE.replace("\n", " ")
    text = RUNBOOK.format(
        title=json.dumps(HOSTILE),
        heading=heading,
        prose=HOSTILE + "\n\n" + LONG,
        printed=folder / "printed",
        secret_file=folder / "secret",
    )
    (books / "backed-up.md").write_text(BACKED_UP.format(source_file=folder / "source"))
    (books / "db.md").write_text(text, encoding="utf-8")
    (books / "policy.yaml").write_text(POLICY.format(name=json.dumps(f"Riley {HOSTILE}")), encoding="utf-8")
    return {"RUNBOOKS_DIR": str(books), "HOSTILE_SECRET": SECRETS["of the environment"]}
