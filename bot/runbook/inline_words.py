"""Inline markdown and HTML as words: prose, and exactly what stands in code and where links go.

In the prose a mark stands for each of these: a NUL, which no source holds, and a character.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.runbook.document import make_parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Words = tuple[str, tuple[str, ...]]
"""Prose whose white space is made one blank, and what its marks stand for, in their order."""

CODE = "\0'"
_TAG, _IMAGE, _LINK, _END = "\0/", "\0!", "\0{", "\0}"

LONGEST, MOST_BRACKETS = 10_000, 12
"""Of a paragraph. One with more counts as it is written: its parsing may take the square of its length."""

_SHORT = 1000
_SIMPLE = re.compile(
    r"""(?<!`)`(?P<code>[^`]+)`(?!`)
    |(?<!!)\[(?P<label>(?:[^\[\]<\\`]|(?<!`)`[^`]+`(?!`))*+)\]
      \((?P<address>https?://[\w./\#?=,+&:@~-]*|[\w./\#?=,+&-]*)\)
    |(?P<tag></?[A-Za-z][A-Za-z0-9-]*\s*>)""",
    re.VERBOSE | re.ASCII,
)
_EMPHASIS = re.compile(r"(?<!\S)(\*\*|[*_])([^\s*_](?:[^*_]*[^\s*_])?)\1(?=[\s.,:;!?)]|\Z)")
_MARKED = re.compile(r"[`\[<\\&*_]")
_NOT_SIMPLE = re.compile(r"[`\\*]|(?<!\w)_|_(?!\w)|\]\(|&(?:#|\w+;)|<[A-Za-z/!?]")
_HTML = re.compile(r"""(<[A-Za-z](?:[^<>"']|"[^"]{0,500}"|'[^']{0,500}')*+>)|<!--""")
_CLOSE = "-->"


def read_inline(content: str, definitions: Mapping[str, object]) -> Words:
    """The words of a paragraph, a heading or a cell, whose white space is as it was written.

    `definitions` are those of links, as the parser keeps them.
    """
    if len(content) > LONGEST or not _MARKED.search(content):
        return content, ()
    return _marked(content, definitions) if definitions or len(content) > _SHORT else _remembered(content)


@lru_cache(8192)
def _remembered(content: str) -> Words:
    # A folder is read again whenever one of its files changes.
    return _marked(content, {})


def _marked(content: str, definitions: Mapping[str, object]) -> Words:
    exact: list[str] = []

    def mark(found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind == "code":
            code = found["code"].replace("\n", " ")
            # A blank on both sides is there to part ticks.
            exact.append(code[1:-1] if code[0] == code[-1] == " " and code.strip(" ") else code)
            return CODE
        if kind == "address":
            exact.append(found["address"])
            return f"{_LINK}{_SIMPLE.sub(mark, found['label'])}{_END}"
        exact.append(_spaced(found["tag"]))
        return _TAG

    # Most paragraphs hold nothing but words, code and plain links, and to parse them all is too slow.
    prose = _EMPHASIS.sub(r"\2", _SIMPLE.sub(mark, content))
    if not _NOT_SIMPLE.search(prose) and not (definitions and "[" in prose):
        return prose, tuple(exact)
    return parsed_inline(content, definitions) if prose.count("[") <= MOST_BRACKETS else (content, ())


def parsed_inline(content: str, definitions: Mapping[str, object]) -> Words:
    """The same of any paragraph: what of it is code, a link, or HTML is the parser's to say."""
    parser = _parser()
    exact: list[str] = []
    tokens = parser.inline.parse(content, parser, {"references": definitions}, [])
    return "".join(piece for token in tokens for piece in _pieces(token, exact)), tuple(exact)


def _pieces(token: Token, exact: list[str]) -> Iterator[str]:
    kind = token.type
    if kind == "code_inline":
        exact.append(token.content)
        yield CODE
    elif token.info == "auto":
        pass  # the address stands there as the text
    elif kind == "link_open":
        exact.append(_target(token, "href"))
        yield _LINK
    elif kind == "image":
        exact.append(_target(token, "src"))
        yield f"{_IMAGE}{''.join(piece for one in token.children or () for piece in _pieces(one, exact))}{_END}"
    elif kind == "html_inline":
        if not token.content.startswith("<!--"):
            exact.append(_spaced(token.content))
            yield _TAG
    elif kind in {"softbreak", "hardbreak"}:
        yield "\n"
    else:
        yield _END if kind == "link_close" else token.content or ("" if token.tag in {"em", "strong"} else token.markup)


def _target(token: Token, key: str) -> str:
    title = token.attrs.get("title", "")
    return f"{token.attrs.get(key, '')} {title}" if title else str(token.attrs.get(key, ""))


@lru_cache(1)
def _parser() -> MarkdownIt:
    return make_parser()


def read_html(html: str) -> Words:
    """The words of a block of HTML, its tags among them: all but its comments."""
    pieces, kept, at = [], 0, 0
    while found := _HTML.search(html, at):
        at = found.end()
        if found[1]:
            continue  # a tag, with what stands in its attributes
        end = html.find(_CLOSE, found.start() + 2)  # `<!-->` is whole
        if end < 0:
            break
        pieces.append(html[kept : found.start()])
        kept = at = end + len(_CLOSE)
    text = "".join([*pieces, html[kept:]])
    return (CODE, (text,)) if "<pre" in text.lower() else (text, ())


def _spaced(text: str) -> str:
    return " ".join(text.split())
