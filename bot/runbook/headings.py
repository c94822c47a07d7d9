"""The author's numbers in headings: `1.`, `3.2`, `Step 4:`, `Option B`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.runbook.titles import plain
from bot.runbook.vocabulary import GROUP_WORDS, STEP_WORDS

_WORDS = "|".join(STEP_WORDS)
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten"
_STEP = re.compile(
    rf"(?:{_WORDS})\s*#?\s*(\d{{1,3}}(?:\.\d{{1,3}}){{0,3}}[a-z]?|(?:{_NUMBERS})\b)"
    r"(?:\s*(?:of|/)\s*\d+(?=\s*(?:[:\uff1a.)\]\-\u2013\u2014|]|$|(?-i:[A-Z]))))?\s*[:\uff1a.)\]\-\u2013\u2014|]*\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:(\d{1,2}(?:\.\d{1,2}){0,2}\.[a-z])[.):]*\s+(?=\S))|"
    r"\(?(\d{1,2}(?:\.\d{1,3}){0,3}[a-z]?)(?:[.):\uff1a\u3001]+(?!\d)|\s+[-\u2013\u2014\u00b7])\s*(?=\S)|(\d{1,2}(?:\.\d{1,2}){1,3})\s+|"
    r"(\d{1,2})\ufe0f?\u20e3\s*(?=\S)|(\d{3})[.)]\s+(?=\S)"
)
_TO_A_VERSION = re.compile(r"(?:to|->|\u2192)\s*v?\d", re.IGNORECASE)
"""What follows a version that is no number: `1.28 to 1.29`."""

_GROUP = re.compile(
    rf"(?:{'|'.join(GROUP_WORDS)})s?(?:\s*#?\s*\d+|\s+#?(?:[a-z]|[ivx]+|one|two|three|four|five))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's words, its number (empty without one), and whether a word such as Step or Option stands before it."""

    words: str
    number: str = ""
    step_word: bool = False
    group_word: bool = False
    behind: str = ""  # the words behind a group's number: "Case #1 - Restore" is about "Restore"


def read_heading(title: str) -> Heading:
    """The parts of a heading's text. Symbols before the number, such as a check mark, are passed over."""
    return _read(plain(title))


@lru_cache(8192)
def _read(text: str) -> Heading:
    bare_text = text.lstrip("".join(char for char in text[:4] if not char.isalnum() and char != "("))
    step = _STEP.match(bare_text)
    if step:
        return Heading(bare_text[step.end() :].strip() or bare_text, step[1], step_word=True)
    group = _GROUP.match(bare_text)
    if group:
        return Heading(text, group_word=True, behind=bare_text[group.end() :].lstrip(" .:)-\u2013\u2014"))
    number = _NUMBER.match(bare_text)
    words = bare_text[number.end() :].strip() if number else ""
    if number and not _TO_A_VERSION.match(words):
        return Heading(words, number[number.lastindex or 0], group_word=bool(_GROUP.match(words)))
    return Heading(text)
