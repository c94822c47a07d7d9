"""Canaries and the truth: what each system acknowledged, recorded outside the estate."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.demo.clock import from_rfc3339, rfc3339

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One canary as a system holds it: what it is called, when it was written, and how much stood beside it."""

    token: str
    written_at: datetime
    counts: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """The form in truth files, results and reports."""
        return {"token": self.token, "written_at": rfc3339(self.written_at), "counts": dict(self.counts)}


def new_token(system: str) -> str:
    """A canary's name; never given out twice."""
    return f"{system}-{secrets.token_hex(8)}"


def sample_from_json(document: Mapping[str, object]) -> Sample:
    """The sample that `as_json` made. Raises KeyError or ValueError on anything else."""
    counts = document["counts"]
    if not isinstance(counts, Mapping):
        raise ValueError("counts is not an object")  # noqa: TRY004 - one kind of error for all bad documents
    return Sample(
        token=str(document["token"]),
        written_at=from_rfc3339(str(document["written_at"])),
        counts={str(name): int(count) for name, count in counts.items()},
    )


def record_truth(path: Path, sample: Sample) -> None:
    """Adds a sample to a truth file, and returns when it is on the disk."""
    line = json.dumps(sample.as_json(), separators=(", ", ": ")) + "\n"
    with path.open("a", encoding="utf-8") as truth:
        truth.write(line)
        truth.flush()
        os.fsync(truth.fileno())


def read_truth(path: Path) -> list[Sample]:
    """All samples of a truth file, oldest first. A line that is still being written is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    complete = text[: text.rfind("\n") + 1]
    return [sample_from_json(json.loads(line)) for line in complete.splitlines()]
