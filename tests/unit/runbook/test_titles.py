"""What a step is called: the words of its heading or of its first sentence, as people read them."""

from __future__ import annotations

import pytest

from bot.runbook.titles import plain
from tests.unit.runbook.making import titles


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Delete `snapshot_*` and `log_*`", "Delete snapshot_* and log_*"),
        ("Run `a__b` then `c__d`", "Run a__b then c__d"),
        ("**Run `rm *.tmp` *now***", "Run rm *.tmp now"),
        ("Listen to _both_ names", "Listen to both names"),
        ("Set snake_case_name and other_name", "Set snake_case_name and other_name"),
        ("Scale to 2 * 3 * 4 pods", "Scale to 2 * 3 * 4 pods"),
        ("Escape \\*stars\\* and \\_lines\\_", "Escape *stars* and _lines_"),
        ("Copy `C:\\temp` away", "Copy C:\\temp away"),
        ("Use ``a `tick` inside``", "Use a `tick` inside"),
        ("Call `<name>` and `[x](y)`", "Call <name> and [x](y)"),
        ("See [the *notes*](notes.md) first", "See the notes first"),
        ("Set [A__B](b.md) and C__D__E", "Set A__B and C__D__E"),
        ("**Note:**first", "Note:first"),
        ("![the desk](desk.png) and **call** it", "the desk and call it"),
        ("See [the notes][1] and [ours][] first", "See the notes and ours first"),
        ("Stop it <!-- the <b>old</b> one --> now", "Stop it now"),
    ],
)
def test_marks_go_and_code_stays_as_it_is_written(heading: str, words: str) -> None:
    assert plain(heading) == words


def test_a_sentence_that_runs_over_lines_is_read_to_its_end() -> None:
    text = "# R\n1. Confirm the labels in Alertmanager or the\n   metrics page. Then breathe.\n2. Start it\n"
    assert titles(text) == ["Confirm the labels in Alertmanager or the metrics page", "Start it"]


def test_a_line_that_says_what_to_do_is_not_joined_with_the_sentence_below_it() -> None:
    text = "# R\n1. Stop the old writers\n   They lock.\n2. **Start new ones**\n   one by one.\n3. Wait:\n   five\n"
    assert titles(text) == ["Stop the old writers", "Start new ones", "Wait"]


def test_a_forced_line_break_ends_a_title() -> None:
    assert titles("# R\n1. Stop all the writers  \n   and the readers\n2. Start them\\\n   slowly\n") == [
        "Stop all the writers",
        "Start them",
    ]


def test_a_long_sentence_is_cut_between_words() -> None:
    first, _ = titles(f"# R\n1. Copy {'the next file and ' * 9}\n   stop\n2. Start it\n")
    assert first.endswith(" …")
    assert len(first) <= 122


def test_a_short_line_or_one_as_long_as_an_editor_breaks_goes_on_in_the_next() -> None:
    text = (
        "# R\n1. Stop the\n   API servers\n"
        "2. Confirm that all of the writers were stopped in the region of\n   Frankfurt and Dublin\n3. Start it\n"
    )
    assert titles(text) == [
        "Stop the API servers",
        "Confirm that all of the writers were stopped in the region of Frankfurt and Dublin",
        "Start it",
    ]


def test_an_abbreviation_is_no_end_of_a_sentence() -> None:
    text = "# R\n1. Stop all writers, e.g. the old ones. Wait.\n2. Start one writer, i.e. the new one. Wait.\n"
    assert titles(text) == ["Stop all writers, e.g. the old ones", "Start one writer, i.e. the new one"]


def test_code_that_looks_like_a_comment_stands_in_the_title_of_an_item() -> None:
    text = "# R\n1. Change `<!-- port -->` in the file\n2. Type \\<!-- and --> there\n3. Go <!-- now --> on\n"
    assert titles(text) == ["Change <!-- port --> in the file", "Type <!-- and --> there", "Go on"]
