import pytest

from bot.cli.safe_text import one_line, safe


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
