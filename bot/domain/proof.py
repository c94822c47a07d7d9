"""Whether a restore brought the data back, judged against a truth recorded from the living system.

A sample says: when this token was written, there were so many rows of each kind. A check finds the newest token in
restored data and counts the rows up to it. Health and integrity checks cannot replace this: with one piece of its log
gone a database opens, answers and passes every check of its own, and lacks most of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BringbackError
from bot.domain.proof_state import Proof, ProofState, major_version, proofs_of, rtc, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "GRANULARITY",
    "Compared",
    "Comparison",
    "Proof",
    "ProofState",
    "Sample",
    "compare",
    "comparison_json",
    "major_version",
    "parse_sample",
    "proofs_of",
    "rtc",
    "samples_through",
    "state_of",
]

GRANULARITY = timedelta(seconds=2)  # tools round times to a second; a piece of log is stamped when its copy ended


class Compared(StrEnum):
    """What the comparison with the truth says."""

    VERIFIED = "verified"  # everything that was promised came back
    FAILED = "failed"  # something is missing, too much, or from elsewhere
    NO_TRUTH = "no_truth"  # nothing was recorded to compare with


@dataclass(frozen=True, slots=True)
class Sample:
    """A canary: its token, when it was written, and how many rows of each kind there were then."""

    token: str
    written_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check found against what had to come back.

    `missing` is rows lost by name; they were written after `missing_from` and up to `missing_to`. `detail` is one
    sentence for people, `helps` another. `found` carries the truth's own time where its token is a recorded one.
    """

    verdict: Compared
    detail: str
    helps: str = ""
    expected: Sample | None = None
    found: Sample | None = None
    missing: Mapping[str, int] = field(default_factory=dict)
    missing_from: datetime | None = None
    missing_to: datetime | None = None


def parse_sample(data: object) -> Sample:
    """A sample from its JSON object `{"token", "written_at", "counts"}`. Raises BringbackError naming what is wrong."""
    if not isinstance(data, Mapping):
        raise BringbackError("A sample is not a JSON object.", _HELPS_SHAPE)
    token, written_at, counts = data.get("token"), data.get("written_at"), data.get("counts", {})
    if not isinstance(token, str) or not token:
        raise BringbackError("A sample has no token.", _HELPS_SHAPE)
    if not isinstance(counts, Mapping) or any(type(count) is not int or count < 0 for count in counts.values()):
        raise BringbackError(f"The counts of sample {token} are not whole numbers by name.", _HELPS_SHAPE)
    return Sample(token, _aware(token, written_at), {str(name): count for name, count in counts.items()})


def samples_through(samples: Iterable[Sample], moment: datetime) -> tuple[Sample, ...]:
    """The samples written up to `moment`, oldest first."""
    return tuple(sorted((s for s in samples if s.written_at <= moment), key=lambda sample: sample.written_at))


def compare(
    found: Sample | None,
    samples: Sequence[Sample],
    through: datetime,
    every: timedelta,
    *,
    hole: bool = False,
    granularity: timedelta = GRANULARITY,
) -> Comparison:
    """Hold what a check found against the recorded truth.

    `through` is what the source claimed when the restore began: the end of its log, past a gap if it has one, else
    the point's `restorable_through`. A known hole is never accepted as the new promise. `every` is the time between
    two samples, `hole` whether the source knows of a gap, `granularity` how exact the source's times are.

    What had to come back is the newest sample written up to `through`, less a slack of `every` and `granularity`. At
    the end of a log one canary is always in flight: stamped before its transaction committed, or committed after the
    last piece of log was closed but before that piece was copied and got its time. Writers take turns, so one `every`
    covers that canary. A gap that loses more than that shows, because the canaries behind it are missing. Where the
    source itself knows of a gap there is nothing to be lenient about: the log behind the hole was archived, so the
    canaries in the hole were, and only the granularity remains.

    The token found must be a recorded one, and the counts at it must be exactly those recorded. A recorded token that
    is newer than `through` is fine: the log reached further than its source knew.
    """
    if not samples:
        return Comparison(Compared.NO_TRUTH, "No truth was recorded to compare with.", _HELPS_TRUTH, found=found)
    recorded = samples_through(samples, _END)
    promised = samples_through(recorded, through - granularity - (timedelta(0) if hole else every))
    expected = promised[-1] if promised else None
    if found is None:
        return _nothing_found(expected, through)
    known = {sample.token: sample for sample in recorded}.get(found.token)
    if known is None:
        return _unknown_token(found, expected, recorded[0])
    found = replace(found, written_at=known.written_at)
    if expected and found.written_at < expected.written_at:
        return _too_old(found, expected)
    return _counted(found, known, expected)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as the ledger keeps it: times in ISO 8601."""
    return {
        "verdict": comparison.verdict.value,
        "detail": comparison.detail,
        "helps": comparison.helps,
        "expected": _sample_json(comparison.expected),
        "found": _sample_json(comparison.found),
        "missing": dict(comparison.missing),
        "missing_from": comparison.missing_from.isoformat() if comparison.missing_from else None,
        "missing_to": comparison.missing_to.isoformat() if comparison.missing_to else None,
    }


_END = datetime.max.replace(tzinfo=UTC)
_HELPS_SHAPE = 'It looks like {"token": "...", "written_at": "2026-11-22T02:52:10Z", "counts": {"orders": 10000}}.'
_HELPS_TRUTH = "Declare `truth:` in the runbook, and record samples of the living system outside it."
_HELPS_OLDER = "Bring back another recovery point, or one from another source; keep what this one brought back."
_HELPS_STRANGER = "See that the check reads the restored data, and that this recovery point belongs to this system."
_HELPS_CANARY = "See that the check reads the restored data and writes what it found to RECOVERY_RESULT."


def _aware(token: str, written_at: object) -> datetime:
    try:
        moment = written_at if isinstance(written_at, datetime) else datetime.fromisoformat(str(written_at))
    except ValueError:
        raise BringbackError(f"The time of sample {token} is not one: {written_at!r}.", _HELPS_SHAPE) from None
    if moment.tzinfo is None:
        raise BringbackError(f"The time of sample {token} does not say its zone: {written_at!r}.", _HELPS_SHAPE)
    return moment.astimezone(UTC)


def _sample_json(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {"token": sample.token, "written_at": sample.written_at.isoformat(), "counts": dict(sample.counts)}


def _nothing_found(expected: Sample | None, through: datetime) -> Comparison:
    if expected is None:
        detail = f"No truth was recorded before {_clock(through)}, where this recovery point ends."
        return Comparison(Compared.NO_TRUTH, detail, _HELPS_TRUTH)
    lost = {name: count for name, count in expected.counts.items() if count}
    detail = f"The restored data hold no canary; the one written at {_clock(expected.written_at)} had to come back."
    return Comparison(
        Compared.FAILED, detail, _HELPS_CANARY, expected=expected, missing=lost, missing_to=expected.written_at
    )


def _unknown_token(found: Sample, expected: Sample | None, oldest: Sample) -> Comparison:
    if found.written_at < oldest.written_at:
        if expected is not None:
            return _too_old(found, expected)
        detail = f"The truth begins at {_clock(oldest.written_at)}, after what came back ({_clock(found.written_at)})."
        return Comparison(Compared.NO_TRUTH, detail, _HELPS_TRUTH, found=found)
    detail = f"The token found ({found.token[:40]}) was never recorded: the restored data are not this system's."
    return Comparison(Compared.FAILED, detail, _HELPS_STRANGER, expected=expected, found=found)


def _too_old(found: Sample, expected: Sample) -> Comparison:
    """Data end before what was promised. Rows of a name that the check did not count are not guessed."""
    lost = {
        name: count - found.counts[name]
        for name, count in expected.counts.items()
        if name in found.counts and count > found.counts[name]
    }
    begins, ends = found.written_at, expected.written_at
    nothing = f"othing written between {_clock(begins, ends)} and {_clock(ends)} came back"
    detail = f"{_rows(lost, expected)} missing: n{nothing}." if lost else f"N{nothing}."
    return Comparison(Compared.FAILED, detail, _HELPS_OLDER, expected, found, lost, begins, ends)


def _counted(found: Sample, known: Sample, expected: Sample | None) -> Comparison:
    """The token is new enough: now the rows at it."""
    uncounted = sorted(set(known.counts) - set(found.counts))
    if uncounted:
        detail = f"The check did not count {' and '.join(uncounted)}."
        return Comparison(Compared.FAILED, detail, _HELPS_CANARY, expected, found)
    lost = {name: count - found.counts[name] for name, count in known.counts.items() if count > found.counts[name]}
    if lost:
        detail = f"{_rows(lost, known)} missing, though the canary written at {_clock(known.written_at)} came back."
        return Comparison(Compared.FAILED, detail, _HELPS_OLDER, expected, found, lost, None, known.written_at)
    more = [
        f"{found.counts[name] - count:,} {name}" for name, count in known.counts.items() if found.counts[name] > count
    ]
    if more:
        detail = f"{' and '.join(more)} came back that were not there at {_clock(known.written_at)}."
        return Comparison(Compared.FAILED, detail, _HELPS_STRANGER, expected, found)
    held = " and ".join(f"{count:,} {name}" for name, count in known.counts.items())
    detail = f"Everything up to {_clock(known.written_at)} came back" + (f": {held}." if held else ".")
    return Comparison(Compared.VERIFIED, detail, "", expected, found)


def _rows(lost: Mapping[str, int], whole: Sample) -> str:
    """The start of a sentence, such as: 3,412 of 10,000 orders are."""
    named = " and ".join(f"{count:,} of {whole.counts[name]:,} {name}" for name, count in lost.items())
    return f"{named} {'is' if sum(lost.values()) == 1 else 'are'}"


def _clock(at: datetime, before: datetime | None = None) -> str:
    """A time of day in UTC; as the first of a pair of the same day without the zone, of another day with its date."""
    if before is None:
        return f"{at:%H:%M:%S} UTC"
    return f"{at:%H:%M:%S}" if at.date() == before.date() else f"{at:%Y-%m-%d %H:%M:%S} UTC"
