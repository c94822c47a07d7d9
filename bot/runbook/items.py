"""Step lists: which lists of a section are steps, and where each item begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.token import Token

from bot.domain.comments import find_comments, without_comments
from bot.runbook.actions import happens, is_action
from bot.runbook.document import CODES
from bot.runbook.languages import SHELLS
from bot.runbook.leads import happens_by_itself, is_lead_in, last_words, says_no_steps, speaks_of_steps
from bot.runbook.links import link_only
from bot.runbook.names import Names
from bot.runbook.titles import shorten

if TYPE_CHECKING:
    from bot.runbook.document import Block

_BOLD_NUMBER = re.compile(
    r"(?:\*\*|__)\s*(?:step\s*|task\s*)?#?(\d{1,2}(?:\.\d{1,2})?[a-z]?)\s*(?:\\?[.:)]|\*\*|\s[-\u2013\u2014])|step\s+#?(\d{1,2})\s*[:.\-\u2013\u2014]|"
    r"(?:\*\*|__)?(\d)\ufe0f?\u20e3|\((\d{1,2})\)\s",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^(step\s*|task\s*)?#?\(?[\d.]+(?:[a-z](?=[.:)]))?\ufe0f?\u20e3?\s*[.:)\-\u2013\u2014]*\s*", re.IGNORECASE
)
_STEP_WORD = re.compile(r"(?:\*\*|__)?step\s+#?(\d{1,2})\b", re.IGNORECASE)
DIAGRAMS = frozenset({"mermaid", "plantuml", "dot", "graphviz"})
"""Languages of pictures: a fence of one is to be looked at."""

_LINK_ONLY = re.compile(r"\s*(?:\[[^\]]*\]\s?(?:\([^)]*\)|\[[^\]]*\])|<https?://[^>]*>|https?://\S+)[\s.]*")
_ANCHORED = re.compile(r"\s*(?:\*\*)?\[[^\]]*\]\(#")
_LISTS = frozenset({"ordered_list", "bullet_list"})
_SHORT = 200
_PAIRS = 3
_MANY = 5
_LONGEST = 120


@dataclass(slots=True)
class Item:
    """A step of a list, from line `start` (from 0) on, with the blocks or tokens that make it up."""

    start: int
    called: str  # what it is called, where no tokens tell
    number: str = ""
    tokens: Sequence[Token] = ()
    led: bool = False  # the sentence before its list speaks of steps

    @property
    def title(self) -> str:
        """What it is called. Most lists are none of steps, and nobody asks."""
        return self.called or _title(self.tokens)


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as a step in one section."""

    bullets: bool  # bullets are steps without a lead-in
    pairs: bool  # paragraphs that each lead to a command are
    opening: bool  # it stands above the first section: a list may sum up what follows
    others: Names  # the document's headings: a list of these is an overview
    checklist: bool = False  # its title says so: bullets are steps behind any sentence
    alone: bool = False  # the whole file would be one step


def step_items(blocks: Sequence[Block], offset: int, rule: Rule) -> list[Item]:
    """The steps in a section's own blocks, or none. `offset` is the body's first line."""
    return (
        _ordered(blocks, offset, rule)
        or bold_steps(blocks)
        or _bullets(blocks, offset, rule)
        or (_pairs(blocks) if rule.pairs else [])
    )


def bold_steps(blocks: Sequence[Block]) -> list[Item]:
    """The paragraphs that begin with a bold number, where there are two or more."""
    found = [item for block in blocks if (item := _bold(block))]
    return found if len(found) > 1 else []


def _pairs(blocks: Sequence[Block]) -> list[Item]:
    solid = [block for block in blocks if block.kind not in {"hr", "html_block"}]
    found = [
        Item(one.start, shorten(last_words(one.text)))
        for one, two in pairwise(solid)
        if one.kind == "paragraph" and two.kind == "fence" and has_command(two.codes) and len(one.text) < _SHORT
    ]
    fences = sum(block.kind == "fence" for block in solid)
    return found if len(found) >= _PAIRS and fences == len(found) else []


def _ordered(blocks: Sequence[Block], offset: int, rule: Rule) -> list[Item]:
    found: list[Item] = []
    for before, block in _with_leads(blocks):
        if is_to_do(block):
            items = items_of(block, offset, before)
            task = block.kind == "bullet_list"
            overview = _overview(items, rule.others) and not _of_runbooks(items)
            if task or not (says_no_steps(before, opening=rule.opening) or overview or _by_itself(items)):
                found += items
    return found


def _bullets(blocks: Sequence[Block], offset: int, rule: Rule) -> list[Item]:
    found: list[Item] = []
    fenced = _fenced_bullets(blocks)
    for before, block in _with_leads(blocks):
        if block.kind != "bullet_list":
            continue
        items = items_of(block, offset, before)
        wanted = (
            fenced
            or _hold_code(items)
            or _say_step(items)
            or ((rule.bullets or found) and not before)
            or rule.checklist
            or (rule.alone and _mostly_actions(items))
            or is_lead_in(before, opening=rule.opening)
        )
        if wanted and not says_no_steps(before, opening=rule.opening) and not _overview(items, rule.others):
            found += items
    return found if len(found) > 1 else []


def _fenced_bullets(blocks: Sequence[Block]) -> bool:
    items = sum(len(items_of(block, 0)) for block in blocks if block.kind == "bullet_list")
    return (
        items >= _MANY and sum(one.kind == "bullet_list" and two.kind == "fence" for one, two in pairwise(blocks)) > 1
    )


def _by_itself(items: Sequence[Item]) -> bool:
    return sum(happens(item.title) for item in items) * 2 > len(items)


def _hold_code(items: Sequence[Item]) -> bool:
    return len(items) > 1 and sum(_has_shell(item.tokens) for item in items) * 2 > len(items)


def _has_shell(tokens: Sequence[Token]) -> bool:
    return any(token.type in CODES and (not language_of(token) or language_of(token) in SHELLS) for token in tokens)


def _mostly_actions(items: Sequence[Item]) -> bool:
    return len(items) >= _PAIRS and sum(is_action(item.title) for item in items) * 2 > len(items)


def _say_step(items: Sequence[Item]) -> bool:
    return len(items) > 1 and all(map(_STEP_WORD.match, _texts(items)))


def _with_leads(blocks: Sequence[Block]) -> list[tuple[str, Block]]:
    """Each list, with the sentence that leads in to it."""
    result: list[tuple[str, Block]] = []
    if not any(block.kind in _LISTS for block in blocks):
        return result
    before: Block | None = None
    for block in blocks:
        if block.kind in _LISTS:
            result.append((last_words(before.text) if before else "", block))
        if block.kind == "paragraph":
            before = block
        elif block.kind in _LISTS or block.kind == "fence":
            before = None
    return result


def is_task_list(block: Block) -> bool:
    """Whether a bullet list is one of boxes to tick."""
    return block.kind == "bullet_list" and any(token.level == 1 and "checked" in token.meta for token in block.tokens)


def is_to_do(block: Block) -> bool:
    """Whether a block is a list that tells its order, or has boxes to tick."""
    return block.kind == "ordered_list" or is_task_list(block)


def items_of(block: Block, offset: int, before: str = "") -> list[Item]:
    """The top-level items of a list. `before`: the sentence that leads in to it."""
    tokens = block.tokens
    opens = [at for at, token in enumerate(tokens) if token.level == 1 and token.type == "list_item_open"]
    led = speaks_of_steps(before)
    ordered = block.kind == "ordered_list"
    return [
        Item((tokens[at].map or [0])[0] + offset, "", tokens[at].info if ordered else "", tokens[at + 1 : end - 1], led)
        for at, end in zip(opens, [*opens[1:], len(tokens) - 1], strict=False)
    ]


def _title(tokens: Sequence[Token]) -> str:
    for token in tokens:
        if token.type in {"inline", "html_block"} and (words := shorten(without_comments(token.content).lstrip())):
            return words
        if token.type in CODES and token.content.strip():
            return shorten(token.content.strip())
    return "Step"


def has_list(blocks: Sequence[Block]) -> bool:
    """Whether there is a list that no sentence before it calls something else than steps."""
    return any(not says_no_steps(before) for before, _ in _with_leads(blocks))


def only_automatic(blocks: Sequence[Block]) -> bool:
    """Whether there are lists, and the sentence before each says that a machine does what they tell."""
    lists = [before for before, _ in _with_leads(blocks)]
    return bool(lists) and all(map(happens_by_itself, lists)) and not any(has_code(block.codes) for block in blocks)


def has_code(tokens: Sequence[Token]) -> bool:
    """Whether a fence or an indented block of code stands among tokens."""
    return any(token.type in CODES and language_of(token) not in DIAGRAMS for token in tokens)


def only_overview(blocks: Sequence[Block], offset: int, others: Names) -> bool:
    """Whether a section's own blocks hold lists, and these only name other sections."""
    lists = [items_of(block, offset) for block in blocks if block.kind in _LISTS]
    return bool(lists) and all(_names_headings(items, others) for items in lists)


def _overview(items: Sequence[Item], others: Names) -> bool:
    return mostly_links(items) or _names_headings(items, others)


def mostly_links(items: Sequence[Item]) -> bool:
    """Whether most items are nothing but links."""
    return sum(bool(_LINK_ONLY.fullmatch(text[: _LONGEST * 4])) for text in _texts(items)) * 2 > len(items)


def _of_runbooks(items: Sequence[Item]) -> bool:
    """Whether each item is nothing but a link to another runbook: they are walked one after the other."""
    return all(map(opens_runbook, items))


def opens_runbook(item: Item) -> bool:
    """Whether an item is nothing but a link to another runbook."""
    return bool(link_only(_texts([item])[0]))


def _names_headings(items: Sequence[Item], others: Names) -> bool:
    anchored, named = 0, set[str]()
    for text in _texts(items):
        if _ANCHORED.match(text):
            anchored += 1
        else:
            named |= others.named_by(text)
    return (anchored + len(named)) * 2 > len(items)


def _texts(items: Sequence[Item]) -> list[str]:
    return [next((token.content for token in item.tokens if token.type == "inline"), "") for item in items]


def _bold(block: Block) -> Item | None:
    match = _BOLD_NUMBER.match(block.text) if block.kind == "paragraph" else None
    if not match:
        return None
    text = shorten(block.text)
    title = _NUMBERED.sub("", text) or shorten(block.text.partition("\n")[2]) or text
    if match[0].startswith("(") and not is_action(title):
        return None  # a footnote
    return Item(block.start, title, match[match.lastindex or 0])


def is_annotated(blocks: Sequence[Block]) -> bool:
    """Whether a step comment, or an include, stands in them."""
    texts = (token.content for block in blocks for token in block.tokens if token.type in {"inline", "html_block"})
    return any(inner.lstrip().startswith(("step:", "include:")) for text in texts for _, inner in find_comments(text))


def has_command(tokens: Sequence[Token]) -> bool:
    """Whether shell commands stand among tokens."""
    return any(token.type == "fence" and language_of(token) in SHELLS for token in tokens)


def language_of(token: Token) -> str:
    """The language of a fence."""
    return (token.info.partition("{")[0].split() or [""])[0].lower()
