"""Slack's mrkdwn to HTML. Whatever is not Slack's own markup comes out escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from .names import emoji

if TYPE_CHECKING:
    from collections.abc import Callable

    from .names import Names

_FENCE: Final = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE: Final = re.compile(r"`([^`\n]+)`")
_CONTROL: Final = re.compile(r"<([^<>\n]+)>")
_BARE: Final = re.compile(r"https?://[^\s<>|\ue000\ue001]*[^\s<>|.,;:!?)'\"*_~\ue000\ue001]")
_EMOJI: Final = re.compile(r":([a-z0-9_+-]+):")
_STYLES: Final = (
    ("strong", re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")),
    ("em", re.compile(r"(?<![\w])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w])")),
    ("s", re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")),
)
_HELD: Final = re.compile("\ue000(\\d+)\ue001")
_QUOTE: Final = re.compile(r"(?:^(?:&gt;) ?[^\n]*(?:\n|$))+", re.MULTILINE)
LINKABLE: Final = ("http://", "https://", "mailto:")


def unescaped(text: str) -> str:
    """The three characters that Slack's escapes stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(names: Names, url: str, label: str | None = None) -> Markup:
    """A link: within the workspace as the viewer, elsewhere in a tab of its own; only its label when none to follow."""
    shown = label or url.removeprefix("mailto:")
    if here := names.here(url):
        return Markup('<a href="{}">{}</a>').format(here, shown)
    if not url.startswith(LINKABLE):
        return escape(shown)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, shown)


def mention(names: Names, user_id: str) -> Markup:
    """A person's name as a mention, marked when it is the viewer."""
    mine = " me" if user_id == names.viewer else ""
    return Markup('<span class="mention{}">@{}</span>').format(mine, names.user(user_id))


def broadcast(to_whom: str) -> Markup:
    """@here, @channel or @everyone."""
    return Markup('<span class="mention me">@{}</span>').format(to_whom)


def group_mention(names: Names, group_id: str) -> Markup:
    """A user group as a mention."""
    return Markup('<span class="mention">@{}</span>').format(names.group(group_id))


def channel_link(names: Names, channel_id: str) -> Markup:
    """A channel that one can go to; "private channel" when the viewer may not know it."""
    name = names.channel(channel_id)
    if name is None:
        return Markup('<span class="mention">private channel</span>')
    return Markup('<a class="mention" href="/as/{}/{}">#{}</a>').format(names.viewer, channel_id, name)


def plain(text: str, *, with_emoji: bool = True) -> Markup:
    """A plain_text: nothing in it is markup but emoji names."""
    escaped = str(escape(unescaped(text)))
    return Markup(_EMOJI.sub(_emoji, escaped) if with_emoji else escaped)  # noqa: S704 - escaped one line above


def _emoji(found: re.Match[str]) -> str:
    return emoji(found[1]) or found[0]


class _Held:
    """Finished pieces of HTML, held out of the text behind markers while the rest is worked on."""

    def __init__(self) -> None:
        self._pieces: list[Markup] = []

    def hold(self, piece: Markup) -> str:
        self._pieces.append(piece)
        return f"\ue000{len(self._pieces) - 1}\ue001"

    def release(self, text: str) -> str:
        """Puts the pieces back; they can stand inside each other one level deep."""
        return _HELD.sub(lambda found: str(self._pieces[int(found[1])]), text)


def mrkdwn(text: str, names: Names, *, verbatim: bool = False) -> Markup:
    """HTML for a mrkdwn text as ``names.viewer`` sees it; ``verbatim`` leaves bare addresses alone."""
    held = _Held()
    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _FENCE.sub(lambda found: held.hold(Markup("<pre>{}</pre>").format(_code_text(found[1]))), text)
    text = _CODE.sub(lambda found: held.hold(Markup("<code>{}</code>").format(_code_text(found[1]))), text)
    text = _CONTROL.sub(lambda found: _control(found[1], names, held.hold), text)
    if not verbatim:
        text = _BARE.sub(lambda found: held.hold(link(names, unescaped(found[0]))), text)
    html = str(escape(unescaped(text)))
    html = _EMOJI.sub(_emoji, html)
    for tag, pattern in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    html = _QUOTE.sub(_quote, html)
    return Markup(held.release(html))  # noqa: S704 - every part was escaped above


def _quote(found: re.Match[str]) -> str:
    lines = [re.sub(r"^&gt; ?", "", line) for line in found[0].rstrip("\n").split("\n")]
    return "<blockquote>" + "\n".join(lines) + "</blockquote>"


def _code_text(text: str) -> str:
    return unescaped(re.sub(r"<([^<>|\n]+)(?:\|([^<>\n]+))?>", lambda found: found[2] or found[1], text))


def _control(inner: str, names: Names, hold: Callable[[Markup], str]) -> str:
    """What stands between < and >: a mention, a channel, a command word or a link."""
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return hold(mention(names, target[1:]))
    if target.startswith("#"):
        return hold(channel_link(names, target[1:]))
    if target.startswith("!"):
        return hold(_command_word(target[1:], unescaped(label), names))
    if target.startswith(LINKABLE):
        return hold(link(names, unescaped(target), unescaped(label) or None))
    return f"&lt;{inner}&gt;"


def _command_word(word: str, fallback: str, names: Names) -> Markup:
    kind, *rest = word.split("^")
    if kind in {"here", "channel", "everyone"}:
        return broadcast(kind)
    if kind == "subteam" and rest:
        return group_mention(names, rest[0])
    if kind == "date" and len(rest) > 1 and rest[0].isdigit():
        try:
            words = names.date(int(rest[0]), unescaped(rest[1]))
        except (KeyError, OverflowError, ValueError):
            words = fallback
        url = rest[2] if len(rest) > 2 else ""  # noqa: PLR2004 - date^timestamp^format^link
        return link(names, url, words) if url else escape(words)
    return escape(fallback or f"<!{word}>")
