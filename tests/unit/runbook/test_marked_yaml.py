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
