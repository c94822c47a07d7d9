"""Inline markdown as runs of literal text, with their looks and where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from bot.runbook import harmless
from bot.runbook.tags import KNOWN, TAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

SCHEMES = frozenset({"http", "https", "mailto"})
_ADDRESS = re.compile(r"://|\bwww\.|[a-z0-9-]\.(?:com|org|net|io|gov|dev|uk|de)\b", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "summary", "details", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. `link` is an address with a scheme that may be followed, or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str = ""


_BAR = "%7C"
"""In `<https://one.example|another>`: a link as Slack writes it, which shows other words than it leads to."""


class _Writer:
    def __init__(self, base_url: str) -> None:
        self.runs: list[Run] = []
        self._base = base_url
        self._looks = {"strong": 0, "em": 0, "s": 0}
        self._link = ""
        self._behind = ""
        self._label = ""

    def token(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self._add(harmless.prose(token.content))
        elif kind == "code_inline":
            self._add(harmless.code(token.content), code=True)
        elif kind in {"softbreak", "hardbreak"}:
            self._add(" " if kind == "softbreak" else "\n")
        elif kind == "image":
            self._image(token)
        elif kind == "html_inline":
            self._add(text_of_html(token.content))
        elif kind == "link_open":
            href = str(token.attrs.get("href", ""))
            if token.markup == "autolink" and _BAR in href:
                self._add("<")
                self._behind = ">"
                return
            self._link, self._behind = target_of(href, self._base)
            self._label = ""
        elif kind == "link_close":
            # Words that look like one address must not lead to another.
            lies = self._link and _ADDRESS.search(self._label) and self._label.strip() not in self._link
            behind = f" ({self._link})" if lies else self._behind
            self._link = self._behind = ""
            self._add(behind)
        elif kind.endswith(("_open", "_close")):
            name = kind.rpartition("_")[0]
            self._looks[name] = self._looks.get(name, 0) + (1 if kind.endswith("_open") else -1)

    def _image(self, token: Token) -> None:
        words = harmless.prose(token.content) or "image"
        address, behind = target_of(str(token.attrs.get("src", "")), self._base)
        before = self._link
        self._link = address or before
        self._add(f"image: {words}{behind}" if not address else words)
        self._link = before

    def _add(self, text: str, *, code: bool = False) -> None:
        if not text:
            return
        self._label += text
        looks = self._looks
        run = Run(text, looks["strong"] > 0, looks["em"] > 0, looks["s"] > 0, code, self._link)
        last = self.runs[-1] if self.runs else None
        if last and _same_looks(last, run):
            run = Run(last.text + text, run.bold, run.italic, run.strike, run.code, run.link)
            self.runs.pop()
        self.runs.append(run)


def read_runs(tokens: Sequence[Token], base_url: str = "") -> tuple[Run, ...]:
    """The runs of an inline token's children, neighbours of one look joined."""
    writer = _Writer(base_url)
    for token in tokens:
        writer.token(token)
    return tuple(writer.runs)


def plain_text(runs: Sequence[Run]) -> str:
    """The words of runs alone."""
    return "".join(run.text for run in runs)


def _same_looks(one: Run, other: Run) -> bool:
    return (one.bold, one.italic, one.strike, one.code, one.link) == (
        other.bold,
        other.italic,
        other.strike,
        other.code,
        other.link,
    )


def target_of(target: str, base_url: str) -> tuple[str, str]:
    """Where a link leads, and what is told behind its words instead when it may not be followed."""
    target = harmless.prose(target).replace("\n", "")
    try:
        scheme = urlsplit(target).scheme.lower()
        if scheme in SCHEMES:
            return target, ""
        if base_url and not scheme and not target.startswith("//"):
            return urljoin(base_url, target), ""
    except ValueError:  # an address that cannot be taken apart is only text
        pass
    return "", f" ({target})" if target and not target.startswith("#") else ""


def text_of_html(html: str) -> str:
    """The text of HTML: comments and known tags go, and everything else stays, `<NAME>` too."""
    pieces: list[str] = []
    hidden = ""
    for text, tag, raw in _pieces(html):
        pieces += [] if hidden else [unescape(text)]
        name = tag.lstrip("/").lower()
        if name not in KNOWN:
            pieces += [] if hidden else [raw]
        elif name in _HIDDEN:
            hidden = "" if tag.startswith("/") else name
        elif name in _BREAKS and not hidden:
            pieces.append("\n")
    return re.sub(r"\n{2,}", "\n", harmless.prose("".join(pieces))).strip("\n" if "\n" in html else "")


def _pieces(html: str) -> list[tuple[str, str, str]]:
    found = []
    at = 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            found.append((html[at:], "", ""))
            break
        if html.startswith("<!--", start):
            end = html.find("-->", start)
            found.append((html[at:start], "", ""))
            at = len(html) if end < 0 else end + 3
            continue
        match = TAG.match(html, start)
        if match:
            found.append((html[at:start], match[1] + match[2], match[0]))
            at = match.end()
        else:
            found.append((html[at : start + 1], "", ""))
            at = start + 1
    return found
