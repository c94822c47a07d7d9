"""Fences as commands: which are some, and which of their lines run."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.runbook import Command
from bot.runbook.annotations import FenceKeys, read_fence_info

if TYPE_CHECKING:
    from markdown_it.token import Token

    from bot.domain.runbook import Fault

SHELLS = frozenset({
    "sh", "bash", "shell", "zsh", "ksh", "fish", "console", "shell-session", "shellsession", "sh-session", "terminal",
    "bash-session", "powershell", "pwsh", "ps1", "cmd", "bat", "batch",
})  # fmt: skip
"""Languages of fences that hold shell commands."""

POSIX_SHELLS = SHELLS - {"powershell", "pwsh", "ps1", "cmd", "bat", "batch", "fish"} | {""}
"""Languages whose quoting is that of sh; a fence without a language is taken for one."""

QUERIES = frozenset({"sql", "psql", "pgsql", "mysql", "plsql", "promql", "redis", "cypher"})
"""Languages of fences that hold statements to run in a client."""

SESSIONS = frozenset({"console", "shell-session", "shellsession", "sh-session", "bash-session", "terminal"})
"""Languages in which only lines behind a prompt are commands."""

_PROMPT = re.compile(r"^[ \t]*(?:\$|>|#|PS [^>\n]*>)[ \t]+(?=\S)")
_DOLLAR = re.compile(r"^[ \t]*\$[ \t]+(?=\S)")
DEFAULT_TIMEOUT = timedelta(minutes=30)


def is_command(language: str, name: str | None, text: str) -> bool:
    """Whether a fence holds commands: a shell or query language, no language at all, or a name."""
    return bool(text.strip()) and (bool(name) or language in SHELLS | QUERIES or not language)


def read_fence(token: Token, line: int, file: str, *, execute: bool) -> tuple[Command | None, FenceKeys, list[Fault]]:
    """The command of a fence or indented code at `line` (from 1), or None; its keys; their faults."""
    language, keys, faults = read_fence_info(token.info.strip(), file, line)
    text = token.content
    if not is_command(language, keys.name, text):
        return None, keys, faults
    script = script_of(text, language)
    command = Command(
        name=keys.name or "",
        language=language,
        text=text,
        script=script,
        line=line,
        runs=execute and bool(keys.name) and keys.run != "never" and bool(script.strip()),
        kind=keys.kind,
        timeout=keys.timeout or DEFAULT_TIMEOUT,
        idempotent=keys.idempotent,
        interpreter=keys.interpreter,
        cwd=keys.cwd,
        host=keys.host,
        expect=keys.expect,
        expect_exit=keys.expect_exit,
        secret_output=keys.secret_output,
        timeout_given=keys.timeout is not None,
        capture=keys.capture or "",
        interactive=keys.interactive,
        background=keys.background,
    )
    return command, keys, faults


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
