"""Inputs: placeholders in commands, how their values are checked, and how they reach a command.

A value never becomes part of a script's text: a placeholder is rewritten to the environment variable of its name, in
the quotes that the place needs, and the value travels in the environment.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from bot.domain.errors import BringbackError
from bot.domain.runbook import Input
from bot.runbook.languages import POSIX_SHELLS
from bot.runbook.prompts import script_of
from bot.runbook.shell_text import Inside, ShellText, innermost
from bot.runbook.taken_names import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from bot.domain.runbook import Command
    from bot.runbook.shell_text import Stack

_PLACEHOLDER = re.compile(
    r"<(?P<angle>[A-Za-z](?:[A-Za-z0-9 _.:/-]{0,58}[A-Za-z0-9])?)>"
    r"|\{\{\s*(?P<braces>[A-Za-z_][A-Za-z0-9_.-]{0,60})\s*\}\}"
)
_TEMPLATE_WORDS = frozenset({"end", "else", "range", "if", "with", "break", "continue", "define", "template", "block"})
_PRINTED = frozenset({"nil", "none", "null", "pending", "snip", "unknown", "unnamed", "unset"})
"""What tools print in such brackets (`<none>`), and people for what they cut: nobody is asked for it."""

_LONGEST = 4096
_ASSIGNED = re.compile(
    r"(?:^|[;&|(]|\b(?:export|local|declare|readonly|typeset)\b)[ \t]*"
    r"(?:(?:for|read(?:[ \t]+-\w+)*)[ \t]+([A-Za-z_]\w*)|([A-Za-z_]\w*)\+?=)",
    re.MULTILINE,
)
_VARIABLE = re.compile(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")  # what no shell reads in another way, wherever it stands
_UNREAD = frozenset({Inside.COMMENT, Inside.DOCUMENT})
_LITERAL = {Inside.SINGLE, Inside.DOLLAR, Inside.DOCUMENT}
_UNQUOTABLE = frozenset({Inside.PARAMETER, Inside.SUM, Inside.DOCUMENT})


class InputError(BringbackError):
    """A value that does not fit its input, or a secret that cannot be read."""


def variable_name(placeholder: str) -> str:
    """The environment variable of a placeholder: `<db host>` is DB_HOST, and `<path>` is PATH_VALUE."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", placeholder).strip("_").upper() or "VALUE"
    return f"_{name}" if name[0].isdigit() else safe(name)


def find_placeholders(script: str) -> list[str]:
    """The placeholders of a script, in their order, each once. None in here-documents, comments and markup."""
    names = (name for _, _, name in _placeholders(script))
    return list(dict.fromkeys(names))


def _placeholders(script: str) -> Iterator[tuple[int, int, str]]:
    found = list(_marks(script)) if "<" in script or "{{" in script else []
    if not found or ("<<" not in script and "#" not in script):
        yield from found
        return
    read = ShellText(script, [(start, end) for start, end, _ in found]).read()
    yield from (one for one, inside in zip(found, read.inside, strict=True) if not _UNREAD.intersection(inside))


def _marks(script: str) -> Iterator[tuple[int, int, str]]:
    markup: dict[str, bool] = {}
    for match in _PLACEHOLDER.finditer(script):
        name = match["angle"] or match["braces"]
        if name in _TEMPLATE_WORDS or (match["angle"] and name in _PRINTED):
            continue
        if match["angle"] and name not in markup:
            markup[name] = f"</{name.split()[0]}>" in script
        if not markup.get(name):
            yield match.start(), match.end(), name


def with_variables(script: str) -> str:
    """A shell script in which each placeholder is the environment variable of its name, quoted for its place."""
    places = list(_placeholders(script))
    read = ShellText(script, [(start, end) for start, end, _ in places]).read()
    pieces: list[str] = []
    at = 0
    for (start, end, name), inside in zip(places, read.inside, strict=True):
        pieces += [script[at:start], _reference(variable_name(name), inside)]
        at = end
    return "".join([*pieces, script[at:]])


def _reference(name: str, inside: Stack) -> str:
    match innermost(inside):
        case Inside.DOUBLE | Inside.SUM:
            return f"${{{name}}}"
        case Inside.SINGLE:
            return f"'\"${{{name}}}\"'"
        case Inside.DOLLAR:
            return f"'\"${{{name}}}\"$'"
    return f'"${{{name}}}"'


def found_inputs(commands: Iterable[Command], declared: Iterable[Input]) -> tuple[Input, ...]:
    """An input for each placeholder in a shell command that no declared input stands for.

    What an earlier command captures stands for later placeholders of its name.
    """
    known = {variable_name(one.name) for one in declared}
    found: dict[str, Input] = {}
    for command in commands:
        marked = command.language in POSIX_SHELLS and ("<" in command.text or "{{" in command.text)
        for name in find_placeholders(script_of(command.text, command.language)) if marked else ():
            variable = variable_name(name)
            if variable not in known:
                found.setdefault(variable, Input(variable, ask=f"{name}?", line=command.line, declared=False))
        if command.capture and command.runs:
            known.add(variable_name(command.capture.partition("=")[0]))
    return tuple(found.values())


def as_variables(values: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of values by name: under the name, and under the one that its placeholder has."""
    return {**{variable_name(name): value for name, value in values.items()}, **values}


def fault_in(wanted: Input, value: str) -> str:
    """What is wrong with a value, as a sentence, or an empty text when it fits."""
    label = wanted.ask or wanted.name
    if not value.strip():
        return f"{label} needs a value."
    if len(value) > _LONGEST or any(ord(char) < ord(" ") or 0x7F <= ord(char) <= 0x9F for char in value):  # noqa: PLR2004 - the C1 controls
        return f"{label} must be one line of plain text."
    if wanted.choices and value not in wanted.choices:
        return f"{label} must be one of: {', '.join(wanted.choices)}."
    if wanted.pattern and not re.search(wanted.pattern, value):
        return f"{label} does not fit the pattern {wanted.pattern}."
    return ""


def secret_reader(environment: Mapping[str, str], read: Callable[[str], str]) -> Callable[[str], str]:
    """Turns `env:NAME` and `file:PATH` into their values; `read` reads a file's text. Raises InputError."""

    def secret(reference: str) -> str:
        kind, _, place = reference.partition(":")
        if kind == "env":
            if place not in environment:
                raise InputError(f"The secret {reference} is not set.", "Set it where the bot runs.")
            return environment[place]
        try:
            return read(place).rstrip("\n")
        except OSError as error:
            raise InputError(f"The secret {reference} cannot be read: {error.strerror}.") from None

    return secret


def shown(script: str, values: Mapping[str, str]) -> str:
    """A script for people to copy: placeholders and `$NAME` are what their values are, quoted for their places.

    A variable that the script itself sets is left to it, and so is what stands in single quotes and here-documents;
    where a value cannot be quoted for its place, the name stays.
    """
    known = as_variables(values)
    places = [(start, end, variable_name(name), True) for start, end, name in _placeholders(script)]
    places = sorted(places + [(start, end, name, False) for start, end, name in _variables(script, known)])
    if not places:
        return script
    read = ShellText(script, [(start, end) for start, end, *_ in places]).read()
    pieces: list[str] = []
    at = 0
    for (start, end, name, placeholder), inside in zip(places, read.inside, strict=True):
        here = name in known and (placeholder or innermost(inside) not in _LITERAL)
        filled = _quoted(known[name], inside, sure=not read.ends_open) if here else None
        pieces += [script[at:start], script[start:end] if filled is None else filled]
        at = end
    return "".join([*pieces, script[at:]])


def _variables(script: str, known: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    if "$" not in script:
        return
    left = set(known) - {match[1] or match[2] for match in _ASSIGNED.finditer(script)}
    for match in _VARIABLE.finditer(script):
        name = match[1] or match[2]
        if name in left:
            yield match.start(), match.end(), name


def _quoted(value: str, inside: Stack, *, sure: bool) -> str | None:
    """A value as it must stand there; None where no quotes can be trusted to hold it."""
    if _BARE.fullmatch(value):
        return value
    if not sure or _UNQUOTABLE.intersection(inside) or (Inside.TICKS in inside and re.search(r"[\\$`'\"]", value)):
        return None
    quote = innermost(inside)
    if quote in {Inside.SINGLE, Inside.DOUBLE, Inside.DOLLAR}:
        plain = not re.search(r"[\\\"'$`!]", value)
        return value if plain else f"{quote.value.removeprefix('$')}{shlex.quote(value)}{quote.value}"
    return shlex.quote(value)
