from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.reports.plain_text import as_markdown, clean

READ = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TRICKY = st.text(st.sampled_from("\\`*_{}[]()<>#+-=.!|~&$@:/ \n\tw1ahtp;\"'"), min_size=1)


def shown(text: str) -> str:
    """What markdown makes of the text where a paragraph could begin."""
    return str(READ.render(as_markdown(text))).strip()


@given(st.one_of(TRICKY, st.text()))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    kept = clean(text)
    expected = html.escape(kept).replace("&#x27;", "'")
    assert shown(text) == (f"<p>{expected}</p>" if kept else "")


@given(TRICKY)
def test_a_cell_of_a_table_stays_one_cell(text: str) -> None:
    rendered = READ.render(f"| a | b |\n| - | - |\n| x{as_markdown(text)} | y |\n")
    assert rendered.count("<td>") == 2


@pytest.mark.parametrize("text", ["https://evil.example", "www.evil.example", "ann@evil.example", "s3://bucket"])
def test_what_other_readers_would_make_a_link_is_broken_up(text: str) -> None:
    assert "\\" in as_markdown(text)
    assert shown(text) == f"<p>{text}</p>"


def test_ordinary_names_stay_readable() -> None:
    assert as_markdown("orders-db, 10:30, @responder (drill).") == "orders-db, 10:30, @responder (drill)."


def test_lines_become_one_and_what_turns_text_around_is_gone() -> None:
    assert clean(" a\r\n\tb\u2028c\u202egnp.exe\x1b[31m\x00\u200b\ud800 ") == "a b cgnp.exe[31m"


@given(st.text())
def test_nothing_unseen_is_left(text: str) -> None:
    assert not {unicodedata.category(character) for character in clean(text)} & {"Cc", "Cf", "Cs"}
