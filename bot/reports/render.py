"""Reviews, summaries and walks as markdown and as HTML pages that need nothing beside them."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain import review_text
from bot.domain.make_plan import short
from bot.domain.recovery_state import StepStatus
from bot.domain.review import COUNTS_AS_MISSED
from bot.domain.summary_text import summary_lines, summary_title
from bot.domain.wording import parts_in_words
from bot.reports.markdown_html import markdown_html
from bot.reports.plain_text import as_markdown, clean
from bot.reports.timeline_chart import chart_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bot.domain.review import Review
    from bot.domain.review_facts import StepReview
    from bot.domain.runbook import Runbook
    from bot.domain.summary import Summary


def render_review_markdown(review: Review) -> str:
    """The review as markdown."""
    return _markdown().get_template("review.md.jinja2").render(_of_review(review))


def render_review_html(review: Review) -> str:
    """The review as one HTML page: no script, no other file, one style element."""
    return _html().get_template("review.html.jinja2").render(_of_review(review), chart=chart_of(review))


def render_summary_markdown(summary: Summary) -> str:
    """The summary as markdown."""
    return _markdown().get_template("summary.md.jinja2").render(_of_summary(summary))


def render_summary_html(summary: Summary) -> str:
    """The summary as one HTML page, like a review's."""
    return _html().get_template("summary.html.jinja2").render(_of_summary(summary))


def render_walk_html(runbooks: Sequence[Runbook]) -> str:
    """The walks of runbooks as one HTML page, to be printed: each begins on a page of its own."""
    return _html().get_template("walk.html.jinja2").render(runbooks=runbooks)


def _of_review(review: Review) -> dict[str, Any]:
    return {
        "review": review,
        "headline": review_text.headline(review),
        "time_line": review_text.time_line(review),
        "loss_line": review_text.loss_line(review),
        "parts": parts_in_words(review.timeline.parts),
        "parts_line": review_text.parts_line(review),
        "order_line": review_text.order_line(review),
    }


def _of_summary(summary: Summary) -> dict[str, Any]:
    return {"summary": summary, "title": summary_title(summary), "lines": summary_lines(summary)}


@cache
def _markdown() -> Environment:
    # Not `autoescape`: that escapes for HTML. `finalize` sees every value that a template puts out.
    return _environment(_in_markdown, autoescape=False)


@cache
def _html() -> Environment:
    return _environment(_in_html, autoescape=True)


def _environment(finalize: Callable[[Any], Any], *, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=autoescape,  # noqa: S701 - off for markdown only, whose `finalize` escapes
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "length": review_text.length_or_dash,
        "clock": _clock,
        "moment": _moment,
        "head": review_text.head_in_words,
        "attainment": review_text.attainment_words,
        "code": _code,
        "digest": short,
        "from_markdown": markdown_html,
        "runs": _runs,
        "tone": _tone,
        "words": _words,
    }
    environment.globals["missed"] = COUNTS_AS_MISSED
    return environment


def _in_markdown(value: Any) -> Any:
    return value if isinstance(value, Markup) else as_markdown(str(value))


def _in_html(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _code(text: str) -> Markup:
    # Nothing is escaped within a block of code, and `clean` leaves no way out of its line.
    return Markup(clean(text))  # noqa: S704 - see above


def _clock(at: datetime | None) -> str:
    return f"{at:%H:%M:%S}" if at else "—"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "—"


def _words(name: Any) -> str:
    """An enum's value, or none: with spaces for underscores."""
    return str(name.value).replace("_", " ") if name else "—"


def _runs(values: Iterable[Any], name: str) -> list[tuple[Any, list[Any]]]:
    """Neighbours that share an attribute, together: the order stays, unlike with jinja's own groupby."""
    return [(key, list(group)) for key, group in groupby(values, key=attrgetter(name))]


def _tone(step: StepReview) -> str:
    """The CSS class that a step's outcome is shown in."""
    return "" if step.probe else _TONES.get(step.outcome, "")


_TONES = {
    StepStatus.VERIFIED: "good",
    StepStatus.FAILED: "bad",
    StepStatus.GIVEN_UP: "bad",
    StepStatus.ABORTED: "bad",
    StepStatus.SKIPPED: "warn",
    StepStatus.INTERRUPTED: "warn",
}
