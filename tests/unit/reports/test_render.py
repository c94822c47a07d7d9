from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind
from bot.domain.figures import figures_of
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.proof_state import CosmeticReview, ProofState
from bot.domain.review import Review, build_review
from bot.domain.summary import SystemEvidence, summarize
from bot.reports.render import (
    render_review_html,
    render_review_markdown,
    render_summary_html,
    render_summary_markdown,
)
from tests.fakes.histories import ANN, History, at, command, manual, one_system, plan_of, system
from tests.fakes.simulation import Simulation, random_plan

HOSTILE = "<script>alert(1)</script> [x](http://evil.example) | *b*"


def missed() -> Review:
    told = one_system()
    proofs = {"orders-db": ProofState.PROVEN}
    return build_review(told.plan, told.events, "estate:4812:7c1e99", proofs, ["orders-db: restic offsite"])


def out_of_the_ordinary(text: str) -> Review:
    """A recovery in which `text` stands everywhere that a person or a tool can put it."""
    stop = replace(manual("stop"), title=text)
    last = replace(command("last"), title=text, retry=1)
    steps = (stop, last, manual("end"))
    told = History(plan_of(system("db", *steps), system("api", depends_on=["db"]))).launch(noticing=1)
    told.tell(EventKind.BREAK_GLASS, who=ANN, gate="not proven", reason=text)
    told.tell(EventKind.OUTAGE_CORRECTED, who=ANN, to=at(0.5).isoformat(), reason=text).unit("db")
    told.tell(EventKind.NOTED, who=replace(ANN, name=text), text=text, unit="db", step="stop")
    told.ask("db", "stop").wait(1).answer("db", "stop", "skip", reason=text)
    told.tell(EventKind.ASSIGNED, who=ANN, unit="db", step="stop", attempt=1, to="U2", to_name=text)
    told.tell(EventKind.HANDED_OVER, who=ANN, to="U2", to_name=text, text=text)
    told.tell(EventKind.ATTACHED, who=replace(ANN, name=text), name=text, size=1, digest="ab12", about=text)
    told.run("db", "last", 1, "failed").run("db", "last", 1, attempt=2, captured={"ID": text, "KEY": None})
    told.ask("db", "end").answer("db", "end", "jump", to="stop", reason=text)
    told.end_unit("db", "failed", reasons=[text], released=False)
    carried = {"db": CosmeticReview("db", "v1:a", "v1:b", text, text, at(0))}
    return build_review(told.plan, told.end("failed").events, not_tested=[text], carried=carried)


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_markdown_says_what_the_review_says() -> None:
    text = render_review_markdown(missed())
    assert text.startswith("# R-1 REAL: RECOVERED, 1 of 1 verified, RTO MISSED by 4 min (orders-db)\n")
    assert (
        "- RTA 34 min (03:00:00-03:34:00 UTC), RTO 30 min of orders-db. Start: first failed check, confirmed by Ann\n"
        in text
    )
    assert "- RPA 10 min (canary 02:50:00 UTC, within 5 s), RPO 15 min\n" in text
    assert "approval 2 min, waiting for people 3 min, hands-on 4 min, machine 11 min, rework 2 min\n" in text
    assert "| orders-db | Restore | passed | 03:21:00 | 03:33:00 | Bringback, Ben | 1 min | 11 min | 2 |" in text
    assert "    bringback ledger verify --head estate:4812:7c1e99\n" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    lines = render_review_markdown(out_of_the_ordinary(HOSTILE)).splitlines()
    cells = [len(re.split(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")]
    assert set(cells) == {12}


def test_hostile_text_stays_text_in_markdown() -> None:
    text = render_review_markdown(out_of_the_ordinary(HOSTILE))
    assert "<script" not in text.replace("\\<", "")
    assert "](" not in text.replace("\\]", "")
    assert text.count("\\*b\\*") >= 6


def test_hostile_text_stays_text_in_html() -> None:
    page = render_review_html(out_of_the_ordinary(HOSTILE))
    tags = Tags(page)
    assert not {"script", "a", "img", "iframe", "form"} & set(tags.seen)
    assert page.count("&lt;script&gt;") >= 6


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=80))
def test_no_text_changes_the_structure_of_the_page(text: str) -> None:
    assert (
        Tags(render_review_html(out_of_the_ordinary(text))).seen
        == Tags(render_review_html(out_of_the_ordinary("x"))).seen
    )


def test_the_page_tells_what_each_step_said() -> None:
    stop = replace(manual("stop"), title="Stop", context="Look *first*.", text="Run:\n\n```sh\nstop <now>\n```\n")
    told = History(plan_of(system("db", stop))).launch().unit("db").ask("db", "stop").answer("db", "stop", "done")
    page = render_review_html(build_review(told.plan, told.events))
    assert "<summary>db, 1 step</summary>" in page
    assert "<p>Look <em>first</em>.</p>\n<p>Run:</p>\n<pre><code>stop &lt;now&gt;\n</code></pre>" in page


def test_the_page_needs_nothing_beside_it_and_no_inline_style() -> None:
    tags = Tags(render_review_html(missed()))
    assert tags.seen.count("style") == 1
    assert not {"script", "link", "img"} & set(tags.seen)
    assert not {"style", "src", "href"} & tags.attributes


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("most", [1, 4, 400])
def test_whatever_happened_can_be_rendered(mode: Mode, most: int) -> None:
    from random import Random

    for seed in range(12):
        random = Random(seed)
        plan = random_plan(random, mode)
        found = build_review(plan, Simulation(plan, random).play(most=most))
        assert render_review_html(found).rstrip().endswith("</html>")
        assert render_review_markdown(found).startswith("# R-1 ")


def test_a_walk_has_no_systems_to_show() -> None:
    told = History(plan_of(system("tidy", manual("sweep"), kind=UnitKind.WALK))).launch().unit("tidy")
    told.ask("tidy", "sweep").answer("tidy", "sweep", "done").end_unit("tidy", "done").end()
    found = build_review(told.plan, told.events)
    assert "Systems" not in render_review_markdown(found)
    assert "Verified" not in render_review_html(found)


def test_the_summary_lists_lines_and_recoveries() -> None:
    figures = figures_of(missed())
    evidence = [SystemEvidence("pay", 1, ProofState.GUESS)]
    found = summarize([figures], at(0), at(60), systems=evidence, not_tested=[HOSTILE])
    text, page = render_summary_markdown(found), render_summary_html(found)
    assert "- REAL 1: 1 missed by 4 min\n" in text
    assert (
        "| R-1 | full-site | 2026-11-22 03:12:00 UTC | real | recovered | RTO MISSED by 4 min (orders-db) | 1 of 1 |"
        in text
    )
    assert "<script" not in text.replace("\\<", "") + page
    assert "RTO MISSED by 4 min" in page


def test_a_summary_of_nothing_says_so() -> None:
    found = summarize([], at(0), at(60))
    assert "None." in render_summary_markdown(found)
    assert "<p>None.</p>" in render_summary_html(found)


def test_the_inputs_of_a_recovery_stand_in_its_review() -> None:
    found = replace(missed(), inputs=(("REGION", "<b>eu</b>"), ("ZONE", "a")))
    markdown, page = render_review_markdown(found), render_review_html(found)
    assert "- Inputs: REGION = " in markdown
    assert ", ZONE = a\n" in markdown
    assert "Inputs: REGION = &lt;b&gt;eu&lt;/b&gt;, ZONE = a." in page
    assert "<b>eu" not in markdown


def test_a_step_of_several_commands_says_its_text_once() -> None:
    first, second = (
        replace(command(name), text="Copy it, then start it.", command_place=(nth, 2))
        for nth, name in enumerate(("copy", "start"), start=1)
    )
    told = History(plan_of(system("db", first, second))).launch().unit("db").run("db", "copy", 1).run("db", "start", 1)
    assert render_review_html(build_review(told.plan, told.events)).count("Copy it, then start it.") == 1
