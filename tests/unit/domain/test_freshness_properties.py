"""What holds of freshness and of the comparison with the truth, whatever the sources and checks say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.freshness import Freshness, FreshnessState, Severity, as_json, assess
from bot.domain.proof import Compared, Sample, compare
from bot.domain.recovery_points import FaultKind, Reading, ReadingFault, RecoveryPoint
from bot.domain.runbook import Backup, System

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SYSTEM = System("db", "db", rpo=15 * MINUTE, backups=(Backup("barman", "onsite"), Backup("restic", "offsite")))
BADNESS = {FreshnessState.FRESH: 0, FreshnessState.LATE: 1, FreshnessState.STALE: 2, FreshnessState.UNKNOWN: 3}

quick = settings(max_examples=40, deadline=None)

minutes = st.integers(-20, 60).map(lambda count: count * MINUTE)


@st.composite
def points(draw: st.DrawFn) -> RecoveryPoint:
    taken = NOW - draw(minutes)
    return RecoveryPoint(
        id=draw(st.sampled_from("abcdef")),
        source="barman",
        restorable_through=taken + draw(st.integers(0, 10)) * MINUTE,
        taken_at=taken,
        log_through=draw(st.none() | minutes.map(lambda ago: NOW - ago)),
        size_bytes=draw(st.none() | st.sampled_from([0, 5, 300, 900, 1000])),
        files=draw(st.none() | st.integers(0, 3)),
        complete=draw(st.booleans()),
        gap=draw(st.sampled_from(["", "0000000100000000000000AB"])),
        added_bytes=draw(st.none() | st.integers(0, 10_000)),
    )


faults = st.just(ReadingFault(FaultKind.AUTH, "refused", "set it"))
readings = st.lists(
    st.builds(
        Reading,
        system=st.sampled_from(["db", "dns"]),
        backup=st.integers(0, 2),
        tool=st.just("barman"),
        location=st.sampled_from(["onsite", "offsite", ""]),
        checked_at=st.integers(-2, 30).map(lambda count: NOW - count * MINUTE),
        points=st.lists(points(), max_size=6).map(tuple),
        fault=st.none() | faults,
    ),
    max_size=4,
    unique_by=lambda reading: (reading.backup, reading.checked_at),
)


@quick
@given(readings)
def test_fresh_means_a_usable_copy_within_the_rpo_and_nothing_critical(said: list[Reading]) -> None:
    freshness = assess(SYSTEM, said, NOW)
    if freshness.state is not FreshnessState.FRESH:
        return
    assert freshness.effective is not None
    assert freshness.effective.complete
    assert NOW - freshness.effective.restorable_through <= 15 * MINUTE
    assert all(found.severity is Severity.WARNING for found in freshness.findings)


@quick
@given(readings)
def test_unknown_shows_its_cause_and_no_age(said: list[Reading]) -> None:
    freshness = assess(SYSTEM, said, NOW)
    unknown = freshness.state is FreshnessState.UNKNOWN
    assert unknown == (freshness.fault is not None)
    if unknown:
        assert (freshness.effective, freshness.effective_age) == (None, None)


@quick
@given(readings)
def test_anything_but_fresh_has_a_finding_that_helps(said: list[Reading]) -> None:
    freshness = assess(SYSTEM, said, NOW)
    assert freshness.findings or freshness.state is FreshnessState.FRESH
    assert all(found.detail and found.helps for found in freshness.findings)


@quick
@given(readings, st.randoms())
def test_the_order_in_which_things_are_said_does_not_matter(said: list[Reading], luck: object) -> None:
    shuffled = list(said)
    luck.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    assert as_json(assess(SYSTEM, shuffled, NOW)) == as_json(assess(SYSTEM, said, NOW))


@quick
@given(st.lists(points(), max_size=6), st.integers(1, 14))
def test_time_alone_never_makes_a_system_fresher(copies: list[RecoveryPoint], later: int) -> None:
    past = [copy for copy in copies if max(copy.taken_at, copy.restorable_through) <= NOW]

    def at(now: datetime) -> Freshness:
        return assess(SYSTEM, [Reading("db", 0, "barman", "onsite", NOW, points=tuple(past))], now)

    assert BADNESS[at(NOW).state] <= BADNESS[at(NOW + later * MINUTE).state]


@quick
@given(st.lists(points(), max_size=6))
def test_one_more_empty_copy_never_makes_a_system_fresher(copies: list[RecoveryPoint]) -> None:
    older = [copy for copy in copies if max(copy.taken_at, copy.restorable_through) < NOW]
    empty = RecoveryPoint("empty", "barman", NOW, NOW, size_bytes=0, files=0)

    def of(*some: RecoveryPoint) -> FreshnessState:
        return assess(SYSTEM, [Reading("db", 0, "barman", "onsite", NOW, points=some)], NOW).state

    assert BADNESS[of(*older)] <= BADNESS[of(*older, empty)]
    assert of(*older, empty) is not FreshnessState.FRESH


EVERY = timedelta(seconds=5)
truths = st.integers(1, 30).map(
    lambda length: [Sample(f"t{n}", NOW + n * EVERY, {"orders": 10 * n, "lines": 25 * n}) for n in range(length)]
)


@quick
@given(truths, st.data())
def test_verified_means_recorded_counts_and_nothing_promised_missing(truth: list[Sample], data: st.DataObject) -> None:
    real = data.draw(st.sampled_from(truth))
    counts = {name: count - data.draw(st.sampled_from([0, 0, 1])) for name, count in real.counts.items()}
    token = data.draw(st.sampled_from([real.token, real.token, "elsewhere"]))
    through = NOW + data.draw(st.integers(0, 160)) * timedelta(seconds=1)
    hole = data.draw(st.booleans())
    comparison = compare(Sample(token, real.written_at, counts), truth, through, EVERY, hole=hole)
    if comparison.verdict is not Compared.VERIFIED:
        return
    assert token == real.token
    assert counts == real.counts
    assert comparison.expected is None or real.written_at >= comparison.expected.written_at


@quick
@given(truths, st.integers(0, 29), st.integers(0, 40))
def test_a_whole_restore_never_fails(truth: list[Sample], place: int, lag: int) -> None:
    """The end of the log may be stamped up to one interval and two seconds after the newest canary in it."""
    newest = truth[min(place, len(truth) - 1)]
    through = newest.written_at + min(timedelta(seconds=lag), EVERY + timedelta(seconds=2))
    assert compare(newest, truth, through, EVERY).verdict is Compared.VERIFIED


@quick
@given(truths, st.data())
def test_more_lost_than_the_slack_never_passes(truth: list[Sample], data: st.DataObject) -> None:
    found = data.draw(st.sampled_from(truth))
    lost = data.draw(st.integers(3, 40))
    through = found.written_at + lost * EVERY
    if through - EVERY - timedelta(seconds=2) < truth[-1].written_at or found is truth[-1]:
        through = truth[-1].written_at + 2 * EVERY
    comparison = compare(found, truth, through, EVERY)
    assert (comparison.verdict is Compared.VERIFIED) == (found is truth[-1])
