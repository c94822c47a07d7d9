"""Markdown reaches Slack as literal text, in shapes that Slack takes and in pieces that fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.rich_text import CODE, MESSAGE, cut_text, markdown_block, markdown_blocks, text_size
from bot.console.rich_text_schema import RICH_TEXT

OWN = sorted((Path(__file__).parents[2] / "fixtures" / "runbooks").glob("*.md"))
HOSTILE = (
    "<!channel> <!here> <@U1> <#C1> <!subteam^S1> &lt;!channel&gt; <!date^1^x|y> @here <http://evil|bank> "
    "*bold* ~x~ :bomb: [a](javascript:x) [b](slack://x) [c](data:text/html,x) ![d](javascript:x)"
)


def elements(markdown: str, **options: Any) -> list[dict[str, Any]]:
    (block,) = markdown_blocks(markdown, **options)
    return list(block["elements"])


def every_piece(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value] if "text" in value or "url" in value else []
        return own + every_piece(list(value.values()))
    return [piece for inner in value for piece in every_piece(inner)] if isinstance(value, list) else []


def assert_slack_takes(markdown: str) -> list[dict[str, Any]]:
    blocks = markdown_blocks(markdown)
    faults: list[str] = []
    for index, block in enumerate(blocks):
        RICH_TEXT(block, f"/blocks/{index}", faults)
        assert text_size(block) <= MESSAGE + 200
    assert faults == []
    pieces = every_piece(blocks)
    assert all(piece.get("text") for piece in pieces)
    return pieces


def test_nothing_mentions_links_or_formats_its_way_out() -> None:
    pieces = assert_slack_takes(HOSTILE)
    assert {piece["type"] for piece in pieces} == {"text"}
    text = "".join(piece["text"] for piece in pieces)
    assert "<!channel> <!here> <@U1> <#C1> <!subteam^S1> <!channel>" in text
    assert "[a](javascript:x)" in text


@pytest.mark.parametrize("target", ["https://a.org/x", "http://a.org", "mailto:a@b.org"])
def test_links_that_may_be_followed_are_links(target: str) -> None:
    (section,) = elements(f"[here]({target})")
    assert section["elements"] == [{"type": "link", "url": target, "text": "here"}]


def test_a_link_as_slack_writes_it_stays_the_text_that_it_is() -> None:
    pieces = every_piece(elements("## See <https://evil.example|bank>\nand <https://bank.example|us>"))
    assert not any("url" in piece for piece in pieces)
    assert "<https://evil.example|bank>" in "".join(piece["text"] for piece in pieces)


def test_words_that_look_like_one_address_do_not_hide_another() -> None:
    (section,) = elements("[https://bank.org](https://evil.org)")
    assert section["elements"][-1]["text"] == " (https://evil.org)"


def test_code_is_exact_to_the_byte_and_what_is_unseen_is_shown() -> None:
    code = "ls *.txt  _a_ <!channel> &amp; `x` $HOME\n\n\ttab  "
    (fence,) = elements(f"~~~sh\n{code}\n~~~")
    assert fence == {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": code}]}
    (bidi,) = elements("~~~\nrm \u202e x\u200b\x1b[2J\n~~~")
    assert bidi["elements"][0]["text"] == "rm \\u202e x\\u200b\\x1b[2J"
    (inline,) = elements("`ls *.txt *.md`")
    assert inline["elements"] == [{"type": "text", "text": "ls *.txt *.md", "style": {"code": True}}]


def test_prose_loses_what_turns_or_hides_text() -> None:
    (section,) = elements("a\u202eb\u200bc\u2066d\ufeff")
    assert section["elements"][0]["text"] == "abcd"


def test_lists_keep_their_nesting_and_their_numbers_across_code() -> None:
    found = elements("3. a\n   ```sh\n   x\n   ```\n4. b\n   - c\n     - d\n5. e\n")
    assert [(one["type"], one.get("indent"), one.get("offset")) for one in found] == [
        ("rich_text_list", 0, 2),
        ("rich_text_preformatted", None, None),
        ("rich_text_list", 0, 3),
        ("rich_text_list", 1, None),
        ("rich_text_list", 2, None),
        ("rich_text_list", 0, 4),
    ]


def test_headings_boxes_alerts_rules_and_images_have_their_looks() -> None:
    texts = ["".join(piece["text"] for piece in every_piece(one)) for one in elements(
        "# Head\n\n- [x] done\n- [ ] open\n\n> [!CAUTION]\n> Hot.\n\n![plan](p.png)\n"
    )]  # fmt: skip
    assert texts == ["Head", "☑ done☐ open", "Caution: Hot.", "image: plan (p.png)"]
    assert elements("# Head")[0]["elements"][0]["style"] == {"bold": True}


def test_tables_are_aligned_while_they_are_narrow_and_told_by_row_when_wide() -> None:
    (narrow,) = elements("| a | bb |\n|---|---|\n| 1 | 2 |\n")
    assert narrow["elements"][0]["text"] == "a  bb\n1  2"
    (wide,) = elements(f"| a | b |\n|---|---|\n| {'x' * 80} | {'y' * 30} |\n")
    assert wide["elements"][0]["text"] == f"a: {'x' * 80}\nb: {'y' * 30}"


def test_known_tags_go_and_placeholders_stay() -> None:
    (section,) = elements("Run <b>this</b> on <HOST> <!-- step: {by: x} --> now<br>then")
    assert "".join(piece["text"] for piece in section["elements"]) == "Run this on <HOST>  now\nthen"


def test_relative_links_lead_below_the_base_or_are_told() -> None:
    assert elements("[a](../b.md)")[0]["elements"][0]["text"] == "a (../b.md)"
    (section,) = elements("[a](../b.md)", base_url="https://git.org/books/db/")
    assert section["elements"][0]["url"] == "https://git.org/books/b.md"


def test_long_text_is_cut_into_messages_and_long_code_at_the_ends_of_lines() -> None:
    line = "echo " + "x" * 45
    blocks = markdown_blocks("## R\n\n```sh\n" + f"{line}\n" * 400 + "```\n" + "word " * 4000)
    assert len(blocks) > 3
    assert all(text_size(block) <= MESSAGE for block in blocks)
    fences = [one for block in blocks for one in block["elements"] if one["type"] == "rich_text_preformatted"]
    assert all(set(one["elements"][0]["text"].split("\n")) == {line} for one in fences)
    assert all(text_size(one) <= CODE for one in fences)


def test_one_block_says_at_its_end_that_something_is_missing() -> None:
    block = markdown_block("word " * 2000, 1000, "the rest is in the runbook")
    assert block["elements"][-1]["elements"][0]["text"] == "the rest is in the runbook"
    assert text_size(block) < 1100


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_every_runbook_of_the_labelled_set_is_taken(path: Path) -> None:
    assert_slack_takes(path.read_text())


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("a<>&!@#*_~`[]()\n -1.|:\\\u202e\x1b>=\"'{}%$/"), max_size=120))
def test_any_text_is_taken_and_never_becomes_a_mention(text: str) -> None:
    assert {piece["type"] for piece in assert_slack_takes(text)} <= {"text", "link"}


@given(st.text(st.sampled_from("ab\n"), max_size=60), st.integers(1, 20))
def test_cutting_code_loses_nothing_but_line_ends_at_the_cuts(text: str, most: int) -> None:
    pieces = cut_text(text, most)
    assert all(len(piece) <= most for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")
