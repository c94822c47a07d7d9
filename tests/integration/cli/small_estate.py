"""A system of one file with backup, truth and runbook, and the command line over it, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.web.control_socket import login_of_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
WRITTEN = datetime(2026, 11, 22, 2, 52, tzinfo=UTC)
RUNBOOK = """---
title: Notes
owner: "@ops"
recovery:
  system: notes
  tier: 1
  rpo: 3650d
  rto: 30m
  targets: {drill: "${PLACE}/scratch", real: "${PLACE}/live"}
  execute: true
  truth: {file: "${PLACE}/truth.jsonl", every: 5s}
  backups:
    - {tool: files, path: "${PLACE}/backup", location: onsite}
---
# Notes
## Tell the readers
<!-- step: {kind: manual, by: ops} -->
Say that notes are away. Done means: everyone knows.
## Restore
```sh {"name":"restore","timeout":"1m"}
rm -rf "$RECOVERY_TARGET.before"
if [ -e "$RECOVERY_TARGET" ]; then mv "$RECOVERY_TARGET" "$RECOVERY_TARGET.before"; fi
cp -R "$PLACE/backup" "$RECOVERY_TARGET"
```
## Check
```sh {"name":"check","kind":"check","timeout":"1m"}
n=$(wc -l < "$RECOVERY_TARGET/notes.txt")
printf '{"token": "t1", "written_at": "2026-11-22T02:52:00Z", "counts": {"notes": %s}}' "$n" > "$RECOVERY_RESULT"
```
"""


@dataclass(frozen=True)
class SmallEstate:
    """One system, `notes`, in a folder."""

    place: Path

    @classmethod
    def make(cls, place: Path, *, rows: int = 5) -> SmallEstate:
        """The truth says five notes; the backup holds `rows`."""
        for name in ("books", "backup", "state"):
            (place / name).mkdir(mode=0o700)
        (place / "books" / "notes.md").write_text(RUNBOOK, encoding="utf-8")
        login = login_of_uid(os.getuid())
        people = f"people: [{{id: U1, login: {login}, name: Ada}}, {{id: U2, login: bob, name: Bob}}]"
        (place / "books" / "policy.yaml").write_text(
            f"{people}\ngroups: {{ops: [U1]}}\nroles: {{responder: [U1, U2], approver: [U1, U2]}}\n", encoding="utf-8"
        )
        (place / "backup" / "notes.txt").write_text("a note\n" * rows, encoding="utf-8")
        os.utime(place / "backup" / "notes.txt", (WRITTEN.timestamp() + 60,) * 2)
        sample = {"token": "t1", "written_at": WRITTEN.isoformat(), "counts": {"notes": 5}}
        (place / "truth.jsonl").write_text(json.dumps(sample) + "\n", encoding="utf-8")
        return cls(place)

    @contextmanager
    def start(self, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """One command line without a terminal; ended when the block is left."""
        environment = {
            "PATH": os.defpath,
            "PLACE": str(self.place),
            "STATE_DIR": str(self.place / "state"),
            "RUNBOOKS_DIR": str(self.place / "books"),
            **more,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, *words: str, **more: str) -> tuple[int, str, str]:
        """Its exit code, output and errors."""
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=60)
            return process.returncode, out, err


def read_until(process: subprocess.Popen[str], text: str, seconds: float = 60) -> str:
    """What a process prints, up to the line that holds `text`."""
    assert process.stdout is not None
    shown, end = "", time.monotonic() + seconds
    while text not in shown:
        line = process.stdout.readline()
        assert line, f"it ended before it said {text!r}:\n{shown}"
        assert time.monotonic() < end, f"it did not say {text!r}:\n{shown}"
        shown += line
    return shown
