"""A recovery's timeline as rows of bars, in percent of the width: what the HTML template draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.review_text import between
from bot.domain.step_spans import Span, SpanKind
from bot.domain.wording import PART_WORDS, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.review import Review

MOST_TICKS = 4
_STEPS = [
    timedelta(seconds=seconds)
    for seconds in (
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
        600,
        900,
        1800,
        3600,
        7200,
        10800,
        21600,
        43200,
        86400,
        172800,
        604800,
    )
]
_DAY = timedelta(days=1)
_BEFORE = "Before the restore"
_SMALLEST = 0.15  # percent: thinner bars cannot be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """`start` and `width` in percent of the chart; `label` is what a reader who cannot see it hears."""

    kind: SpanKind
    start: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One lane. `verified` is where a check verified it, in percent."""

    name: str
    bars: tuple[Bar, ...]
    critical: bool = False
    verified: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis, in percent."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The rows, their axis, where the RTO ended (in percent, when it lies on the chart), and the kinds that occur."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    path: tuple[Bar, ...]
    rto: float | None
    kinds: tuple[tuple[SpanKind, str], ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    end: datetime

    def place(self, at: datetime) -> float:
        whole = (self.end - self.start) or timedelta(microseconds=1)
        return round(min(100.0, max(0.0, 100 * ((at - self.start) / whole))), 3)

    def bar(self, span: Span, what: str) -> Bar:
        start = self.place(span.started_at)
        width = max(round(self.place(span.ended_at) - start, 3), _SMALLEST)
        said = f"{what}: {in_words(span.duration)}, {between(span.started_at, span.ended_at)}"
        return Bar(span.kind, start, width, said)


def chart_of(review: Review) -> Chart:
    """The chart of a review."""
    measured = review.timeline
    ends = [
        measured.ended_at,
        *(span.ended_at for span in measured.spans),
        *([review.ended_at] if review.ended_at else []),
    ]
    scale = _Scale(measured.started_at, max(ends))
    rows = [row for row in (_lead_in(review, scale), *_units(review, scale)) if row.bars]
    path = tuple(
        _Scale(measured.started_at, measured.ended_at).bar(span, _what(review, span)) for span in measured.pieces
    )
    seen = {bar.kind for row in rows for bar in row.bars} | {bar.kind for bar in path}
    return Chart(
        rows=tuple(rows),
        ticks=_ticks(scale),
        path=path,
        rto=_rto_end(review, scale),
        kinds=tuple((kind, PART_WORDS[kind]) for kind in SpanKind if kind in seen),
    )


def _lead_in(review: Review, scale: _Scale) -> Row:
    own = [span for span in review.timeline.spans if not span.unit and span.ended_at > scale.start]
    return Row(_BEFORE, _bars(review, scale, own), label=_BEFORE)


def _units(review: Review, scale: _Scale) -> Iterable[Row]:
    verified = {system.name: system.verified_at for system in review.systems}
    for level in review.documented_levels:
        for name in level:
            own = [span for span in review.timeline.spans if span.unit == name]
            at = verified.get(name)
            bars = _bars(review, scale, own)
            label = f"{name}: {'; '.join(bar.label for bar in bars)}"
            yield Row(name, bars, name in review.timeline.path, scale.place(at) if at else None, label)


def _bars(review: Review, scale: _Scale, spans: Sequence[Span]) -> tuple[Bar, ...]:
    return tuple(scale.bar(span, _what(review, span)) for span in spans)


def _what(review: Review, span: Span) -> str:
    titles = {(step.unit, step.step): step.title for step in review.steps}
    title = titles.get((span.unit, span.step))
    return f"{title}, {PART_WORDS[span.kind]}" if title else PART_WORDS[span.kind].capitalize()


def _rto_end(review: Review, scale: _Scale) -> float | None:
    if not (review.rto and review.outage_started_at):
        return None
    end = review.outage_started_at + review.rto
    return scale.place(end) if scale.start < end < scale.end else None


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    whole = scale.end - scale.start
    step = (
        next((step for step in _STEPS if whole / step <= MOST_TICKS), None) or -(-whole // (MOST_TICKS * _DAY)) * _DAY
    )
    midnight = scale.start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + -(-(scale.start - midnight) // step) * step
    times = [first + count * step for count in range(MOST_TICKS + 1)]
    shape = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M" if whole < _DAY else "%d %b %H:%M"
    return tuple(Tick(scale.place(at), f"{at:{shape}}") for at in times if at <= scale.end)
