"""The tags of HTML. Everything else between angle brackets is text: `<NAME>` is a placeholder."""

from __future__ import annotations

import re

TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(?:\s[^<>]*)?/?>")
KNOWN = frozenset({
    "a", "abbr", "article", "aside", "b", "big", "blockquote", "br", "button", "caption", "center", "cite", "code",
    "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "iframe", "img", "input", "ins",
    "kbd", "label", "li", "main", "mark", "nav", "ol", "option", "p", "picture", "pre", "q", "s", "samp", "script",
    "section", "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg",
    "path", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
    "video",
})  # fmt: skip


def without_tags(text: str) -> str:
    """A text without the tags of HTML, such as the anchors that stand in headings, and without `<Optional />`."""
    return TAG.sub(_kept, text) if "<" in text else text


def _kept(match: re.Match[str]) -> str:
    # What closes itself is a component of MDX, not a placeholder.
    return "" if match[2].lower() in KNOWN or match[0].endswith("/>") else match[0]
