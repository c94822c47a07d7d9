"""A runbook's front matter: the `recovery:` key, which is ours and strict, and the few others that are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from bot.domain.runbook import Fault
from bot.runbook.contradictions import contradictions
from bot.runbook.marked_yaml import Marked, MarkedYamlError, compose
from bot.runbook.near_front_matter import empty, in_text, near_misses, not_yaml, read_twice
from bot.runbook.taken_names import is_taken
from bot.runbook.validation import Duration, Keys, Name, Pattern, repeated_keys, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.runbook.source import Source

_SECRET = re.compile(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)")
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_DEEP_RECOVERY = re.compile(r"^recovery[ \t]*:", re.MULTILINE)


def _secret(text: str) -> str:
    if not _SECRET.fullmatch(text):
        raise ValueError("a secret is a reference, never a value: write env:NAME or file:PATH")
    return text


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number"]})]


def _free(name: str) -> str:
    if not re.fullmatch(_VARIABLE, name):
        raise ValueError("is no name of a variable: letters, digits and underscores, no digit first")
    if name.upper().startswith("RECOVERY_"):
        raise ValueError(f"{name} is a name of the bot's own variables: take another one")
    if is_taken(name):
        raise ValueError(f"{name} is a variable that shells and tools go by: call it {name}_VALUE, or something else")
    return name


Variable = Annotated[str, AfterValidator(_free), WithJsonSchema({"type": "string", "pattern": _VARIABLE})]


class TargetKeys(Keys):
    """`targets:`: where a restore goes."""

    drill: str = ""
    real: str = ""


class BackupKeys(Keys):
    """One entry of `backups:`. The tool's own options are passed on as text."""

    model_config = Keys.model_config | {"extra": "allow"}

    tool: Name
    location: str = ""


class InputKeys(Keys):
    """One entry of `inputs:`."""

    ask: str = ""
    choices: list[Text] = Field(default_factory=list)
    pattern: Pattern = ""
    default: Text = ""
    secret: Annotated[str, AfterValidator(_secret), Field(json_schema_extra={"pattern": f"^({_SECRET.pattern})?$"})] = (
        ""
    )

    @model_validator(mode="after")
    def _fits(self) -> InputKeys:
        if self.secret and (self.choices or self.pattern or self.default):
            raise ValueError("a secret has no choices, pattern or default: it is never asked for or shown")
        if self.default and self.choices and self.default not in self.choices:
            raise ValueError(f"the default “{self.default}” is none of the choices")
        if unfit := next((one for one in self.choices if self.pattern and not re.search(self.pattern, one)), ""):
            raise ValueError(f"the choice “{unfit}” does not fit the pattern")
        if self.default and self.pattern and not re.search(self.pattern, self.default):
            raise ValueError(f"the default “{self.default}” does not fit the pattern")
        return self


class TruthKeys(Keys):
    """`truth:`: where samples of the living system are recorded."""

    file: str
    every: Duration = timedelta(seconds=5)


class EscalateKeys(Keys):
    """`escalate:` in full. `escalate: "@group"` is short for `{to: "@group"}`."""

    to: str
    after: Duration | None = None


def _escalate(value: Any) -> Any:
    return {"to": value} if isinstance(value, str) else value


def _optional(value: Any) -> Any:
    if not isinstance(value, bool | list):
        raise ValueError("in a system's runbook true or false; in a plan's the list of systems that may stay down")  # noqa: TRY004 - pydantic wants it
    return value


class RecoveryKeys(Keys):
    """`recovery:`."""

    id: Name | None = None
    system: Name | None = None
    plan: Name | None = None
    owner: str = ""
    tier: Annotated[int, Field(ge=0, le=9)] = 3
    depends_on: list[Name] = Field(default_factory=list)
    rpo: Duration | None = None
    rto: Duration | None = None
    retest: Duration = timedelta(days=90)
    site: Name = "local"
    targets: TargetKeys = Field(default_factory=TargetKeys)
    execute: bool = False
    backups: list[BackupKeys] = Field(default_factory=list)
    inputs: dict[Variable, InputKeys] = Field(default_factory=dict)
    checks: list[str] = Field(default_factory=list)
    systems: list[Name] = Field(default_factory=list)
    critical: list[Name] = Field(default_factory=list)
    optional: Annotated[bool | list[Name], BeforeValidator(_optional)] = False
    escalate: Annotated[
        EscalateKeys | None,
        BeforeValidator(_escalate),
        WithJsonSchema({"anyOf": [{"type": "string"}, EscalateKeys.model_json_schema()]}),
    ] = None
    parts: dict[str, Literal["default", "hidden"]] = Field(default_factory=dict)
    truth: TruthKeys | None = None


NO_KEYS = RecoveryKeys()


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file's front matter says.

    `declares` is true when it means to declare a system or a plan, sound or not; `unread` when it cannot be read.
    """

    title: str = ""
    owner: str = ""
    last_reviewed_on: date | None = None
    review_in: str = ""
    recovery: RecoveryKeys | None = None
    declares: bool = False
    marked: Marked = field(default_factory=Marked)
    faults: tuple[Fault, ...] = ()
    unread: bool = False


def read_front_matter(source: Source) -> FrontMatter:
    """The front matter of a source, with every fault of its `recovery:` key."""
    text = source.front_matter
    if not text:
        return FrontMatter(faults=not_yaml(source) or in_text(source))
    try:
        marked = compose(text, source.front_open + 2)
    except MarkedYamlError as error:
        return _unreadable(source.file, text, error)
    values = marked.value if isinstance(marked.value, dict) else {}
    recovery, faults = _recovery(values, marked, source.file)
    faults += () if "recovery" in values else in_text(source)
    faults += [
        *near_misses(values, marked, source.file, RecoveryKeys.model_fields),
        *empty(values, marked, source.file),
    ]
    faults += read_twice(marked, source.file)
    ours = values.get("recovery")
    return FrontMatter(
        title=_plain(values, "title"),
        owner=next(filter(None, _owners(values, ours)), ""),
        last_reviewed_on=_date(marked.texts.get(("last_reviewed_on",), "")),
        review_in=_plain(values, "review_in"),
        recovery=recovery,
        declares=isinstance(ours, dict) and ("system" in ours or "plan" in ours),
        marked=marked,
        faults=tuple(faults),
    )


def _unreadable(file: str, text: str, error: MarkedYamlError) -> FrontMatter:
    # Front matter of other tools may hold templates that are no YAML: that is a fault only where ours stands in it.
    ours = bool(_DEEP_RECOVERY.search(text))
    fault = Fault(file, error.line, error.what, error.helps, "fault" if ours else "warning")
    return FrontMatter(declares=ours, faults=(fault,), unread=True)


def _recovery(values: dict[str, Any], marked: Marked, file: str) -> tuple[RecoveryKeys | None, list[Fault]]:
    if values.get("recovery") is None:
        return None, []
    repeated = repeated_keys(marked, ("recovery",), file)
    keys, faults = validate(RecoveryKeys, marked, ("recovery",), file)
    ours = values["recovery"]
    against = contradictions(ours, marked, file) if isinstance(ours, dict) else []
    return None if against else keys, repeated + faults + against


def _owners(values: dict[str, Any], ours: object) -> Iterator[str]:
    """Who is named as one, our own key first: also where another key of it is unsound."""
    if isinstance(ours, dict):
        yield _plain(ours, "owner")
    yield _plain(values, "owner")
    yield _plain(values, "owner_slack")


def _plain(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
