"""Prompts and sample output: which lines of a fence are commands."""

from __future__ import annotations

import re

from bot.runbook.languages import SESSIONS

_PROMPT = re.compile(r"^[ \t]*(?:\$|>|#|PS [^>\n]*>)[ \t]+(?=\S)")
_DOLLAR = re.compile(r"^[ \t]*\$[ \t]+(?=\S)")


def script_of(text: str, language: str) -> str:
    r"""The lines of a fence that run: all of them, or, where there are prompts, what stands behind these.

    A line behind a prompt goes on over `\` ends. Everything else beside prompts is sample output.
    """
    lines = text.split("\n")
    prompt = _PROMPT if language in SESSIONS and not any(map(_DOLLAR.match, lines)) else _DOLLAR
    if not any(map(prompt.match, lines)):
        return text
    kept: list[str] = []
    goes_on = False
    for line in lines:
        match = prompt.match(line)
        if match or goes_on:
            kept.append(line[match.end() :] if match else line)
            goes_on = kept[-1].endswith("\\")
    return "\n".join(kept) + "\n"
