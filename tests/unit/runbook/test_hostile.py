"""No text whatever breaks the reading of a runbook, loses a line of it, or takes long."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runbook.source import decode_source, read_source
from tests.unit.runbook.making import book, parsed

if TYPE_CHECKING:
    from pathlib import Path

    from bot.runbook.parse import Parsed

PIECES = [
    "# Title\n", "## Overview\n", "## Prerequisites\n", "### 1. Stop\n", "## Option 2\n", "Setext\n---\n", "1. one\n",
    "2. two\n", "- bullet\n", "- [ ] box\n", "  1. inner\n", "Do the following:\n", "text\n", "**1.** bold\n",
    "> quote\n", "```sh\n", "```\n", "    code\n", "<!-- step: {by: x} -->\n", "<!--", "-->\n", "<div>\n",
    "| a |\n|---|\n", '=== "Tab"\n', "    1. in a tab\n", "!!! note\n", ":::note\n", ":::\n", "{{% tab %}}\n",
    "{{% /tab %}}\n", "---\n", "\n", "\n\n", "\ufeff", "\r\n", "\r", "\u0000", "\ud800", "\u2028", "\t",
    "<% erb %>\n", "[a](b.md)\n", "<NAME>\n", "recovery: {system: x}\n", "$ prompt\n",
]  # fmt: skip


def assert_nothing_is_lost(read: Parsed) -> None:
    at = read.source.front
    for draft in read.drafts:
        assert draft.start == at < draft.end
        at = draft.end
    assert at == len(read.source.lines)
    assert read.runbook.steps


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_mixture_of_markdown_is_walked_without_a_lost_line(pieces: list[str]) -> None:
    assert_nothing_is_lost(parsed("".join(pieces)))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_walked_without_a_lost_line(text: str) -> None:
    assert_nothing_is_lost(parsed(text))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    source = decode_source(data, "book.md")
    assert "\x00" not in source.body


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 50_000,
        "<!-- step: {} -->\n" * 3_000,
        "\n".join("  " * min(depth, 120) + "- a" for depth in range(2_000)),
        "# " + "a" * 500_000,
        "# " + "1." * 100_000,
        "# " + "**a" * 100_000,
        "---\nrecovery: " + "[" * 100_000 + "\n---\n",
        '=== "x"\n' * 20_000,
        ":::note\n" * 20_000,
        "```sh\n" + "<ab>" * 40_000 + "\n```",
        "```sh\n" + "<<EOF\n" * 20_000 + "```",
        "```console\n" + "$ a\\\n" * 20_000 + "```",
        "1. a\n" * 5_000,
        "# a\n" * 5_000,
        "to " * 60_000 + ":\n\n- a\n- b\n",
        "[" * 200_000,
        '```sh {"a":' + "[" * 100_000 + "}\nls\n```",
        ">" * 200_000,
        "".join(f"{'#' * (1 + at % 6)} a{at}\n1. b\n" for at in range(10_000)),
    ],
    ids=lambda text: repr(text[:16]),
)
def test_hostile_text_ends_in_bounded_time(text: str) -> None:
    begun = time.process_time()
    assert_nothing_is_lost(parsed(text))
    assert time.process_time() - begun < 10


def test_a_file_above_the_limit_is_refused_in_words() -> None:
    read = book("a" * 5_000_000)
    assert [fault.message for fault in read.faults] == [
        "the file has 4883 KB; runbooks of more than 512 KB are not read."
    ]
    assert len(read.steps) == 1


def test_what_is_no_file_is_refused_at_once_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "circle.md").symlink_to(tmp_path / "circle.md")
    os.mkfifo(tmp_path / "pipe.md")
    read = [read_source(tmp_path / name, name) for name in ("folder.md", "circle.md", "pipe.md")]
    assert [len(source.faults) for source in read] == [1, 1, 1]


def test_marks_and_line_ends_of_other_systems_are_read_alike() -> None:
    unix = "---\ntitle: T\n---\n# R\n1. a\n2. b\n"
    for text in ("\ufeff" + unix, "\n\n" + unix, unix.replace("\n", "\r\n"), unix.replace("\n", "\r")):
        read = book(text)
        assert (read.title, [step.title for step in read.steps]) == ("T", ["a", "b"])


def test_bytes_that_are_not_utf8_are_a_warning_with_their_line() -> None:
    source = decode_source(b"# a\n\xff\n", "book.md")
    assert [(fault.line, fault.severity) for fault in source.faults] == [(2, "warning")]
    assert source.lines[1] == "\ufffd"


def test_code_keeps_every_byte() -> None:
    code = "a\t\u202e b\u200b \\ `x` <!channel> &lt;@U1&gt;  \n\n  \x1b[31m"
    text = f"# R\n~~~~sh\n{code}\n```\n~~~~\n"
    assert book(text).steps[0].commands[0].text == f"{code}\n```\n"
