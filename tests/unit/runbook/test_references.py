"""A link that is defined elsewhere goes with the step that uses it, and changes nothing else of it."""

from __future__ import annotations

from bot.domain.plan_steps import pieces_of
from bot.runbook.document import parse_blocks
from tests.unit.runbook.making import book, fence

DEFINED = "[con]: https://console.example/\n"


def codes(text: str) -> list[str]:
    return [token.content for token in parse_blocks(text) if token.type == "fence"]


def test_a_definition_goes_with_each_step_that_uses_it_and_with_no_other() -> None:
    steps = book(f"# R\n1. Open [the console][con].\n2. Open [con].\n3. Stop it.\n\n## Links\n{DEFINED}").steps
    assert ["https" in step.text for step in steps] == [True, True, False]


def test_a_definition_changes_no_code_that_nothing_closes() -> None:
    step = book(f"# R\n{DEFINED}\n## Open\nOpen [it][con].\n\n```sh\nstop\n").steps[0]
    assert codes(step.text) == ["stop"]
    assert DEFINED.strip() in step.text
    assert pieces_of(step) == ((step.text, step.commands),)


def test_a_definition_stands_behind_a_comment_that_nothing_closes_in_no_step() -> None:
    step = book(f"# R\n{DEFINED}\n## Open\nOpen [it][con].\n\n<!-- stop\n").steps[0]
    assert step.text.startswith(DEFINED.strip())


def test_code_uses_no_definition_and_holds_none() -> None:
    code = fence("open [con]", info="text")
    steps = book(
        f"# R\n## Open\nType `[con]` or\n{code}\n## Stop\n[con] as in\n{fence(DEFINED)}\n## Links\n{DEFINED}"
    ).steps
    assert [step.text.count("https") for step in steps] == [0, 2]


def test_a_link_that_says_itself_where_it_goes_uses_none() -> None:
    assert "https" not in book(f"# R\n## Open\nOpen [con](a.html).\n\n## Links\n{DEFINED}").steps[0].text


def test_each_command_that_is_shown_alone_has_the_definitions_of_its_words() -> None:
    text = f"# R\n{DEFINED}\n## Open\nOpen [it][con].\n{fence('one')}\nOpen [it][con].\n{fence('two')}"
    pieces = pieces_of(book(text).steps[0])
    assert ["https" in piece for piece, _ in pieces] == [True, True]
    assert [codes(piece) for piece, _ in pieces] == [["one\n"], ["two\n"]]
