"""Headings as plain words: without emphasis, links, emoji and anchors; the author's number apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.runbook.tags import without_tags

LONGEST = 300
"""Titles are cut here before any expression looks at them: time stays bounded, and nobody reads more."""

_ANCHOR = re.compile(r"\s*\{\s*[#.:][^}]*\}\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_EMPHASIS = re.compile(r"(\*\*|__|\*|~~|`)(.+?)\1")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_COMMENT = re.compile(r"<!--[^>]*-->")
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[<{#\[*_~`\\]")
_NAME = re.compile("[a-z0-9]+")
_EMOJI = frozenset({"So", "Sk", "Mn", "Me", "Cf", "Zs"})
"""Categories of emoji and what makes them up: joiners, selectors, skin tones, the blank behind them."""

_REMEMBERED = 8192


def plain(title: str) -> str:
    """The words of a heading as people read them."""
    return _plain(title[:LONGEST])


@lru_cache(_REMEMBERED)
def _plain(title: str) -> str:
    if not _MARKUP.search(title):
        return _without_emoji(" ".join(title.split()))
    text = without_tags(_COMMENT.sub("", title))
    text = _ANCHOR.sub("", _CLOSING.sub("", text))
    text = _LINK.sub(r"\1", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", text)
    return _without_emoji(_SPACE.sub(" ", text.replace("\\", "")).strip())


def _without_emoji(text: str) -> str:
    if text.isascii():
        return text
    start = next((at for at, char in enumerate(text) if unicodedata.category(char) not in _EMOJI), 0)
    return text[start:]


def bare(title: str) -> str:
    """A heading's words without leading symbols: what the lists of titles are compared with."""
    text = plain(title)
    start = next((index for index, char in enumerate(text) if unicodedata.category(char)[0] in "LN"), len(text))
    return text[start:].rstrip(" :.!?").strip()


def slug(title: str) -> str:
    """A name made of a title: `Stop the writers` becomes `stop-the-writers`."""
    return "-".join(_NAME.findall(plain(title).lower()))[:60].strip("-") or "step"
