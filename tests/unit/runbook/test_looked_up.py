"""Sections that are there to look something up, and what only looks like work."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import fence, titles

STOP = "## Stop the app\nStop it.\n"


@pytest.mark.parametrize(
    "bullets",
    [
        "- `topics` - what to read\n- `group`: who reads\n",
        "- **Driver**: the one at the keyboard\n- __Scribe:__ the one who writes\n",
        "- `copy` (tool): copies\n- `show` \u2013 prints\n",
    ],
)
def test_names_with_what_each_is_make_no_step(bullets: str) -> None:
    assert titles(f"# Restore\n## Cast\nAs agreed.\n\n{bullets}{STOP}") == ["Stop the app"]


@pytest.mark.parametrize(
    "bullets",
    [
        "- **Traffic**: move it away\n- **Disks**: detach them\n",
        "- **Restart the pod:** the quick way\n- **Traffic:** it has gone by then\n",
        "- `systemctl restart app`\n- `systemctl status app`\n",
        "- **Only one** has a name\n- restart the other\n",
    ],
)
def test_bullets_that_say_what_to_do_stay_a_step(bullets: str) -> None:
    assert titles(f"# Restore\n## First aid\n{bullets}{STOP}") == ["First aid", "Stop the app"]


def test_a_table_alone_makes_no_step_unless_its_title_is_an_action() -> None:
    table = "| Port | For |\n| --- | --- |\n| 80 | all |\n"
    assert titles(f"# Restore\n## Ports\n{table}## Open the ports\n{table}{STOP}") == ["Open the ports", "Stop the app"]


def test_a_runbook_of_nothing_to_do_is_still_read_page_by_page() -> None:
    assert titles("# Ports\n## Outside\n- `80`: all\n- `443`: all\n") == ["Outside"]


def test_boxes_below_documentation_are_steps_and_text_below_it_is_not() -> None:
    boxes = "## Documentation\n- [ ] Note the times\n- [ ] Close the ticket\n"
    assert titles(f"# Restore\n{STOP}{boxes}") == ["Stop the app", "Note the times", "Close the ticket"]
    assert titles(f"# Restore\n{STOP}## Documentation\nSee the wiki.\n") == ["Stop the app"]


def test_paragraphs_below_the_first_of_several_level_1_titles_introduce() -> None:
    text = "# Upgrading to 5\nKeys have changed.\n\nMake new ones first.\n"
    assert titles(f"{text}{STOP}# Go on\nUpgrade it.\n") == ["Stop the app", "Go on"]


def test_a_section_of_tabs_with_steps_is_no_step_itself() -> None:
    tabs = '{{< tabs >}}\n{{% tab name="UI" %}}\n1. Open it\n2. Press delete\n{{% /tab %}}\n{{< /tabs >}}\n'
    assert titles(f"# Restore\n## Remove it\nUse these.\n\nOr those.\n\n{tabs}{STOP}") == [
        "Open it",
        "Press delete",
        "Stop the app",
    ]


@pytest.mark.parametrize("keycap", ["1\ufe0f\u20e3", "1\u20e3"])
def test_a_keycap_is_a_number(keycap: str) -> None:
    more = keycap.replace("1", "2")
    assert titles(f"# Disk\n## {keycap} Find it\n- a\n- b\n## {more} Grow it\n{fence('grow')}") == [
        "Find it",
        "Grow it",
    ]
