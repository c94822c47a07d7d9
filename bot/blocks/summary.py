"""The manager's summary in a message. Its sentences are `summary_text`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import Block, header, line, message, rich, table
from bot.blocks.text import escape
from bot.domain.review_text import attainment_words, length_or_dash
from bot.domain.summary_text import summary_lines, summary_title

if TYPE_CHECKING:
    from bot.domain.figures import Figures
    from bot.domain.summary import Summary

TABLE_MOST = 15


def summary_message(summary: Summary) -> Block:
    """The figures, then the newest recoveries."""
    title, lines = summary_title(summary), summary_lines(summary)
    blocks = [header(title), rich(*(line(text) for text in lines))]
    if not summary.recoveries:
        return message(escape(f"{title}: {lines[0]}"), blocks)
    rows = [_row(figures) for figures in summary.recoveries[:TABLE_MOST]]
    rest = len(summary.recoveries) - len(rows)
    more = [rich(line(f"… {rest} more: `bringback summary --json` lists them all"))] if rest else []
    plain = rich(*(line(", ".join(row)) for row in rows))
    text = escape(f"{title}: {lines[0]}")
    return message(text, [*blocks, table([_HEADINGS, *rows]), *more], [*blocks, plain, *more])


_HEADINGS = ("Recovery", "What", "Mode", "Asked for", "Ended", "RTA", "Restore time", "RPA", "RTO")


def _row(figures: Figures) -> list[str]:
    ended = figures.outcome.value if figures.outcome else figures.status.value.replace("_", " ")
    return [
        figures.recovery,
        figures.name,
        figures.mode.value,
        f"{figures.requested_at:%d %b %H:%M}" if figures.requested_at else "—",
        ended,
        length_or_dash(figures.rta),
        length_or_dash(figures.restore_time),
        length_or_dash(figures.rpa),
        attainment_words(figures) or "—",
    ]
