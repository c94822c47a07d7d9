"""The project's own labelled runbooks, one for every shape that public runbooks were seen to take."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from bot.runbook.parse import parse
from bot.runbook.source import read_source

FOLDER = Path(__file__).parents[2] / "fixtures" / "runbooks"
LABELS: dict[str, Any] = json.loads((FOLDER / "labels.json").read_text())
ALIKE = 0.7


def walked(name: str) -> list[str]:
    path = FOLDER / f"{name}.md"
    return [step.title for step in parse(read_source(path, str(path)), name).runbook.steps]


def alike(expected: str, title: str) -> bool:
    return SequenceMatcher(None, expected.lower(), title.lower()).ratio() >= ALIKE


def aligned(expected: list[str], found: list[str]) -> int:
    """The most titles that match in order."""
    row = [0] * (len(found) + 1)
    for title in expected:
        above, row = row, [0]
        for index, other in enumerate(found):
            row.append(max(above[index] + alike(title, other), above[index + 1], row[index]))
    return row[-1]


def score(name: str) -> float:
    """F of precision and recall."""
    steps, found = LABELS[name]["steps"], walked(name)
    return 2 * aligned(steps, found) / (len(steps) + len(found))


def test_the_set_as_a_whole_is_walked_as_its_labels_say() -> None:
    scores = [score(name) for name in LABELS]
    assert sum(value == 1 for value in scores) / len(scores) >= 0.95
    assert min(scores) >= 0.8


@pytest.mark.parametrize("name", sorted(LABELS))
def test_each_labelled_runbook_is_walked_as_a_careful_person_would(name: str) -> None:
    assert walked(name) == LABELS[name]["steps"]


def test_every_file_is_labelled_and_names_the_shapes_it_stands_for() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(LABELS)
    assert all(label["shapes"] for label in LABELS.values())


def test_a_long_manual_offers_its_parts() -> None:
    path = FOLDER / "service-manual.md"
    parts = parse(read_source(path, str(path)), "service-manual").runbook.parts
    assert [part.title for part in parts][:2] == ["Mail relay", "Name server"]
    assert [len(part.steps) for part in parts] == [13] * 8
