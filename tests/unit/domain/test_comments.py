"""A comment of HTML is what a page hides: what only looks like one is shown, and stays."""

from __future__ import annotations

import time

import pytest

from bot.domain.comments import find_comments, without_comments


@pytest.mark.parametrize(
    "text",
    [
        "Change `<!-- port -->` in the file",
        "Change ``a ` <!-- port -->`` there",
        "Type \\<!-- there --> too",
        '<a title="<!-- here -->">Stop</a> it',
        "Stop <!-- it",
        "Stop it -->",
        "```xml\n<!-- port -->\n```",
    ],
)
def test_what_only_looks_like_a_comment_stays(text: str) -> None:
    assert without_comments(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Stop <!-- soon -->it", "Stop it"),
        ("Stop <!-- `a -->it<!-- b` -->", "Stop it"),
        ("Stop \\\\<!-- soon -->it", "Stop \\\\it"),
        ("Stop ` <!-- soon -->it", "Stop ` it"),
        ("<!--> Stop it -->", " Stop it -->"),
        ("<!---> Stop <!-- soon -->it", " Stop it"),
        ("if a <b <!-- soon -->it", "if a <b it"),
        ("<!--\nsoon\n\n-->\nStop it", "\nStop it"),
    ],
)
def test_comments_go(text: str, left: str) -> None:
    assert without_comments(text) == left


def test_a_comment_that_holds_nothing_hides_nothing_behind_it() -> None:
    assert find_comments("<!--> a --> <!-- b -->") == [(12, " b ")]
    assert find_comments("<!---> a <!-- b -->") == [(9, " b ")]


def test_hostile_texts_are_read_at_once() -> None:
    begun = time.process_time()
    for text in (
        "a <!-- " * 60_000,
        "`<!--" * 80_000 + "-->",
        "``` ` <!-- \n" * 40_000,
        '<a "' * 100_000 + "<!-- x -->",
        "<a ''" * 80_000 + "<!-- x -->",
        "\\<!-->" * 80_000,
    ):
        without_comments(text)
        find_comments(text)
    assert time.process_time() - begun < 4
