"""Markdown reaches a terminal as text: no escape code of the author's, no markup of rich's."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from bot.cli.markdown_terminal import markdown_terminal


def printed(markdown: str, width: int = 60) -> str:
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, legacy_windows=False)
    console.print(markdown_terminal(markdown), crop=False)
    return out.getvalue()


def shown(markdown: str, width: int = 60) -> str:
    return "\n".join(line.rstrip() for line in printed(markdown, width).split("\n")).strip("\n")


@pytest.mark.parametrize(
    "text",
    ["\x1b[2Jgone", "\x1b]8;;https://evil.org\x07x\x1b]8;;\x07", "\x9b31m", "a\x08b", "\x07", "a\u202eb", "a\rb"],
)
def test_escape_codes_and_turns_do_not_reach_the_terminal(text: str) -> None:
    told = shown(f"{text}\n\n~~~\n{text}\n~~~\n\n`{text}`\n")
    assert not any(ord(char) < 32 and char != "\n" for char in told)
    assert not set(told) & {"\u202e", "\x9b", "\x7f"}


def test_markup_of_rich_is_only_text() -> None:
    assert shown("[bold red]x[/] [link=https://a.org]y[/link]") == "[bold red]x[/] [link=https://a.org]y[/link]"


def test_shapes_are_told_in_lines() -> None:
    steps = "2. a\n   ```sh\n   b  c\n   ```\n3. [d](https://e.org)\n\n"
    text = f"# T\n\n{steps}- [ ] f\n\n> [!TIP]\n> g\n\n| h |\n|---|\n| i |\n"
    lines = [line.strip() for line in shown(text).split("\n")]
    assert [line for line in lines if line] == [
        "T",
        "2. a",
        "b  c",
        "3. d (https://e.org)",
        "• [ ] f",
        "Tip",
        "g",
        "h",
        "i",
    ]


@pytest.mark.parametrize("around", ["{}", "1. a\n   - b\n\n     {}\n     c\n2. d", "> {}\n> e"])
def test_code_may_be_copied_as_it_is_shown(around: str) -> None:
    lines = ["run \\", "\t" + "x" * 200, "cat <<-END", "\tEND"]
    start = around.partition("{}")[0].rpartition("\n")[2]
    text = around.format(f"\n{start}".join(["```sh", *lines, "```"]))
    assert "\n".join(lines) + "\n" in printed(text, width=40)
