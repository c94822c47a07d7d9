import pytest

from bot.cli.safe_text import counted, joined, one_line, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("\x07\x08", "\\x07\\x08"),
        ("evil\u202etxt.exe", "evil\\u202etxt.exe"),
        ("a\rb", "a\\x0db"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_lines_and_tabs_stay() -> None:
    assert safe("a\tb\nc\r\nd") == "a\tb\nc\nd"


def test_one_line_is_one_line() -> None:
    assert one_line("a\n  b\tc ") == "a b c"


def test_sentences_are_joined_without_doubled_stops() -> None:
    assert joined(["2 of 5 came back.", "given up"]) == "2 of 5 came back; given up"


def test_one_thing_is_counted_as_one() -> None:
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]
