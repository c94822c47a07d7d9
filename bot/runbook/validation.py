"""Strict validation of marked YAML by pydantic models: every fault at once, each with its line and what helps."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from bot.domain.errors import nearest
from bot.domain.runbook import Fault
from bot.runbook.durations import parse_duration
from bot.runbook.marked_yaml import Marked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

    from bot.runbook.marked_yaml import Path

DURATION_PATTERN = r"^(?=\d)(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


class Keys(BaseModel):
    """The keys of one mapping: no others, and no value that is only nearly of its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _duration(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError(f"“{value}” is no duration: write 90s, 15m, 1h30m or 30d")  # noqa: TRY004 - pydantic wants it
    return parse_duration(value)


def _some_time(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("must be longer than nothing")
    return value


def is_name(value: Any) -> bool:
    """Whether a value can name a system, a step or a place, also in the path of a file."""
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def _name(value: Any) -> Any:
    if not is_name(value):
        raise ValueError(f"“{value}” is no name: letters, digits, dots, dashes and underscores, no space")
    return value


def regular_expression(text: str) -> str:
    """The text, when it is a regular expression that Python takes, and reads in one way only. Raises ValueError."""
    if _UNCLEAR.search(_ESCAPE.sub("", text)):
        raise ValueError(f"“{text[:_SHOWN]}” may mean two things: write \\[ within a set, and \\d for [:digit:]")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"“{text[:_SHOWN]}” is no regular expression: {error}") from None
    return text


Duration = Annotated[
    timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN})
]
SomeTime = Annotated[Duration, AfterValidator(_some_time)]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": NAME_PATTERN})]

Pattern = Annotated[str, AfterValidator(regular_expression)]

_NAME = re.compile(NAME_PATTERN.strip("^$"))
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_UNCLEAR = re.compile(r"\[\[|\[[^\]]+?(?:--|&&|~~|\|\|)")
"""Sets that Python reads, and warns that it may read otherwise one day."""

_LONGEST = 400
_SHOWN = 200
_Model = TypeVar("_Model", bound=BaseModel)
_WANTED = {
    "string_type": "must be text; put it in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be a list, such as [a, b]",
    "tuple_type": "must be a list, such as [a, b]",
    "dict_type": "must be a mapping, such as {key: value}",
    "model_type": "must be a mapping, such as {key: value}",
}


def validate(model: type[_Model], marked: Marked, at: Path, file: str) -> tuple[_Model | None, list[Fault]]:
    """The model of the value that stands at `at`, or None, with all its faults."""
    value = marked.value
    for key in at:
        value = value[key]
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [_fault(model, marked, at, file, detail) for detail in error.errors()]


def sound_part(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a mapping that are sound, each by itself."""
    return {key: value for key, value in values.items() if validate(model, Marked({key: value}), (), "")[0] is not None}


def repeated_keys(marked: Marked, at: Path, file: str) -> list[Fault]:
    """A fault for each key below `at` that stands twice in its mapping: YAML would keep the last one in silence."""
    below = [path for path in marked.repeated if path[: len(at)] == at]
    return [Fault(file, marked.line(path), f"“{path[-1]}” stands twice.", "Keep one of them.") for path in below]


def _fault(model: type[BaseModel], marked: Marked, at: Path, file: str, detail: ErrorDetails) -> Fault:
    loc, kind = tuple(part for part in detail["loc"] if part != "[key]"), detail["type"]
    line = marked.line((*at, *loc))
    where = place((*at, *loc))
    if kind == "extra_forbidden":
        known = known_keys(model, loc[:-1])
        helps = _instead(str(loc[-1]), known)
        around = place((*at, *loc[:-1]))
        return Fault(file, line, f"unknown key “{loc[-1]}”{f' in {around}' if around else ''}.", helps)
    if kind == "missing":
        return Fault(file, line, f"{place((*at, *loc[:-1])) or 'the file'} needs “{loc[-1]}”.")
    return Fault(file, line, f"{where or 'the file'}: {_what(detail)}.")


def _instead(key: str, known: Sequence[str]) -> str:
    """What to write in place of an unknown key."""
    name, colon, value = key.partition(":")
    if colon and name in known:
        return f"A blank belongs behind the colon: “{name}: {value}”."
    near = nearest(key.lower().replace("-", "_"), known, 1)
    return f"Did you mean “{near[0]}”?" if near else f"Known keys: {', '.join(sorted(known))}."


def _what(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in _WANTED:
        return _WANTED[kind]
    if kind == "value_error":
        return _short(str(detail["ctx"]["error"]))
    message = detail["msg"].replace("Input should be", "must be")
    return _short(message[:1].lower() + message[1:])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def place(path: Path) -> str:
    """How people read a path: `recovery.backups[0].tool`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def known_keys(model: type[BaseModel], loc: Path) -> list[str]:
    """The keys that the mapping at `loc` below `model` may hold."""
    current: type[BaseModel] | None = model
    for part in loc:
        if current is None:
            break
        # The parts of a list or of a mapping of models (an index, a name) are no fields: the model stays.
        field = current.model_fields.get(str(part)) if isinstance(part, str) else None
        current = _model_in(field.annotation) or current if field else current
    return [field.alias or name for name, field in (current or model).model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
