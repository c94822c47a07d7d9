"""A folder of runbooks is read whole: every fault of every file at once, each with its line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import RunbookError
from bot.domain.runbook import StepKind
from bot.runbook.library import Library, load

ORDERS = """\
---
title: Orders database
owner: "@dba-oncall"
recovery:
  system: orders-db
  tier: 1
  depends_on: [dns]
  rpo: 15m
  rto: 1h30m
  targets: {drill: "${DEMO}/scratch", real: data/orders-db}
  execute: true
  backups:
    - {tool: barman, server: orders, location: onsite, tags: [a, b], port: 0123}
  truth: {file: "${DEMO}/truth.jsonl", every: 10s}
---
# Orders database
## Stop the writers
<!-- step: {kind: manual, by: dba-oncall, time: 2m} -->
Scale the API to zero.
## Check
```sh {"name":"canary","kind":"check","timeout":"1m"}
./canary.sh
```
"""
WIKI = "---\nrecovery: {system: wiki, tier: 2}\n---\n# Wiki\n## Start it\nStart the wiki.\n"
DNS = "---\nrecovery: {system: dns}\n---\n# DNS\n## Start it\nStart the name server.\n"


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        path = tmp_path / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def faults(library: Library) -> list[str]:
    return [f"{Path(fault.file).name}:{fault.line}: {fault.message} {fault.helps}".strip() for fault in library.faults]


def test_a_sound_folder_makes_an_estate(tmp_path: Path) -> None:
    estate = load(folder(tmp_path, orders=ORDERS, dns=DNS), {"DEMO": "/demo"}).estate()
    system = estate.system("orders-db")
    assert (system.rpo, system.rto, system.tier) == (timedelta(minutes=15), timedelta(minutes=90), 1)
    assert (system.drill_target, system.real_target) == ("/demo/scratch", "data/orders-db")
    assert system.truth is not None
    assert (system.truth.file, system.truth.every) == ("/demo/truth.jsonl", timedelta(seconds=10))
    assert estate.runbook("orders-db").name == "orders"


def test_options_of_a_backup_are_text_as_it_was_written(tmp_path: Path) -> None:
    backup = load(folder(tmp_path, orders=ORDERS, dns=DNS), {"DEMO": ""}).estate().system("orders-db").backups[0]
    assert (backup.tool, backup.location, backup.line) == ("barman", "onsite", 13)
    assert dict(backup.options) == {"server": "orders", "tags": "a,b", "port": "0123"}


def test_annotations_reach_steps_and_commands(tmp_path: Path) -> None:
    manual, check = load(folder(tmp_path, orders=ORDERS, dns=DNS), {"DEMO": ""}).estate().runbook("orders").steps
    assert (manual.kind, manual.by, manual.expected) == (StepKind.MANUAL, "dba-oncall", timedelta(minutes=2))
    assert (manual.line, manual.end_line, check.id) == (17, 19, "canary")
    assert check.kind is StepKind.CHECK
    assert check.commands[0].runs
    assert check.commands[0].text == "./canary.sh\n"


def test_every_fault_of_every_file_comes_at_once_with_its_line(tmp_path: Path) -> None:
    api = "---\nrecovery:\n  system: api\n  depend_on: [dns]\n  rpo: soon\n  tier: one\n---\n"
    web = "---\nrecovery:\n  system: web\n  depends_on:\n    - dns\n    - ordersdb\n---\n"
    assert faults(load(folder(tmp_path, api=api, web=web, orders=ORDERS, dns=DNS), {"DEMO": ""})) == [
        "api.md:4: unknown key “depend_on” in recovery. Did you mean “depends_on”?",
        "api.md:5: recovery.rpo: “soon” is no duration: write 90s, 15m, 1h30m or 30d.",
        "api.md:6: recovery.tier: must be a whole number.",
        "web.md:6: depends_on: no runbook declares a system “ordersdb”. Did you mean “orders-db”?",
    ]


def test_an_unknown_environment_name_is_a_fault_with_its_line(tmp_path: Path) -> None:
    assert faults(load(folder(tmp_path, orders=ORDERS, dns=DNS), {"DEMOS": "/d"})) == [
        "orders.md:10: ${DEMO} is not in the environment. Did you mean ${DEMOS}?",
        "orders.md:14: ${DEMO} is not in the environment. Did you mean ${DEMOS}?",
    ]


def test_a_dependency_circle_is_named_in_full(tmp_path: Path) -> None:
    dns = "---\nrecovery: {system: dns, depends_on: [orders-db]}\n---\n"
    estate = load(folder(tmp_path, orders=ORDERS, dns=dns, wiki=WIKI), {"DEMO": ""}).estate()
    for name in ("dns", "orders-db"):
        with pytest.raises(RunbookError, match="dns -> orders-db -> dns"):
            estate.system(name)
    assert list(estate.systems) == ["wiki"]


def test_every_circle_is_named(tmp_path: Path) -> None:
    files = {
        name: f"---\nrecovery: {{system: {name}, depends_on: [{parent}]}}\n---\n"
        for name, parent in ("ab", "ba", "cd", "dc")
    }
    told = faults(load(folder(tmp_path, **files), {}))
    assert [fault.split(". ")[0] for fault in told] == [
        "a.md:2: these systems wait for each other: a -> b -> a",
        "c.md:2: these systems wait for each other: c -> d -> c",
    ]


def test_the_same_system_twice_is_a_fault_that_names_both_places(tmp_path: Path) -> None:
    (fault,) = faults(load(folder(tmp_path, a=DNS, sub__b=DNS), {}))
    assert fault.startswith("b.md:2: the system “dns” is declared in ")
    assert "a.md:2" in fault


def test_a_fault_takes_out_its_own_system_and_nothing_else(tmp_path: Path) -> None:
    broken = WIKI.replace("tier: 2", "tear: 2")
    estate = load(folder(tmp_path, orders=ORDERS, dns=DNS, pages=broken), {"DEMO": ""}).estate()
    assert list(estate.systems) == ["dns", "orders-db"]
    assert estate.broken_systems == {"wiki": 1}
    assert sorted(estate.broken) == ["pages", "wiki"]
    for find in (estate.system, estate.runbook, estate.plan):
        with pytest.raises(RunbookError) as raised:
            find("wiki")
        assert [(Path(fault.file).name, fault.line) for fault in raised.value.faults] == [("pages.md", 2)]
    with pytest.raises(RunbookError, match=r"pages\.md:2"):
        estate.runbook("pages")


def test_what_needs_a_broken_system_stays_and_is_not_restored(tmp_path: Path) -> None:
    plan = "---\nrecovery: {plan: site, systems: [orders-db]}\n---\n"
    files = {"orders": ORDERS, "dns": DNS.replace("dns}", "dns, tear: 1}"), "site": plan, "wiki": WIKI}
    estate = load(folder(tmp_path, **files), {"DEMO": ""}).estate()
    assert estate.system("orders-db").depends_on == ("dns",)
    with pytest.raises(RunbookError, match=r"dns\.md:2: unknown key “tear”"):
        estate.with_dependencies(estate.plan("site").systems)
    assert estate.with_dependencies(["wiki"]) == ["wiki"]


def test_a_broken_system_keeps_the_tier_that_can_be_read(tmp_path: Path) -> None:
    estate = load(folder(tmp_path, wiki=WIKI.replace("tier: 2", "tier: 2, tear: 1")), {}).estate()
    assert estate.broken_systems == {"wiki": 2}


def test_an_unknown_dependency_breaks_the_system_that_names_it(tmp_path: Path) -> None:
    estate = load(folder(tmp_path, orders=ORDERS, wiki=WIKI), {"DEMO": ""}).estate()
    assert list(estate.systems) == ["wiki"]
    with pytest.raises(RunbookError, match="no runbook declares a system “dns”"):
        estate.system("orders-db")


def test_front_matter_that_is_no_yaml_breaks_its_runbook(tmp_path: Path) -> None:
    estate = load(folder(tmp_path, wiki="---\nrecovery: {system: wiki\n---\n", dns=DNS), {}).estate()
    assert (list(estate.systems), estate.broken_systems, list(estate.broken)) == (["dns"], {}, ["wiki"])


def test_a_system_that_two_files_declare_is_neither_s(tmp_path: Path) -> None:
    estate = load(folder(tmp_path, a=DNS, b=DNS, wiki=WIKI), {}).estate()
    assert (list(estate.systems), sorted(estate.broken)) == (["wiki"], ["a", "b", "dns"])


def test_a_policy_with_faults_leaves_the_estate_alone(tmp_path: Path) -> None:
    (folder(tmp_path, dns=DNS) / "policy.yaml").write_text("peeple: []\n")
    library = load(tmp_path, {})
    assert list(library.estate().systems) == ["dns"]
    assert library.policy is None
    assert [fault.line for fault in library.policy_faults] == [1]


def test_a_plan_with_an_unknown_system_is_a_fault(tmp_path: Path) -> None:
    plan = "---\nrecovery:\n  plan: full-site\n  systems: [dns, storge]\n---\n"
    assert faults(load(folder(tmp_path, plan=plan, dns=DNS), {})) == [
        "plan.md:4: systems: no runbook declares a system “storge”. Known systems: dns."
    ]


def test_front_matter_of_other_tools_is_left_alone(tmp_path: Path) -> None:
    hugo = "---\ntitle: {{ .Title }}\nweight: 3\n---\n# Wiki\n## Start\nStart it.\n"
    library = load(folder(tmp_path, wiki=hugo), {})
    assert library.estate().runbook("wiki").steps[0].title == "Start"
    assert [fault.severity for fault in library.faults] == ["warning"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RunbookError, match="no such folder"):
        load(tmp_path / "gone", {}).estate()


def test_every_circle_and_every_include_that_leads_nowhere_is_told_at_once(tmp_path: Path) -> None:
    for name, opens in {"a": "b.md", "b": "a.md", "c": "c.md", "d": "a.md#nope"}.items():
        (tmp_path / f"{name}.md").write_text(f"# R\n\n1. Go\n2. On\n   <!-- include: {opens} -->\n")
    told = [fault.message for fault in load(tmp_path, {}).faults]
    assert told == [
        "these runbooks open each other: a -> b -> a.",
        "these runbooks open each other: c -> c.",
        "the step “On” opens “a.md#nope”, and no step stands below that heading.",
    ]


def test_a_name_without_braces_is_told_for_nothing_stands_in_for_it(tmp_path: Path) -> None:
    text = DNS.replace("{system: dns}", '{system: dns, targets: {drill: "$DEMO/dns", real: "a$"}}')
    (fault,) = load(folder(tmp_path, dns=text), {"DEMO": "x"}).faults
    assert (fault.line, fault.severity, fault.helps) == (2, "warning", "Write ${DEMO}.")
    assert fault.message == "$DEMO is taken as it is written: only ${NAME} is replaced."
