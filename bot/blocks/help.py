"""Help: what can be asked for, by this person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import Block, bullets, context, line, message, rich, words
from bot.blocks.text import escape

if TYPE_CHECKING:
    from collections.abc import Sequence


def help_message(command: str, verbs: Sequence[tuple[str, str, str]], *, unknown: str = "", near: str = "") -> Block:
    """`verbs` are (name, usage, summary). `unknown` is the word that nobody knows, `near` the one that was meant."""
    blocks: list[Block] = []
    if unknown:
        meant = f" Did you mean {command} {near}?" if near else ""
        blocks.append(rich(line(f"{command} has no “{unknown[:80]}”.{meant}")))
    lines = [
        line(words(f"{command} {name} {usage}".strip(), code=True), f"  {summary}") for name, usage, summary in verbs
    ]
    blocks.append(rich(line(words("Bringing systems back", bold=True))))
    blocks.append(rich(bullets(lines)))
    blocks.append(context("Slack down? The same verbs work in a terminal: bringback help"))
    said = f"{command} {', '.join(name for name, _, _ in verbs)}"
    return message(escape((f"There is no “{unknown[:80]}”. " if unknown else "") + said), blocks)
