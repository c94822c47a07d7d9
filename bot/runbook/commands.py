"""Fences as commands: which are some, and which of their lines run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.runbook import Command
from bot.runbook.annotations import NO_STEP_KEYS, FenceKeys, StepKeys, read_fence_info
from bot.runbook.inputs import with_variables
from bot.runbook.languages import POSIX_SHELLS, QUERIES, SHELLS
from bot.runbook.prompts import script_of

if TYPE_CHECKING:
    from markdown_it.token import Token

    from bot.domain.runbook import Fault

DEFAULT_TIMEOUT = timedelta(minutes=30)


def is_command(language: str, name: str, text: str) -> bool:
    """Whether a fence holds commands: a shell or query language, no language at all, or a name."""
    return bool(text.strip()) and (bool(name) or language in SHELLS | QUERIES or not language)


def read_fence(token: Token, line: int, file: str, *, execute: bool) -> tuple[Command | None, FenceKeys, list[Fault]]:
    """The command of a fence or indented code at `line` (from 1), or None; its keys; their faults."""
    language, keys, faults = read_fence_info(token.info.strip(), file, line)
    text = token.content
    if not is_command(language, keys.name, text):
        return None, keys, faults
    script = script_of(text, language)
    runs = execute and bool(keys.name) and keys.run != "never" and bool(script.strip())
    if runs and language in POSIX_SHELLS:
        script = with_variables(script)
    command = Command(
        name=keys.name,
        language=language,
        text=text,
        script=script,
        line=line,
        runs=runs,
        kind=keys.kind,
        timeout=keys.timeout or DEFAULT_TIMEOUT,
        idempotent=keys.idempotent,
        interpreter=keys.interpreter,
        cwd=keys.cwd,
        host=keys.host,
        expect=keys.expect,
        expect_exit=keys.expect_exit,
        secret_output=keys.secret_output,
        cleanup=keys.cleanup,
        timeout_given=keys.timeout is not None,
        capture=keys.capture or "",
        interactive=keys.interactive,
        background=keys.background,
        end_line=line + (token.map[1] - token.map[0] - 1 if token.map else 0),
    )
    return command, keys, faults


def completed(command: Command, keys: StepKeys) -> Command:
    """A command with what its step's comment says of it: where it says nothing itself, and a `}` cannot stand in it."""
    if keys is NO_STEP_KEYS:
        return command
    return replace(
        command,
        expect=command.expect or keys.expect,
        capture=command.capture or keys.capture or "",
        timeout=command.timeout if command.timeout_given else keys.timeout or command.timeout,
        timeout_given=command.timeout_given or keys.timeout is not None,
    )
