"""A plain paragraph is read without the parser, and as the parser reads it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runbook.inline_words import Words, parsed_inline, read_inline

PIECES = (
    "`", "``", "[", "]", "(", ")", "](", "<", ">", "<!--", "-->", "</a>", "<NAME>", "<b c>", "\\", "&", "&amp;", "!",
    "*", "**", "_", "~~", "a", "b c", " ", "  ", "\n", "http://a.b/", ":", "#", "?x=1", "é", "[a](b)", "`a  b`",
)  # fmt: skip
DEFINITIONS = {"A": {"href": "there", "title": "", "map": [0, 1]}}


def spaced(words: Words) -> Words:
    return " ".join(words[0].split()), words[1]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.booleans())
def test_however_it_is_read_a_paragraph_has_the_same_words(text: str, defines: bool) -> None:  # noqa: FBT001 - drawn
    definitions = DEFINITIONS if defines else {}
    content = text.strip()
    assert spaced(read_inline(content, definitions)) == spaced(parsed_inline(content, definitions))


def test_code_links_and_images_are_told_exactly() -> None:
    content = "Type `a  b`, see [the `log`](log.html), ![lag](lag.png) and <NAME> <!-- soon -->now"
    prose, exact = read_inline(content, {})
    assert exact == ("a  b", "log.html", "log", "lag.png", "<NAME>")
    assert "soon" not in prose
    assert prose.endswith("now")
