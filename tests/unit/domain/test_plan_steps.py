"""Planned steps: commands one at a time, opened runbooks in their places, where to go when a step fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import UnknownName
from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.make_plan import Shelf, own_units, system_unit, walk_unit
from bot.domain.opening import DEEPEST, reached_from
from bot.domain.plan_steps import MOST_OPENED, pieces_of, plan_steps
from bot.domain.runbook import Moment, Runbook, StepKind
from bot.runbook.parse import parse
from bot.runbook.source import make_source

if TYPE_CHECKING:
    from collections.abc import Mapping


FIXTURES = Path(__file__).parents[2] / "fixtures"


def read(text: str, name: str = "restore") -> Runbook:
    return parse(make_source(text, f"{name}.md"), name).runbook


def shelf(**texts: str) -> Mapping[str, Runbook]:
    """Runbooks by name; `__` in a keyword stands for the slash of a folder."""
    names = {key.replace("__", "/"): text for key, text in texts.items()}
    return {name: read(text, name) for name, text in names.items()}


def plan(books: Mapping[str, Runbook], name: str = "main") -> tuple[PlannedStep, ...]:
    return walk_unit(books[name], Mode.REAL, Shelf(books)).steps


def ids(steps: tuple[PlannedStep, ...]) -> list[str]:
    return [step.id for step in steps]


SEVERAL = """# T
## Restore
Why first.

```sh
one <a>
```
then, in the pod:
```
two
```
Last words.
"""


def test_each_command_that_a_person_runs_is_asked_on_its_own_with_the_text_before_it() -> None:
    first, second = plan_steps(read(SEVERAL).steps, Mode.REAL)
    assert (first.command_place, second.command_place, first.place, second.place) == ((1, 2), (2, 2), 1, 1)
    assert first.text == "Why first.\n\n```sh\none <a>\n```"
    assert second.text == "then, in the pod:\n```\ntwo\n```\nLast words."
    assert [[one.text for one in step.shown] for step in (first, second)] == [["one <a>\n"], ["two\n"]]


def test_sample_output_is_no_command_to_ask_for() -> None:
    steps = plan_steps(read(SEVERAL.replace("then, in the pod", "It prints something like")).steps, Mode.REAL)
    assert [step.command_place for step in steps] == [(0, 0)]
    assert [one.text for one in steps[0].shown] == ["one <a>\n", "two\n"]


def test_the_pieces_of_a_list_item_read_as_they_do_in_the_list() -> None:
    text = "# T\n1. Say:\n\n    ```sh\n    one\n    ```\n    and\n    ```sh\n    two\n      three\n    ```\n2. End\n"
    assert [step.text for step in plan_steps(read(text).steps, Mode.REAL)] == [
        "1. Say:\n\n    ```sh\n    one\n    ```",
        "and\n```sh\ntwo\n  three\n```",
        "2. End",
    ]


def test_nothing_of_a_step_is_lost_when_it_is_asked_in_pieces() -> None:
    [step] = read(SEVERAL).steps
    pieces = plan_steps([step], Mode.REAL)
    assert "\n".join(piece.text for piece in pieces) == step.text


def test_commands_that_do_not_say_where_they_stand_stay_together() -> None:
    [step] = read(SEVERAL).steps
    assert len(plan_steps([replace(step, text_line=0)], Mode.REAL)) == 1


def test_a_drill_says_what_each_shown_command_would_do() -> None:
    [step] = read(SEVERAL).steps
    steps = plan_steps([replace(step, kind=StepKind.MANUAL)], Mode.DRILL)
    assert [one.simulated for one in steps] == [True, True]


MAIN = "# Main\n## Start\nBegin.\n## Unseal\n[Unseal](sub/vault.md)\n## End\nDone.\n"
VAULT = "# Vault\n## Keys\n1. First key\n2. Second key\n## Check\nLook at it.\n"


def test_a_step_that_opens_a_runbook_is_walked_as_its_steps_and_returns() -> None:
    steps = plan(shelf(main=MAIN, sub__vault=VAULT))
    assert ids(steps) == ["start", "sub/vault/first-key", "sub/vault/second-key", "sub/vault/check", "end"]
    assert [step.place for step in steps] == [1, 2, 3, 4, 5]
    assert [step.within for step in steps] == [(), ("Vault",), ("Vault",), ("Vault",), ()]


@pytest.mark.parametrize("anchor", ["#keys", "#Keys", "#2-keys", "#%4Beys"])
def test_a_link_to_a_heading_opens_the_steps_of_that_section(anchor: str) -> None:
    steps = plan(shelf(main=MAIN.replace("vault.md", f"vault.md{anchor}"), sub__vault=VAULT))
    assert ids(steps) == ["start", "sub/vault/first-key", "sub/vault/second-key", "end"]


def test_a_link_to_a_runbooks_title_opens_all_of_it() -> None:
    steps = plan(shelf(main=MAIN.replace("vault.md", "vault.md#vault"), sub__vault=VAULT))
    assert len([step for step in steps if step.within]) == 3


@pytest.mark.parametrize("target", ["sub/gone.md", "sub/vault.md#gone"])
def test_what_leads_nowhere_stays_a_step_that_names_it(target: str) -> None:
    steps = plan(shelf(main=MAIN.replace("sub/vault.md", target), sub__vault=VAULT))
    assert (ids(steps), target in steps[1].text) == (["start", "unseal", "end"], True)


def test_words_around_an_include_lead_to_what_it_opens() -> None:
    text = "# Main\n## Unseal\nAsk two people for keys.\n<!-- include: vault.md -->\n"
    first, *_ = plan(shelf(main=text, vault=VAULT))
    assert (first.id, first.context) == ("vault/first-key", "Ask two people for keys.\n\n## Keys")


def test_runbooks_that_open_each_other_are_walked_once_each() -> None:
    books = shelf(a="# A\n## Go\n[B](b.md)\n", b="# B\n## Back\n[A](a.md)\n## On\nWork.\n")
    assert ids(plan(books, "a")) == ["b/back", "b/on"]
    assert [book.name for book in reached_from(books["a"], books["a"].steps, books)] == ["b", "a"]


def test_runbooks_within_runbooks_end_somewhere() -> None:
    deep = {f"r{n}": f"# R\n## Next\n[next](r{n + 1}.md)\n## Work\nDo.\n" for n in range(DEEPEST * 2)}
    steps = plan(shelf(**deep), "r0")
    assert max(len(step.within) for step in steps) == DEEPEST
    many = {f"m{n}": "# M\n" + f"## A\n[n](m{n + 1}.md)\n" * 9 for n in range(9)} | {"m9": VAULT}
    assert len(plan(shelf(**many), "m0")) < MOST_OPENED + 100


SYSTEM = """---
recovery: {system: vault, execute: true, targets: {drill: a, real: b}}
---
# Vault
## Restore
```sh {"name":"restore","timeout":"1m"}
true
```
## Look
```sh {"name":"look","kind":"check","timeout":"1m"}
true
```
"""


def test_an_opened_runbook_of_a_system_is_shown_and_not_run() -> None:
    """Its recovery point and its target are chosen where it is restored itself, and its checks look at that."""
    steps = plan(shelf(main=MAIN, sub__vault=SYSTEM))
    inside = [step for step in steps if step.within]
    assert [(step.runs, step.kind) for step in inside] == [(None, StepKind.COMMAND), (None, StepKind.MANUAL)]
    assert all("restores vault: its recovery point" in step.context for step in inside)
    assert len(inside[0].shown) == 1


def test_commands_of_an_opened_plain_runbook_run() -> None:
    text = '---\nrecovery: {execute: true}\n---\n# V\n## Go\n```sh {"name":"go","timeout":"1m"}\ntrue\n```\n'
    [step] = plan(shelf(main="# M\n## Open\n[v](v.md)\n", v=text))
    assert step.runs
    assert (step.id, step.within) == ("v/go", ("V",))


JUMPS = """# T
## Stop
Stop it.
## Promote
<!-- step: {id: promote, on_fail: "goto:stop", rollback: "#undo-promote", retry: 2, parallel: both, skip: slow} -->
Promote it.
## Undo promote
Demote it.
"""


def test_where_to_go_when_a_step_fails_is_a_step_of_the_walk() -> None:
    promote = plan_steps(read(JUMPS).steps, Mode.REAL, read(JUMPS))[1]
    assert (promote.goto, promote.rollback, promote.parallel, promote.skip) == (
        "stop",
        "undo-promote",
        "both",
        "slow",
    )


def test_where_to_go_in_an_opened_runbook_is_a_step_of_that_walk_of_it() -> None:
    books = shelf(main="# M\n## A\n[j](j.md)\n## B\n[j](j.md)\n", j=JUMPS)
    goto = {step.id: (step.goto, step.rollback) for step in plan(books) if step.goto}
    assert goto == {
        "j/promote": ("j/stop", "j/undo-promote"),
        "j/promote-2": ("j/stop-2", "j/undo-promote-2"),
    }


def test_a_heading_above_means_the_first_step_below_it() -> None:
    text = JUMPS.replace("#undo-promote", "#rollback").replace("## Undo promote", "## Rollback\n### Undo promote")
    assert plan_steps(read(text).steps, Mode.REAL, read(text))[1].rollback == "undo-promote"


def test_where_nobody_goes_is_no_way_out() -> None:
    text = JUMPS.replace("goto:stop", "goto:gone").replace("#undo-promote", "#gone")
    promote = plan_steps(read(text).steps, Mode.REAL, read(text))[1]
    assert (promote.goto, promote.rollback) == ("", "")


def test_a_command_takes_its_steps_timeout_and_retries() -> None:
    text = (
        '---\nrecovery: {execute: true}\n---\n# V\n## Go\n<!-- step: {timeout: 5s, retry: "3"} -->\n'
        '```sh {"name":"go"}\ntrue\n```\n'
    )
    [step] = plan_steps(read(text).steps, Mode.REAL)
    assert step.runs
    assert (step.runs.timeout.total_seconds(), step.retry) == (5, 3)


PARTS = """---
recovery: {parts: {Restore: default, Backup: hidden}}
---
# T
## Backup
1. Dump
2. Copy
## Restore
1. Fetch
2. Load
## Tell
1. Say
2. Write
"""


@pytest.mark.parametrize(
    ("text", "chosen", "walked"),
    [
        (PARTS, (), ["fetch", "load"]),
        (PARTS, ("Backup", "Tell"), ["dump", "copy", "say", "write"]),
        (PARTS.replace("Restore: default, ", ""), (), ["fetch", "load", "say", "write"]),
        (PARTS.replace("default", "hidden, Tell: hidden"), (), ["dump", "copy", "fetch", "load", "say", "write"]),
    ],
)
def test_the_chosen_part_is_walked_else_the_default_else_all_that_is_not_hidden(
    text: str, chosen: tuple[str, ...], walked: list[str]
) -> None:
    assert ids(walk_unit(read(text), Mode.REAL, Shelf(parts=chosen)).steps) == walked


def test_steps_of_no_part_are_always_walked() -> None:
    book = read(PARTS)
    parts = tuple(part for part in book.parts if part.title != "Tell")
    assert ids(walk_unit(replace(book, parts=parts), Mode.REAL).steps) == ["fetch", "load", "say", "write"]


def test_a_part_that_nobody_wrote_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no part of restore called “Restor”\. Did you mean Restore\?"):
        walk_unit(read(PARTS), Mode.REAL, Shelf(parts=("Restor",)))


def test_another_part_than_the_usual_one_has_another_digest() -> None:
    book = read(PARTS)
    usual, other = (walk_unit(book, Mode.REAL, Shelf(parts=parts)).digest for parts in ((), ("Backup",)))
    assert (usual, walk_unit(book, Mode.REAL, Shelf(parts=("Restore",))).digest) == (book.digest, book.digest)
    assert other not in {book.digest, usual}


def test_a_plans_own_steps_open_runbooks_too() -> None:
    books = shelf(main="# M\n## Tell\n[v](v.md)\n", v="# V\n## Say\nSay it.\n")
    book = replace(books["main"], steps=tuple(replace(step, when=Moment.AFTER) for step in books["main"].steps))
    [unit] = own_units(book, Mode.REAL, [], Shelf(books))
    assert ids(unit.steps) == ["v/say"]


def test_the_bots_own_check_stands_at_the_end_of_the_authors_steps() -> None:
    text = SYSTEM.partition("## Look")[0]
    unit = system_unit(read(text), Mode.REAL, None, [])
    assert [(step.id, step.place) for step in unit.steps] == [("restore", 1), ("check-by-hand", 2)]
    assert unit.places == 2


@pytest.mark.parametrize("mode", list(Mode))
def test_every_labelled_runbook_is_walked_whole(mode: Mode) -> None:
    """No walk is empty, no two planned steps share an id, and no word or command of a step is lost in its pieces."""
    for path in sorted(FIXTURES.rglob("*.md")):
        book = read(path.read_text(encoding="utf-8"), path.stem)
        steps = walk_unit(book, mode).steps
        assert steps, path
        assert len(set(ids(steps))) == len(steps), path
        for step in book.steps:
            pieces = pieces_of(step)
            assert "".join("".join(text.split()) for text, _ in pieces) == "".join(step.text.split()), path
            assert tuple(one for _, commands in pieces for one in commands) == step.commands, path
