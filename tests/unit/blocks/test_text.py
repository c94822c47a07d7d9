"""Text that cannot trick its reader."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.text import clean, cut, escape, listed, minutes, one_line


def test_hidden_and_turning_characters_go_and_the_rest_stays() -> None:
    assert clean("a\u200bb\u202ec\x07d\ue000e\n\tf é 日本 🙂") == "abcde\n\tf é 日本 🙂"


def test_every_line_break_is_one() -> None:
    assert clean("a\r\nb\rc\u2028d\x0be") == "a\nb\nc\nd\ne"
    assert one_line(" a \n\n b ") == "a b"


def test_what_slack_reads_as_markup_is_escaped() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize(("most", "kept"), [(10, "abcdef"), (6, "abcdef"), (5, "abcd…"), (1, "…"), (0, "")])
def test_a_cut_shows(most: int, kept: str) -> None:
    assert cut("abcdef", most) == kept


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "under 1 min"), (59, "under 1 min"), (61, "1 min"), (7199, "119 min"), (7200, "2 h"), (7500, "2 h 5 min")],
)
def test_minutes_are_whole(seconds: int, said: str) -> None:
    assert minutes(timedelta(seconds=seconds)) == said


def test_long_lists_end_in_a_number() -> None:
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
