"""docs/runbooks.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runbook import actions, leads, vocabulary
from bot.runbook.annotations import FenceKeys, StepKeys
from bot.runbook.front_matter import RecoveryKeys
from bot.runbook.parse import parse
from bot.runbook.policy import PolicyKeys, parse_policy
from bot.runbook.source import make_source

DOCS = (Path(__file__).parents[3] / "docs" / "runbooks.md").read_text()
WORDS = " ".join(DOCS.split())
LISTS = [
    "BACKGROUND",
    "BEFORE_A_TITLE",
    "BACKGROUND_SINGULAR",
    "BACKGROUND_UNLISTED",
    "TROUBLE",
    "BACKGROUND_OPEN",
    "BACKGROUND_STARTS",
    "BACKGROUND_ENDS",
    "BEFORE",
    "BEFORE_STARTS",
    "BEFORE_ENDS",
    "PROCEDURES",
    "PROCEDURE_STARTS",
    "PROCEDURE_ENDS",
    "GROUP_WORDS",
]


@pytest.mark.parametrize("name", [*LISTS, "STEP_WORDS"])
def test_every_list_of_words_is_published_whole(name: str) -> None:
    assert f": {', '.join(getattr(vocabulary, name))}." in WORDS


@pytest.mark.parametrize(
    "words",
    [
        *(actions.ACTIONS, actions.NOUNS_TOO, actions.NOUNS_IN_ING, actions.ACTION_NOUNS),
        *(leads.OTHER_THINGS, leads.OTHER_VERBS),
    ],
)
def test_every_list_about_actions_and_lists_is_published(words: tuple[str, ...]) -> None:
    assert f": {', '.join(words)}." in WORDS


@pytest.mark.parametrize("model", [RecoveryKeys, FenceKeys, StepKeys])
def test_every_key_is_in_a_table(model: type[RecoveryKeys | FenceKeys | StepKeys]) -> None:
    rows = [line.split("|")[1] for line in DOCS.splitlines() if line.startswith("| `")]
    documented = {word.strip("`") for row in rows for word in row.replace(",", " ").replace("(or", " ").split()}
    missing = set(model.model_fields) - {word.strip("`)") for word in documented}
    assert not missing


def test_the_policy_of_the_docs_is_sound_and_shows_every_key() -> None:
    text = DOCS.split("## policy.yaml")[1].split("```yaml\n")[1].split("```")[0]
    policy, faults = parse_policy(text)
    assert policy, faults
    assert all(f"\n{key}:" in f"\n{text}" for key in PolicyKeys.model_fields)


def test_the_runbook_of_the_docs_is_sound() -> None:
    text = DOCS.split("````markdown\n")[1].split("````")[0]
    runbook = parse(make_source(text, "orders-db.md"), "orders-db").runbook
    assert not runbook.faults
    assert [step.kind for step in runbook.steps] == ["manual", "command"]
    assert runbook.steps[1].commands[0].runs
