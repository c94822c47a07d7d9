"""What lists of words are made of, and how a title is compared with them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.runbook.titles import bare

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def words(text: str) -> tuple[str, ...]:
    """A list of words or titles, told with commas."""
    return tuple(" ".join(word.split()) for word in text.split(","))


@lru_cache(8192)
def title_key(title: str) -> str:
    """A title as it is compared: without case, leading symbols, closing brackets and punctuation."""
    key = bare(title)
    key = _BRACKETS.sub("", key) if key.endswith(")") else key
    return key.lower().replace("\u2019", "'")
