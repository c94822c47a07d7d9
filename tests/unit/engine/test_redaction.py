"""What a command printed, made fit to be kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import EventKind, make_event
from bot.engine.redaction import KEPT_CHARACTERS, clean_output, keeper, redact
from tests.fakes.histories import at

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_colours_titles_and_controls_are_taken_out() -> None:
    assert clean_output("\x1b[1;31mred\x1b[0m \x1b]0;title\x07on\x00\x08 \u202eevil\u2066\r\nnext\rlast\n", ()) == (
        "red on evil\nnext\nlast"
    )


def test_tabs_and_other_scripts_are_kept() -> None:
    assert clean_output("a\tä ☃ 検査", ()) == "a\tä ☃ 検査"


def test_only_the_end_of_a_long_output_is_kept() -> None:
    kept = clean_output("x" * 5_000 + "end", ())
    assert kept.startswith("[...]\nxxx")
    assert kept.endswith("end")
    assert len(kept) == KEPT_CHARACTERS + len("[...]\n")


def test_secrets_are_blotted_out_the_longest_first() -> None:
    assert redact("token xoxb-1-abc and xoxb-1", ["xoxb-1", "xoxb-1-abc"]) == "token *** and ***"


def test_a_secret_that_is_cut_by_colours_is_blotted_out() -> None:
    assert clean_output("pass\x1b[1mword1", ["password1"]) == "***"


def test_a_word_too_short_to_be_a_secret_is_left_alone() -> None:
    assert redact("abc", ["abc", ""]) == "abc"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("s3://key:hunter2@bucket/x", "s3://key:***@bucket/x"),
        ("postgres://bot:p%40ss@db:5432/x", "postgres://bot:***@db:5432/x"),
        ("http://host:80/a@b", "http://host:80/a@b"),
        ("mail me@example.org", "mail me@example.org"),
    ],
)
def test_passwords_in_addresses_are_blotted_out(text: str, kept: str) -> None:
    assert redact(text, ()) == kept


@given(st.text(), st.lists(st.text(min_size=4, max_size=8), max_size=3))
def test_no_secret_and_no_control_is_ever_kept(text: str, secrets: Sequence[str]) -> None:
    printable = [secret for secret in secrets if secret.isprintable() and "*" not in secret]
    kept = clean_output(text + "".join(printable), printable)
    assert not any(secret in kept for secret in printable)
    assert not any(ord(char) < 32 and char not in "\t\n" for char in kept)


def test_a_secret_is_hidden_in_whatever_case_and_the_longest_first() -> None:
    assert redact("HUNTER22 hunter hunter22x", ["hunter", "hunter22x", "hunter22"]) == "*** *** ***"


def test_a_token_of_slack_is_hidden_although_nobody_named_it() -> None:
    assert redact("xoxb-12345678-abc xapp-1-A0123-9 xoxe.xoxp-1-Mi0yLTEyMw nix-xoxb", []) == "*** *** *** nix-xoxb"


def test_an_event_is_kept_without_secrets_in_its_words_and_with_all_else() -> None:
    data = {"text": "it is hunter22", "reasons": ["hunter22", 3], "choice": "hunter22", "exit_code": 3}
    event = make_event("R-1", EventKind.NOTED, at(0), data=data)
    kept = keeper(lambda: ["hunter22"])(event)
    assert kept.data == {"text": "it is ***", "reasons": ["***", 3], "choice": "hunter22", "exit_code": 3}
    assert replace(kept, data=data) == event


def test_an_event_without_secrets_is_kept_as_it_is() -> None:
    event = make_event("R-1", EventKind.NOTED, at(0), data={"text": "all is well"})
    assert keeper(lambda: ["hunter22"])(event) is event
