"""The step rule: where each line of a runbook's body belongs. docs/runbooks.md states it for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.runbook.actions import is_action, is_imperative
from bot.runbook.asides import Asides
from bot.runbook.document import CODES
from bot.runbook.drafts import Draft, Place
from bot.runbook.headings import Heading, read_heading
from bot.runbook.items import (
    Item,
    Rule,
    has_code,
    has_command,
    has_list,
    is_annotated,
    is_task_list,
    only_overview,
    step_items,
)
from bot.runbook.names import Names
from bot.runbook.parts import name_parts
from bot.runbook.titles import plain, says_more
from bot.runbook.vocabulary import is_background, is_checklist, is_procedure, is_unlisted_background

if TYPE_CHECKING:
    from bot.runbook.document import Block, Section
    from bot.runbook.source import Source

_SERIES = 2
"""So many numbered headings make a series; one alone is a name, such as `98. Rolling upgrade`."""

_ASIDES = frozenset({"note", "alert"})


def split(document: Section, source: Source, title: str) -> list[Draft]:
    """Where each line of the body belongs. Never empty: there is at least one step.

    `title` is what a step is called that stands under no heading.
    """
    for background in (True, False):
        drafts = _Splitter(document, source, title, background=background).run()
        count = sum(draft.place is Place.STEP for draft in drafts)
        if count == 1:
            # The whole file is one step: paragraphs that each lead to a command are worth telling apart.
            drafts = _Splitter(document, source, title, background=background, pairs=True).run()
        if count:
            return drafts
    # Front matter alone: its last line.
    end = len(source.lines)
    return [Draft(Place.STEP, title, min(source.front, end - 1), end, body=source.front)]


class _Splitter:
    def __init__(self, document: Section, source: Source, title: str, *, background: bool, pairs: bool = False) -> None:
        self._root = document
        self._source = source
        self._name = title
        self._background = background
        self._pairs = pairs
        self._headings = {id(section): read_heading(section.title) for section in document.walk()}
        words = (words for heading in self._headings.values() for words in (heading.words, heading.behind))
        self._titles = Names(filter(None, words))
        self._title = self._find_title()
        self._counted = self._find_counted()
        self._comments = "<!--" in source.body
        self._asides = Asides(source, self._headings, self._counted)
        self._drafts: list[Draft] = []
        self._steps = 0  # so many steps stand above

    def run(self) -> list[Draft]:
        """The drafts, in the order of the file, without gaps."""
        self._mark(Place.BACKGROUND, self._name, self._root)
        self._section(self._root, (), "")
        self._drafts.sort(key=lambda draft: draft.start)
        end = len(self._source.lines)
        introduces = False
        for draft in reversed(self._drafts):
            draft.end, end = end, draft.start
            introduces = introduces or (draft.place is Place.STEP and draft.end > draft.start)
            if draft.place is Place.CONTEXT and not introduces:
                draft.place = Place.BACKGROUND
        drafts = [draft for draft in self._drafts if draft.end > draft.start]
        name_parts(drafts)
        return drafts

    def _find_title(self) -> Section:
        # One heading that stands above all others names the document.
        tops = self._root.children
        if len(tops) == 1 and not any(block.kind != "html_block" for block in self._root.blocks):
            return tops[0]
        firsts = [section for section in tops if section.level == 1]
        return firsts[0] if len(firsts) == 1 and tops[0] is firsts[0] else self._root

    def _find_series(self) -> bool:
        headings = [self._headings[id(section)] for section in self._root.walk() if section is not self._title]
        numbered = [heading for heading in headings if heading.number]
        if len(numbered) < _SERIES:
            return False
        # Numbers of chapters ("1. Purpose", "3. Procedure") are no numbers of steps.
        chapters = [heading for heading in numbered if not heading.step_word]
        first = bool(chapters) and is_background(chapters[0].words) and not is_unlisted_background(chapters[0].words)
        return not first and not any(is_procedure(heading.words) for heading in chapters)

    def _find_counted(self) -> frozenset[int]:
        """The sections whose number is one of a step."""
        series = self._find_series()
        numbered = {at for at, one in self._headings.items() if one.number and not one.group_word}
        counted = numbered if series else {at for at in numbered if self._headings[at].step_word}
        return frozenset(counted - {id(self._title)})

    def _numbered(self, section: Section) -> bool:
        return id(section) in self._counted

    def _step_above_steps(self, section: Section, heading: Heading) -> bool:
        """Whether a numbered section is a step beside those below it: it has code of its own, or they go on counting.

        `### 5.` below `## 4.` follows it, and is no part of it.
        """
        if not self._numbered(section) or any(has_code(block.codes) for block in section.blocks):
            return self._numbered(section)
        if not heading.number.isdigit():
            return False
        numbers = [self._headings[id(child)].number for child in section.children if self._numbered(child)]
        return bool(numbers) and numbers[0] == str(int(heading.number) + 1)

    def _named(self, section: Section) -> bool:
        return bool(section.level) and section is not self._title

    def _section(self, section: Section, path: tuple[str, ...], group: str, within: Place | None = None) -> None:
        """`within`: the aside that the section stands in, where a step comment below it was found."""
        heading = self._headings[id(section)]
        named = self._named(section)
        aside = (within or self._aside(section)) if named and not self._annotated(section) else None
        if aside:
            self._mark(aside, heading.words, section)
            annotated = any(map(self._annotated, section.walk()))
            if annotated or self._asides.lets_through(section):
                self._below_aside(section, (*path, heading.words), group, aside, kept=annotated)
            return
        if self._numbered(section) and not any(map(self._numbered, section.children)) and not _ticked(section):
            self._step(section, heading, path, group)
            return
        if self._step_above_steps(section, heading):
            self._step(section, heading, path, group)
            for child in section.children:
                self._section(child, path, group)
            return
        if section.tab or heading.group_word:
            group = heading.words
        self._body(section, heading, path, group)
        for child in section.children:
            self._section(child, (*path, heading.words) if named else path, group)

    def _below_aside(
        self, section: Section, path: tuple[str, ...], group: str, aside: Place, *, kept: bool = False
    ) -> None:
        """`kept`: a step comment stands below it, and all but what it marks stays in the aside."""
        for child in section.children:
            if kept:
                self._section(child, path, group, aside)
            elif (section.level == 1 and aside is Place.BACKGROUND) or self._asides.holds_work(child, section):
                self._section(child, path, group)
            else:
                self._mark(aside, self._headings[id(child)].words, child)

    def _annotated(self, section: Section) -> bool:
        return self._comments and is_annotated(section.blocks)

    def _aside(self, section: Section) -> Place | None:
        if not self._background or self._goes_on(section):
            return None
        return self._asides.place_of(section, begun=self._steps > 0)

    def _goes_on(self, section: Section) -> bool:
        """Whether the list of steps above goes on in a section: `2.` below "Expected output", behind a step `1.`."""
        starts = [block.tokens[0].attrGet("start") for block in section.blocks if block.kind == "ordered_list"]
        if not starts or not starts[0]:
            return False  # none, or one that begins with 1
        above = next((draft.number for draft in reversed(self._drafts) if draft.place is Place.STEP), "")
        return above.isdigit() and starts[0] == int(above) + 1

    def _body(self, section: Section, heading: Heading, path: tuple[str, ...], group: str) -> None:
        named = self._named(section)
        series = any(map(self._numbered, section.children))
        items = [] if series else self._items(section, heading)
        if not items and not series and self._worth_a_step(section):
            self._step(section, heading, path, group)
            return
        self._mark(Place.CONTEXT if named else Place.BACKGROUND, heading.words or self._name, section)
        inner = (*path, heading.words) if named else path
        self._steps += len(items)
        self._drafts += [
            Draft(Place.STEP, item.title, item.start, 0, item.start, item.number, inner, group, manual=True)
            for item in items
        ]

    def _worth_a_step(self, section: Section) -> bool:
        blocks = [block for block in section.blocks if block.kind not in {"hr", "html_block"}]
        named = self._named(section)
        if self._annotated(section) or any(_commands(block, named=named) for block in blocks):
            return True
        if only_overview(section.blocks, self._source.front, self._titles):
            return False
        if not section.children and not blocks:
            return named and is_imperative(self._headings[id(section)].words)
        if all(self._aside(child) and not self._asides.lets_through(child) for child in section.children):
            idle = bool(section.children) and self._asides.only_informs(section)
            return bool(blocks) and not idle and (named or not self._root.children or section is self._title)
        group = section.tab or self._headings[id(section)].group_word
        return named and not group and has_list(blocks) and not self._asides.only_informs(section)

    def _items(self, section: Section, heading: Heading) -> list[Item]:
        bullets = is_procedure(heading.words) and (self._named(section) or not section.children)
        pairs = bullets or self._pairs
        opening = bool(section.children) and not self._named(section)
        rule = Rule(bullets, pairs, opening, self._titles, is_checklist(heading.words), self._pairs)
        items = step_items(section.blocks, self._source.front, rule)
        return [] if items and self._asides.without_work(section, items) else items

    def _step(self, section: Section, heading: Heading, path: tuple[str, ...], group: str) -> None:
        title = heading.words or plain(section.title) or self._name
        # A link, and what is cut off, stand in no title: the text says them again.
        body = section.start if says_more(section.title) else section.body_start
        draft = Draft(Place.STEP, title, section.start, 0, body, heading.number, path, group)
        listed = any(block.kind.endswith("_list") for block in section.blocks)
        draft.manual = bool(heading.number) or listed or is_action(title) or is_procedure(title)
        self._drafts.append(draft)
        self._steps += 1

    def _mark(self, place: Place, title: str, section: Section) -> None:
        self._drafts.append(Draft(place, title, section.start, body=section.body_start))


def _ticked(section: Section) -> bool:
    """Whether a section has boxes to tick, and no code: these are the steps."""
    return any(map(is_task_list, section.blocks)) and not any(has_code(block.codes) for block in section.blocks)


def _commands(block: Block, *, named: bool) -> bool:
    """Whether a block has a command; in the text below the title, one in an admonition is an aside."""
    if named:
        return (block.kind in CODES and has_code(block.codes)) or has_command(block.codes)
    return block.kind not in _ASIDES and has_command(block.codes)
