"""Tabs and admonitions of site generators, which CommonMark does not know.

`=== "Debian"` and `!!! note` (mkdocs) hold an indented body that CommonMark would read as code: the parser is given it
with the indent taken off. `:::note` (Docusaurus, MyST), `{{% tab %}}` (Hugo), `{% tab %}` (GitBook) and `<TabItem>`
(MDX) stand on lines of their own. The number of lines never changes, so every line keeps its place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.runbook.fences import fence_after

_TRIGGERS = ("=== ", "===!", "===+", "!!! ", "??? ", "???+", ":::", "{{%", "{{<", "{% ", "<Tab")
_INDENTED = re.compile(r"([ \t]*)(===[!+]*|!!!|\?\?\?\+?)[ \t]+(\S.*)")
_NAMED = re.compile(r"[ \t]*(?::{3,}[ \t]*\{?|\{\{[%<][ \t]*|\{%-?[ \t]*|<)(?:(/|end)[ \t]*)?([A-Za-z-]+)\}?(.*)")
_BARE_CLOSE = re.compile(r"[ \t]*:{3,}[ \t]*$")
_LABEL = re.compile(r"""\b(?:label|name|title|header)\s*=\s*["']([^"']+)["']""")
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_TABS = frozenset({"tab", "tabitem", "tab-item", "tabpane"})
_NOTES = frozenset({
    "note", "notice", "warning", "warn", "info", "tip", "caution", "alert", "important", "admonition", "callout",
    "hint", "danger", "seealso", "attention", "details", "expand", "example", "error", "success", "dropdown",
    "code-block",
})  # fmt: skip
_INDENT = 4
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: lines `start` to `end` (from 0, exclusive), the marks included."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class Directives:
    """What was found in a body: `text` for the parser, top-level tabs, and the lines of admonitions.

    `marks` are the lines that stand in `text` as comments.
    """

    text: str
    tabs: tuple[Tab, ...] = ()
    notes: tuple[tuple[int, int], ...] = ()
    marks: tuple[int, ...] = ()


@dataclass(slots=True)
class _Open:
    indent: int
    start: int
    tab: str | None  # its title; None for an admonition
    dedents: bool
    closer: str = ""


def read_directives(lines: Sequence[str], *, shown: bool = False) -> Directives:
    """The directives of a body. `shown`: tabs keep their titles, for people; otherwise only their places."""
    text = "\n".join(lines)
    if not any(trigger in text for trigger in _TRIGGERS):
        return Directives(text)
    return _Reader(lines, shown).read()


@dataclass(slots=True)
class _Reader:
    lines: Sequence[str]
    titles: bool
    out: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    notes: list[tuple[int, int]] = field(default_factory=list)
    fence: str = ""
    dedents: int = 0
    marks: list[int] = field(default_factory=list)

    def read(self) -> Directives:
        for index, line in enumerate(self.lines):
            self._line(index, line)
        while self.stack:
            if self.stack[-1].dedents or self.stack[-1].tab is not None:
                self._close(len(self.lines))
            else:  # an admonition that nothing ends is a mark, not a body
                self.dedents -= self.stack.pop().dedents
        self.tabs.sort(key=lambda tab: tab.start)
        return Directives("\n".join(self.out), tuple(self.tabs), tuple(sorted(self.notes)), tuple(self.marks))

    def _line(self, index: int, line: str) -> None:
        blank = not line.strip()
        indent = len(line) - len(line.lstrip(" "))
        if not blank:
            # Text left of a body ends it, and with it a fence that was left open inside.
            while self.stack and self.stack[-1].dedents and indent < self.stack[-1].indent + _INDENT:
                self._close(index)
                self.fence = ""
        taken = _INDENT * self.dedents
        shown = line[min(taken, indent) :] if taken else line
        before, self.fence = self.fence, fence_after(shown, self.fence)
        if not (before or self.fence or blank) and self._directive(index, line, indent):
            # The mark of a tab would join the paragraph or the list item above it; a comment ends both.
            title = self.stack[-1].tab if self.titles and self.stack and self.stack[-1].start == index else None
            shown = " " * (indent - min(taken, indent)) + (f"**{title}**" if title else "<!---->")
            self.marks.append(index)
        self.out.append(shown)

    def _directive(self, index: int, line: str, indent: int) -> bool:
        indented = _INDENTED.match(line)
        if indented:
            if self._has_body(index, indent):
                title = _title(indented[3]) if indented[2].startswith("=") else None
                self._push(_Open(indent, index, title, dedents=True))
                return title is not None
            return False
        if _BARE_CLOSE.match(line):
            return bool(self.stack) and self.stack[-1].closer == ":::" and self._close(index + 1)
        named = _NAMED.match(line) if line.lstrip()[:1] in {":", "{", "<"} else None
        return self._named(index, indent, line, named) if named else False

    def _named(self, index: int, indent: int, line: str, match: re.Match[str]) -> bool:
        name = match[2].lower()
        closes, name = (True, name.removeprefix("end")) if name.startswith("end") else (bool(match[1]), name)
        if name not in _TABS | _NOTES or line.rstrip().endswith("/>"):
            return False
        if closes:
            return bool(self.stack) and self.stack[-1].closer == name and self._close(index + 1)
        title = _title(match[3]) if name in _TABS else None
        colons = line.lstrip().startswith(":")
        self._push(_Open(indent, index, title, dedents=False, closer=":::" if colons else name))
        return title is not None

    def _push(self, level: _Open) -> None:
        if len(self.stack) < _DEEPEST:
            self.stack.append(level)
            self.dedents += level.dedents

    def _has_body(self, index: int, indent: int) -> bool:
        for line in self.lines[index + 1 : index + 4]:
            if line.strip():
                return len(line) - len(line.lstrip(" ")) >= indent + _INDENT
        return False

    def _close(self, end: int) -> bool:
        level = self.stack.pop()
        self.dedents -= level.dedents
        if level.tab is None:
            self.notes.append((level.start, end))
        elif not self.stack and level.indent < _INDENT:
            self.tabs.append(Tab(level.start, end, level.tab))
        return level.tab is not None


def _title(text: str) -> str:
    quoted = _LABEL.search(text) or _QUOTED.search(text)
    words = (quoted[1] if quoted else text).strip(" \"'%>}{/")
    return re.sub(r":[a-z0-9_+-]+:\s*", "", words).strip() or "Tab"
