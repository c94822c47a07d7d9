"""Inline code is found where markdown finds it, and nothing beside it changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.runbook.code_spans import with_code
from bot.runbook.document import make_parser


def in_markdown(text: str) -> list[str]:
    tokens = [child for token in make_parser().parse(text) for child in token.children or ()]
    return [token.content for token in tokens if token.type == "code_inline"]


def as_read(code: str) -> str:
    """CommonMark takes one space off both ends, where there is one on both and something between them."""
    padded = code.startswith(" ") and code.endswith(" ") and code.strip(" ")
    return code[1:-1] if padded else code


@given(st.text("`\\\\ ab", max_size=40).map(lambda text: f"x{text}x"))
def test_inline_code_is_what_markdown_takes_for_it(text: str) -> None:
    found: list[str] = []

    def look(code: str) -> str:
        found.append(code)
        return code

    assert with_code(text, look) == text
    assert [as_read(code) for code in found] == in_markdown(text)


@given(st.text("`\\\\ ab", max_size=40).map(lambda text: f"x{text}x"), st.text("`ab", min_size=1, max_size=9))
def test_whatever_it_becomes_it_is_still_one_piece_of_code_or_it_stays(text: str, new: str) -> None:
    before, after = in_markdown(text), in_markdown(with_code(text, lambda _: new))
    assert all(now == new or ("`" in new and now == then) for then, now in zip(before, after, strict=True))


def test_thousands_of_backticks_are_read_in_a_blink() -> None:
    text = " ".join("`" * length for length in range(1, 700))
    assert with_code(text, str.upper) == text
