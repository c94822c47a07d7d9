"""Headings as plain words: without emphasis, links, emoji and anchors; the author's number apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from bot.runbook.tags import without_tags

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 300
"""Titles are cut here before any expression looks at them: time stays bounded, and nobody reads more."""

_ANCHOR = re.compile(r"\s*\{\s*[#.:][^}]*\}\s*$")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_REFERENCE = re.compile(r"\[([^\]]*)\]\[[^\]]*\]")
_LEFT_OPEN = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)\1")
"""Emphasis that CommonMark leaves as it is, for no space stands behind it: `**Note:**first`."""

_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[<{#\[*_~`\\&]")
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
    text = "".join(map(_words, _parser().parseInline(_ANCHOR.sub("", _CLOSING.sub("", title)))[0].children or ()))
    return _without_emoji(_SPACE.sub(" ", text).strip())


def _words(token: Token) -> str:
    if token.type in {"code_inline", "image"}:
        return token.content
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return "" if token.content.startswith("<!--") else without_tags(token.content)
    return _LEFT_OPEN.sub(r"\2", _REFERENCE.sub(r"\1", token.content))


@lru_cache(1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


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
