"""What a system's past restores prove today.

PROVEN   a restore at today's digest was verified, and that is not longer ago than the proof lasts
AGED     the same, longer ago
DRIFTED  a restore was verified, but what would run today is not what ran then
PARTIAL  a restore came to an end, but nothing compared its data with a truth, or part of it was skipped or simulated
FAILED   the last restore failed, and none came through since
GUESS    never tested
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_PASSES = 3  # restores that the recovery time capability looks at


class ProofState(StrEnum):
    """What can be said of a system's restore today (see the module)."""

    PROVEN = "proven"
    AGED = "aged"
    DRIFTED = "drifted"
    PARTIAL = "partial"
    FAILED = "failed"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class CosmeticReview:
    """A person said that what a runbook does is the same at both digests: only how it is written has changed."""

    system: str
    from_digest: str
    to_digest: str
    reason: str
    by: str  # as people read it
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence from one restore of one system from one source. `skipped` names restore actions and checks left out.

    `rpa`: the data lost, of a real recovery or as a drill would have had it. `restore_time`: launch to verified.
    """

    system: str
    source: str  # the tool
    tool_version: str
    recovery: str
    mode: Mode
    at: datetime
    verdict: Verdict
    digest: str  # of the runbook, as it ran
    location: str = ""
    point: str = ""  # the recovery point's id
    rpa: timedelta | None = None
    restore_time: timedelta | None = None
    manual_simulated: bool = False  # a drill's person said what they would do
    skipped: tuple[str, ...] = ()
    detail: str = ""
    carried: tuple[CosmeticReview, ...] = ()  # by which it speaks for later digests too, in their order

    def speaks_for(self, digest: str) -> bool:
        """Whether it was a restore at this digest, or was carried over to it."""
        return digest == self.digest or any(review.to_digest == digest for review in self.carried)

    @property
    def whole(self) -> bool:
        """Every check compared restored data with a recorded truth, and nothing was left out or only spoken of."""
        return self.verdict is Verdict.VERIFIED and not self.manual_simulated and not self.skipped


def proofs_of(proofs: Iterable[Proof], system: str, source: str, tool_version: str) -> tuple[Proof, ...]:
    """The proofs that speak for a system restored from a source with this major version of its tool, oldest first."""
    major = major_version(tool_version)
    chosen = (p for p in proofs if p.system == system and p.source == source and major_version(p.tool_version) == major)
    return tuple(sorted(chosen, key=lambda proof: proof.at))


def major_version(version: str) -> str:
    """What of a tool's version a proof stands for: the first number that is not zero, with the zeros before it.

    "v1.75.2" is "1", "3.19.1" is "3", "0.5.17" is "0.5". Empty when there is no number.
    """
    found = re.search(r"(?:0+\.)*0*[1-9]\d*|0", version)
    return found.group() if found else ""


def state_of(proofs: Iterable[Proof], digest: str, retest: timedelta, now: datetime) -> ProofState:
    """What the proofs of one system and source (see `proofs_of`) say at `now`, with today's `digest`.

    A failure wipes out what was proven before it; a later restore that came through wipes out the failure. Aborted
    and attested-only recoveries (`Verdict.ABORTED`, `Verdict.DONE`) prove nothing either way.
    """
    telling = [proof for proof in sorted(proofs, key=lambda proof: proof.at) if proof.verdict not in _MUTE]
    failures = [place for place, proof in enumerate(telling) if proof.verdict is Verdict.FAILED]
    since = telling[failures[-1] + 1 :] if failures else telling
    if not since:
        return ProofState.FAILED if failures else ProofState.GUESS
    whole = [proof for proof in since if proof.whole]
    today = [proof for proof in whole if proof.speaks_for(digest)]
    if today:
        return ProofState.PROVEN if now - today[-1].at <= retest else ProofState.AGED
    return ProofState.DRIFTED if whole else ProofState.PARTIAL


def carry(proof: Proof, reviews: Iterable[CosmeticReview]) -> Proof:
    """The proof, carried over by these cosmetic reviews of its system: from digest to digest, as far as they lead."""
    reached, led = {proof.digest}, []
    for review in sorted(reviews, key=lambda review: review.at):
        if review.system == proof.system and review.from_digest in reached and review.to_digest not in reached:
            reached.add(review.to_digest)
            led.append(review)
    return replace(proof, carried=tuple(led))


def carried_over(proofs: Iterable[Proof], digest: str) -> CosmeticReview | None:
    """The cosmetic review by which the newest whole proof speaks for this digest; None when it needs none."""
    speaking = [proof for proof in proofs if proof.whole and proof.speaks_for(digest)]
    newest = max(speaking, key=lambda proof: proof.at, default=None)
    if newest is None or newest.digest == digest:
        return None
    return next(review for review in newest.carried if review.to_digest == digest)


def rtc(proofs: Iterable[Proof], digest: str) -> tuple[timedelta | None, int]:
    """The recovery time capability: the slowest restore time of the last three passes at `digest`, and their number.

    A pass is a verified restore with nothing skipped. Drills whose manual steps were simulated count: their machines
    took that long. None and 0: whatever figure is shown is a GUESS.
    """
    passes = sorted(
        (p for p in proofs if p.verdict is Verdict.VERIFIED and not p.skipped and p.speaks_for(digest)),
        key=lambda proof: proof.at,
    )
    times = [proof.restore_time for proof in passes if proof.restore_time is not None][-LAST_PASSES:]
    return max(times, default=None), len(times)


_MUTE = frozenset({Verdict.ABORTED, Verdict.DONE})
