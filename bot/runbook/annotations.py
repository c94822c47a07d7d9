"""What an author may say about a step: the info of a fence, and the `<!-- step: {...} -->` comment."""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain.runbook import Fault, Moment, StepKind
from bot.runbook.marked_yaml import Marked, MarkedYamlError, compose
from bot.runbook.taken_names import is_taken
from bot.runbook.validation import (
    Duration,
    Keys,
    Name,
    Pattern,
    SomeTime,
    regular_expression,
    repeated_keys,
    sound_part,
    validate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

_NEAR = 0.75
_LONGEST_NAME = 120
_COMMENT = "<!-- step: {key: value} -->"
_JSON = re.compile(r"[\"']\s*:|^\s*[A-Za-z_]+:\s|\bname\s*:")

RUNME_KEYS = frozenset({
    "background", "category", "closeTerminalOnSuccess", "cwd", "excludeFromRunAll", "id", "ignore", "interactive",
    "interpreter", "mimetype", "name", "openTerminalOnError", "promptEnv", "skipPrompts", "tag", "terminalRows",
    "transform",
})  # fmt: skip
"""Keys of a fence's info that Runme reads: never a near miss of ours."""


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return value


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value


def _capture(text: str) -> str:
    name, equals, pattern = text.partition("=")
    if not equals or not (name.isidentifier() and name.isascii()):
        raise ValueError(f"“{text}” is no capture: write NAME=regular expression with one group")
    if is_taken(name) or name.startswith("RECOVERY_"):
        raise ValueError(f"{name} is a variable that commands go by: capture under another name")
    if re.compile(regular_expression(pattern)).groups != 1:
        raise ValueError(f"“{pattern}” needs exactly one group, the part to keep")
    return text


def _kind(value: Any) -> Any:
    try:
        return StepKind(value)
    except ValueError:
        raise ValueError(f"“{value}” is no kind of step: {', '.join(StepKind)}") from None


def _fence_kind(value: Any) -> Any:
    kind = _kind(value)
    if kind not in {StepKind.COMMAND, StepKind.CHECK}:
        raise ValueError(f"“{value}” is no kind of command: command or check. Other kinds belong in the step's comment")
    return kind


def _moment(value: Any) -> Any:
    try:
        return Moment(value)
    except ValueError:
        raise ValueError(f"“{value}” is no moment: before or after (the plan's systems)") from None


def _on_fail(text: str) -> str:
    if text not in {"stop", "ask", "continue"} and not text.startswith("goto:"):
        raise ValueError(f"“{text}” is no answer to a failure: stop, ask, continue or goto:STEP")
    return text


Flag = Annotated[bool, BeforeValidator(_flag)]
Number = Annotated[int, BeforeValidator(_number)]
Kind = Annotated[StepKind, BeforeValidator(_kind)]
When = Annotated[Moment, BeforeValidator(_moment)]
OnFail = Annotated[str, AfterValidator(_on_fail)]


def _command_name(text: str) -> str:
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"a command's name is one line of at most {_LONGEST_NAME} letters")
    return text.strip()


CommandName = Annotated[
    str,
    AfterValidator(_command_name),
    Field(json_schema_extra={"maxLength": _LONGEST_NAME, "pattern": r"^[^\x00-\x1f]*$"}),
]


class FenceKeys(Keys):
    """The info of a fence: `{"name": "restore", "timeout": "20m"}` or `{ name=restore timeout=20m }`."""

    name: CommandName = ""
    kind: Annotated[Literal[StepKind.COMMAND, StepKind.CHECK], BeforeValidator(_fence_kind)] = StepKind.COMMAND
    timeout: SomeTime | None = None
    host: str = ""
    cwd: str = ""
    interpreter: str = ""
    interactive: Flag = False
    background: Flag = False
    idempotent: Flag = False
    expect: Pattern = ""
    expect_exit: Annotated[Number, Field(ge=0, le=255)] = 0
    capture: Annotated[str, AfterValidator(_capture)] | None = None
    secret_output: Flag = False
    cleanup: Flag = False
    run: Literal["", "never"] = ""
    on_fail: OnFail | None = None


class StepKeys(Keys):
    """The mapping of a `<!-- step: {...} -->` comment."""

    id: Name | None = None
    kind: Kind | None = None
    time: Duration | None = None
    expect_duration: Duration | None = None
    timeout: SomeTime | None = None
    host: str = ""
    by: str = ""
    on_fail: OnFail | None = None
    retry: Annotated[Number, Field(ge=0, le=20)] = 0
    idempotent: Flag = False
    optional: Flag = False
    when: When = Moment.BEFORE
    expect: Pattern = ""
    capture: Annotated[str, AfterValidator(_capture)] | None = None
    rollback: str = ""
    skip: str = ""
    danger: Flag = False
    parallel: str = ""
    in_drill: Literal["", "do", "say"] = ""

    @property
    def expected(self) -> timedelta | None:
        """How long the step should take."""
        return self.time or self.expect_duration


NO_FENCE_KEYS = FenceKeys()
NO_STEP_KEYS = StepKeys()


def read_fence_info(info: str, file: str, line: int) -> tuple[str, FenceKeys, list[Fault]]:
    """The language, the keys and the faults of a fence's info. Keys that are not ours are left alone."""
    language, values, faults = split_info(info, file, line)
    if not values:
        return language, NO_FENCE_KEYS, faults
    known = FenceKeys.model_fields
    ours = {key: value for key, value in values.items() if key in known}
    for key in sorted(values.keys() - known.keys() - RUNME_KEYS):
        near = get_close_matches(key, known, n=1, cutoff=_NEAR)
        if key in StepKeys.model_fields:
            what = f"“{key}” in a fence's info changes nothing."
            faults.append(Fault(file, line, what, f"Write it in the step's comment: {_COMMENT}.", "warning"))
        elif near:
            faults.append(Fault(file, line, f"unknown key “{key}” in the fence's info.", f"Did you mean “{near[0]}”?"))
    keys, wrong = validate(FenceKeys, Marked(ours, {(): line}), (), file)
    return language, keys or _held_back(ours), faults + wrong


def _held_back(ours: Mapping[str, str]) -> FenceKeys:
    """What a command is called and is for, where something else is wrong with its keys: it is shown, and never runs."""
    kept = sound_part(FenceKeys, {key: ours[key] for key in ("name", "kind") if key in ours})
    return FenceKeys.model_validate({**kept, "run": "never"})


def split_info(info: str, file: str, line: int) -> tuple[str, dict[str, str], list[Fault]]:
    """Language and values of a fence's info, read as Runme reads it: from the first `{` to the first `}`."""
    head, brace, rest = info.partition("{")
    language = (head.split() or [""])[0].lower()
    if not brace or not (head.strip() or rest.lstrip().startswith('"')):  # {.bash} and {r, echo=FALSE} are others'
        return language, {}, []
    inner, closed, behind = rest.partition("}")
    if wrong := _wrong_info(inner, behind, closed=bool(closed)):
        return language, {}, [Fault(file, line, *wrong)]
    pairs = _json(inner)
    if pairs is None and (wrong := _not_json(inner)):
        return language, {}, [Fault(file, line, *wrong)]
    wrong = _wrong_words(inner) if pairs is None else None
    pairs = _words(inner) if pairs is None else pairs
    values = dict(pairs)
    ours = FenceKeys.model_fields.keys() & values.keys()
    twice = sorted(key for key in ours if sum(key == other for other, _ in pairs) > 1)
    return language, values, [Fault(file, line, *one) for one in (wrong, *map(_twice, twice)) if one]


def _twice(key: str) -> tuple[str, str]:
    return f"“{key}” stands twice in the fence's info.", "Keep one of them."


def _wrong_info(inner: str, behind: str, *, closed: bool) -> tuple[str, str] | None:
    """What is wrong with braces, and what helps; None when nothing is, or when they are not meant for us."""
    ours = '"' in inner or "=" in inner
    if ours and not closed:
        return "the fence's info has a { and no }.", "Close it."
    if "}" in behind and ('"' in inner or ("=" in inner and "{" in inner)):
        helps = "Put a regular expression with } into the step's comment."
        return "the fence's info holds a } in a value: Runme stops there.", helps
    return None


def _json(inner: str) -> list[tuple[str, str]] | None:
    """Keys and values as JSON; None where it is none."""
    try:
        # No other object can stand within this one: it ends at the first `}`.
        values: list[tuple[str, Any]] = json.loads("{" + inner + "}", object_pairs_hook=list)
    except (ValueError, RecursionError):  # the latter: brackets nested thousands deep
        return None
    return [(key, _as_text(value)) for key, value in values]


def _not_json(inner: str) -> tuple[str, str] | None:
    """What is wrong with what is meant as JSON, and what helps; None where it is meant as words."""
    if not _JSON.search(inner):
        return None
    what = "the fence's info is not JSON: nothing of it is read."
    if inner.rstrip().endswith(","):
        return what, "Take out the comma before the }."
    return what, 'Write {"name":"restore","timeout":"20m"}, all of it in double quotes.'


def _words(inner: str) -> list[tuple[str, str]]:
    words = (word.partition("=") for word in inner.split())
    return [(key, value) for key, equals, value in words if equals]


def _wrong_words(inner: str) -> tuple[str, str] | None:
    """What is wrong with `{ key=value }`, where one of our keys stands in it, and what helps."""
    words = inner.split()
    ours = [word for word in words if word.partition("=")[0] in FenceKeys.model_fields]
    loose = [word for word in words if not word.partition("=")[0] or "=" not in word]
    helps = 'Write { name=restore timeout=20m }, or {"name":"restore","timeout":"20m"}.'
    if ours and loose and any("=" in word for word in words):
        return f"the fence's info: “{loose[0]}” is part of no key=value, for blanks part them.", helps
    if wrong := next((word for word in ours if word.endswith((",", '"', "'"))), ""):
        return f"the fence's info: “{wrong}” is read with its comma or quotes.", helps
    return None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def read_step_comment(inner: str, file: str, line: int) -> tuple[StepKeys, list[Fault]]:
    """The keys of a step's comment that starts at `line`; `inner` is everything between its marks."""
    try:
        marked = compose(inner, line)
    except MarkedYamlError as error:
        at = min(error.line, line + inner.count("\n"))
        helps = f"Write {_COMMENT}. {error.helps}".rstrip()
        return NO_STEP_KEYS, [Fault(file, at, f"the step's comment: {error.what}", helps)]
    if not isinstance(marked.value, dict) or not isinstance(marked.value.get("step"), dict):
        return StepKeys(), [Fault(file, line, "the step's comment holds no keys.", f"Write {_COMMENT}.")]
    keys, faults = validate(StepKeys, marked, ("step",), file)
    sound = keys or StepKeys.model_validate(sound_part(StepKeys, marked.value["step"]))
    return sound, repeated_keys(marked, ("step",), file) + faults
