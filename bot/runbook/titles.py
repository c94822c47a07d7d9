"""Headings as plain words: without emphasis, links, emoji and anchors; the author's number apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from bot.runbook.tags import without_tags

if TYPE_CHECKING:
    from markdown_it.token import Token

    from bot.runbook.document import Section

LONGEST = 300
"""Titles are cut here before any expression looks at them: time stays bounded, and nobody reads more."""

_ANCHOR = re.compile(r"\s*\{\s*[#.:][^}]*\}\s*$")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_REFERENCE = re.compile(r"\[([^\]]*)\]\[[^\]]*\]")
_LEFT_OPEN = re.compile(r"(\*\*|~~)(?=\S)(.+?)\1")
"""Emphasis that CommonMark leaves as it is, for no space stands behind it: `**Note:**first`."""

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[<{*~`\\&]|\]\(|(?<!\w)_|_(?!\w)|\s#+\s*$")
_KEPT = "\x00"
"""Stands for code while the rest is looked at; no source holds it."""
_MARK = re.compile(r"[<{\[*~`\\&_#]")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"!?\[([^\[\]<\\]*)\]\([^()\s<>\\\x00]*\)")
_GOES_TO = re.compile(r"(?<!!)\[[^\[\]]*\](?:\[|\((?:https?:|mailto:|[^\s:()]+\)))")
_BOLD = re.compile(r"(?<!\S)\*\*([^\s*](?:[^*]*[^\s*\\])?)\*\*(?=[\s.,:;!?)]|$)")
_NAME = re.compile("[a-z0-9]+")
_GOES_ON = re.compile(r"[\w,)\]`'\"]$")
"""What a line ends with that was broken in a sentence; two spaces, or a backslash, are a break on purpose."""

_SENTENCE = re.compile(r"(?<=[a-z0-9)`*])(?<!\be\.g)(?<!\bi\.e)\.(?:\s|$)")
_SHORTEST = 8
_WORDS = 3
_WRAPPED = 60  # a line so long was broken by its editor
_CUT = 120
_EMOJI = frozenset({"So", "Sk", "Mn", "Me", "Cf", "Zs"})
"""Categories of emoji and what makes them up: joiners, selectors, skin tones, the blank behind them."""

_REMEMBERED = 8192


def plain(title: str) -> str:
    """The words of a heading as people read them."""
    return _plain(title[:LONGEST])


@lru_cache(_REMEMBERED)
def _plain(title: str) -> str:
    # Most titles are words, or hold nothing but code, links and bold words: no need to parse them.
    if not _MARK.search(title):
        return _without_emoji(" ".join(title.split()))
    codes = _CODE.findall(title)
    simple = _BOLD.sub(r"\1", _LINK.sub(r"\1", _CODE.sub(_KEPT, title)))
    if not _MARKUP.search(simple) and simple.count(_KEPT) == len(codes):
        simple = "".join(map("".join, zip_longest(_REFERENCE.sub(r"\1", simple).split(_KEPT), codes, fillvalue="")))
        return _without_emoji(" ".join(simple.split()))
    parser = _parser()
    tokens = parser.inline.parse(_ANCHOR.sub("", _CLOSING.sub("", title)), parser, {}, [])
    text = "".join(map(_words, tokens))
    return _without_emoji(_SPACE.sub(" ", text).strip())


def _words(token: Token) -> str:
    if token.type in {"code_inline", "image"}:
        return token.content
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return "" if token.content.startswith("<!--") else without_tags(_BREAK.sub(" ", token.content))
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
    if text[:1].isalnum():
        return text.rstrip(" :.!?")
    start = next((index for index, char in enumerate(text) if unicodedata.category(char)[0] in "LN"), len(text))
    return text[start:].rstrip(" :.!?").strip()


def says_more(title: str) -> bool:
    """Whether a heading holds what its plain words do not: where a link goes, or words behind the longest title."""
    return len(title) > LONGEST or bool(_GOES_TO.search(title))


@lru_cache(_REMEMBERED)
def slug(title: str) -> str:
    """A name made of a title: `Stop the writers` becomes `stop-the-writers`."""
    return "-".join(_NAME.findall(plain(title).lower()))[:60].strip("-") or "step"


@lru_cache(_REMEMBERED)
def shorten(text: str) -> str:
    """A title from the beginning of a text: its first sentence, before a colon's end."""
    first = plain(_first_lines(text.lstrip()[:LONGEST]))
    end = _SENTENCE.search(first, _SHORTEST)
    first = first[: end.start()] if end else first
    if len(first) > _CUT:
        first = (first[:_CUT].rpartition(" ")[0] or first[:_CUT]) + " …"
    first = first.rstrip(" :")
    return first.removesuffix(".") if not first.endswith("..") else first


def first_words(document: Section) -> str:
    """The first sentence of a text without headings: what it is called."""
    return next(
        (
            shorten(block.text)
            for block in document.blocks
            if block.kind == "paragraph" and not block.text.startswith(("![", "[![", "<"))
        ),
        "",
    )


def _first_lines(text: str) -> str:
    # A line that breaks off in a sentence goes on in the next one; else the first line alone says what to do.
    lines = text.split("\n")
    found = lines[0]
    for line in lines[1:]:
        broken = len(found.split()) < _WORDS or len(found) >= _WRAPPED or line[:1].islower()
        if not broken or not _GOES_ON.search(found):
            break
        found = f"{found} {line}"
    return found.removesuffix("\\")
