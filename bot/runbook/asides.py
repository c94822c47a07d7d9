"""Sections that make no step: background, "Before you start", and what is there to be read or looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.runbook.actions import in_english, is_action, is_verb, names_action, tells
from bot.runbook.drafts import Place
from bot.runbook.items import (
    bold_steps,
    has_code,
    has_command,
    has_list,
    is_task_list,
    is_to_do,
    items_of,
    mostly_links,
    only_automatic,
    opens_runbook,
)
from bot.runbook.lookup import nothing_to_do, only_to_look_up
from bot.runbook.vocabulary import (
    is_background,
    is_before,
    is_open_background,
    is_procedure,
    is_trouble,
    is_unlisted_background,
    like_background,
    like_before,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.runbook.document import Block, Section
    from bot.runbook.headings import Heading
    from bot.runbook.items import Item
    from bot.runbook.source import Source

_NAME = re.compile(r"`[\w.-]+`[.,]?")
"""A name in code; words in code, and what has a path, are commands."""


class Asides:
    """Tells the asides of one document. `counted`: the sections whose number is one of a step."""

    def __init__(self, source: Source, headings: Mapping[int, Heading], counted: frozenset[int]) -> None:
        self._source = source
        self._headings = headings
        self._counted = counted
        self._english: bool | None = None
        self._places: dict[tuple[int, bool], Place | None] = {}

    def place_of(self, section: Section, *, begun: bool) -> Place | None:
        """Where a section belongs that makes no step; None for any other. `begun`: steps stand above it."""
        key = (id(section), begun)
        if key not in self._places:
            self._places[key] = self._place_of(section, begun=begun)
        return self._places[key]

    def _place_of(self, section: Section, *, begun: bool) -> Place | None:
        heading = self._headings[id(section)]
        if heading.step_word:
            return None
        if is_before(heading.words):
            steps = any(self._numbered(child) and self._has_commands(child) for child in section.children)
            return None if steps or _orders_commands(section) else Place.BEFORE
        if any(map(self._numbered, section.children)):
            return None
        if bold_steps(section.blocks):
            return None
        counted = self._numbered(section) or heading.group_word
        if is_background(heading.words):
            if _orders_commands(section):
                return None
            work = counted or any(map(_is_to_be_done, section.blocks))
            return None if work and is_unlisted_background(heading.words) else Place.BACKGROUND
        if counted:
            return None
        if begun and section.level > 1 and is_trouble(heading.words):
            return Place.BACKGROUND
        like = _like(section, heading)
        informs = not section.children and self.only_informs(section)
        return like or (Place.BACKGROUND if informs else None)

    def _numbered(self, section: Section) -> bool:
        return id(section) in self._counted

    def lets_through(self, section: Section) -> bool:
        """Whether the sections below one of background are looked at on their own: there is work in them."""
        words = self._headings[id(section)].words
        if is_trouble(words) or (is_background(words) and section.level > 1 and not is_open_background(words)):
            return False
        return any(self.holds_work(child, section) for child in section.children)

    def holds_work(self, child: Section, above: Section) -> bool:
        """Whether there is work in a section below an aside.

        That is a command, an ordered list, or code below a title that is an action; below "Before you start", a
        procedure with a list or code.
        """
        if is_before(self._headings[id(above)].words):
            lists = has_list(child.blocks) or any(has_code(block.codes) for block in child.blocks)
            return is_procedure(self._headings[id(child)].words) and lists
        return any(map(self._holds_some, child.walk()))

    def _has_commands(self, section: Section) -> bool:
        return any(has_command(block.codes) for one in section.walk() for block in one.blocks)

    def _holds_some(self, section: Section) -> bool:
        acts = is_verb(self._headings[id(section)].words)
        return any(
            block.kind == "ordered_list" or has_command(block.codes) or (acts and has_code(block.codes))
            for block in section.blocks
        )

    def without_work(self, section: Section, items: Sequence[Item]) -> bool:
        """Whether the items of a section's lists only say what there is: no action begins one, no command is in one."""
        led = any(item.led for item in items)
        if any(map(is_to_do, section.blocks)):
            names = False
        else:
            names = all(map(_is_name, items)) or (only_to_look_up(section.blocks) and not led)
        if names or led or is_procedure(self._headings[id(section)].words) or any(map(is_task_list, section.blocks)):
            return names
        return not any(map(_is_work, items)) and self._in_english()

    def only_informs(self, section: Section) -> bool:
        """Whether a section's own text is there to be read, or looked up, and holds nothing to do."""
        words = self._headings[id(section)].words
        if section.tab or is_verb(words) or is_procedure(words):
            return False
        if only_automatic(section.blocks):
            return not any(block.kind == "paragraph" and tells(block.tokens) for block in section.blocks)
        if only_to_look_up(section.blocks):
            return has_list(section.blocks) or not names_action(words)
        if names_action(words) and has_list(section.blocks):
            return False
        return nothing_to_do(section.blocks) and self._in_english()

    def _in_english(self) -> bool:
        if self._english is None:
            self._english = in_english(self._source.body)
        return self._english


def _is_to_be_done(block: Block) -> bool:
    ordered = block.kind == "ordered_list" and not mostly_links(items_of(block, 0))
    return ordered or is_task_list(block) or has_command(block.codes)


def _orders_commands(section: Section) -> bool:
    """Whether an ordered list of a section has commands: whoever prepares has steps to take."""
    return any(block.kind == "ordered_list" and has_command(block.codes) for block in section.blocks)


def _like(section: Section, heading: Heading) -> Place | None:
    if like_before(heading.words):
        return None if _does_something(section) or _orders_actions(section) else Place.BEFORE
    return Place.BACKGROUND if like_background(heading.words) and not _does_something(section) else None


def _does_something(section: Section) -> bool:
    """Whether there is a command or a task list in a section, or an ordered list in one below it."""
    below: list[Block] = [block for one in section.walk() if one is not section for block in one.blocks]
    lists = any(block.kind == "ordered_list" for block in below)
    return lists or any(has_command(block.codes) or is_task_list(block) for block in section.blocks)


def _orders_actions(section: Section) -> bool:
    ordered = [block for block in section.blocks if block.kind == "ordered_list"]
    return any(is_action(item.title) for block in ordered for item in items_of(block, 0))


def _is_name(item: Item) -> bool:
    texts = [token.content for token in item.tokens if token.type == "inline"]
    return bool(texts) and all(map(_NAME.fullmatch, texts))


def _is_work(item: Item) -> bool:
    if not item.tokens:
        return True  # a paragraph with a number of its own, or one that leads to a command
    return has_code(item.tokens) or is_action(item.title) or tells(item.tokens) or opens_runbook(item)
