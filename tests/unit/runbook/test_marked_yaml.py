"""YAML values know their lines, and hostile YAML ends quickly."""

from __future__ import annotations

import pytest

from bot.runbook.marked_yaml import MarkedYamlError, compose


def test_each_value_knows_the_line_it_stands_on() -> None:
    marked = compose("a:\n  b: [x,\n      y]\n", first_line=2)
    assert marked.line(("a", "b")) == 3
    assert marked.line(("a", "b", 1)) == 4
    assert marked.line(("a", "b", 7)) == 3


def test_what_yaml_takes_for_times_and_dates_stays_text() -> None:
    assert compose("a: 1:30\nb: 2026-11-22\nc: 012\nd: yes\ne: ~").value == {
        "a": "1:30", "b": "2026-11-22", "c": 12, "d": True, "e": None,
    }  # fmt: skip


def test_a_key_that_stands_twice_is_remembered() -> None:
    assert compose("a: 1\nb: 2\na: 3").repeated == [("a",)]


@pytest.mark.parametrize(
    "text",
    [
        "a: [}",
        "? [x]\n: y",
        "a: &a [*a]",
        "[" * 5000,
        "a: \x01",
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [" + "*a," * 9 + "]\nc: &c [" + "*b," * 9 + "]\nd: &d ["
        + "*c," * 9 + "]\ne: &e [" + "*d," * 9 + "]\nf: [" + "*e," * 9 + "]",
    ],
    ids=["broken", "complex key", "refers to itself", "deep", "control character", "laughs"],
)  # fmt: skip
def test_yaml_that_cannot_be_used_is_one_error(text: str) -> None:
    with pytest.raises(MarkedYamlError):
        compose(text)


@pytest.mark.parametrize(
    ("text", "line", "helps"),
    [
        ("a: 'x\nb: c\nd: e\n", 1, "Close the quotes that open here."),
        ('b: c\na: "x\nd: e\n', 2, "Close the quotes that open here."),
        ("a: [x\nb: c\nd: e\n", 1, "Close the [ that opens here."),
        ("a: {x: y\nb: c\n", 1, "Close the { that opens here."),
        ("a: b\n c: d\n", 2, "Begin the keys of one mapping in one column, and put text that holds “: ” in quotes."),
        ("a: b: c\n", 1, "Begin the keys of one mapping in one column, and put text that holds “: ” in quotes."),
        ("a:\n  b: c\n d: e\n", 3, "Begin the keys of one mapping in one column; what is in quotes ends with them."),
        ("a: 'it's'\n", 1, "Begin the keys of one mapping in one column; what is in quotes ends with them."),
        ("a:\n  system:orders\n  tier: 1\n", 2, "A blank belongs behind the colon."),
        ("a: b\nc\nd: e\n", 2, "Write key: value, or indent what goes on from the line above."),
        ("a: @b\n", 1, "Indent with spaces, and put text that begins with @, ` or % in quotes."),
        ("a:\n\t- b\n", 2, "Indent with spaces, and put text that begins with @, ` or % in quotes."),
        ("a:\n  b: c\n\td: e\n", 3, "Indent with spaces, not with tabs."),
        ("a: *b\n", 1, "Put text that begins with * or & in quotes."),
        ("a: &\n", 1, "Put text that begins with * or & in quotes."),
        ("a: - b\n", 1, "Write lists as [a, b], or each item on a line of its own."),
        ('a: "\\d"\n', 1, "Put it in single quotes: in double quotes \\ begins an escape."),
    ],
)
def test_yaml_that_cannot_be_read_is_told_where_it_goes_wrong_with_what_helps(text: str, line: int, helps: str) -> None:
    with pytest.raises(MarkedYamlError) as raised:
        compose(text, first_line=3)
    assert (raised.value.line, raised.value.helps) == (line + 2, helps)
