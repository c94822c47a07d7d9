"""Reads `policy.yaml`: strictly, every fault at once with file and line."""

from __future__ import annotations

import hashlib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from bot.domain.errors import nearest
from bot.domain.policy import Approval, Person, Policy, Schedule, Thresholds
from bot.domain.runbook import Fault
from bot.runbook.cron import cron_line
from bot.runbook.marked_yaml import Marked, MarkedYamlError, compose
from bot.runbook.validation import Duration, Keys, Name, SomeTime, repeated_keys, sound_part, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

POLICY_FILE = "policy.yaml"
_NEAR = 0.8


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"“{text}” is no time zone: write an IANA name such as Europe/Berlin") from None
    return text


class PersonKeys(Keys):
    """One entry of `people:`."""

    id: Name
    login: str = ""
    name: str = ""


class ApprovalKeys(Keys):
    """One entry of `approvals:`."""

    needs: Annotated[int, Field(ge=0, le=10)] = Approval().needs
    expires: SomeTime = Approval().expires
    second_person: bool = Approval().second_person


class ScheduleKeys(Keys):
    """One entry of `schedules:`."""

    cron: Annotated[str, AfterValidator(cron_line)]
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    channel: str = ""


Ratio = Annotated[float, Field(strict=False, gt=0)]
Share = Annotated[float, Field(strict=False, gt=0, le=1)]


class ThresholdKeys(Keys):
    """`thresholds:`."""

    late: Ratio = Thresholds().late
    stale: Ratio = Thresholds().stale
    size_drop: Share = Thresholds().size_drop
    size_collapse: Share = Thresholds().size_collapse
    future: Duration = Thresholds().future
    escalate: Duration = Thresholds().escalate

    @model_validator(mode="after")
    def _in_order(self) -> ThresholdKeys:
        if self.stale < self.late:
            raise ValueError(f"stale ({self.stale:g}) comes after late ({self.late:g}): make it as large, or larger")
        if self.size_collapse < self.size_drop:
            raise ValueError(
                f"size_collapse ({self.size_collapse:g}) is worse than size_drop ({self.size_drop:g}): "
                "make it as large, or larger"
            )
        return self


class PolicyKeys(Keys):
    """The whole of policy.yaml."""

    channels: dict[str, str] = Field(default_factory=dict)
    people: list[PersonKeys] = Field(default_factory=list)
    roles: dict[str, list[str]] = Field(default_factory=dict)
    groups: dict[str, list[str]] = Field(default_factory=dict)
    approvals: dict[str, ApprovalKeys] = Field(default_factory=dict)
    schedules: dict[str, ScheduleKeys] = Field(default_factory=dict)
    thresholds: ThresholdKeys = Field(default_factory=ThresholdKeys)
    lanes: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)


_REFERRED = frozenset({"people", "groups", "channels"})
MODES = ("drill", "real")
ROLES = ("responder", "approver", "manager", "lead")


def read_policy(path: Path, file: str) -> tuple[Policy | None, tuple[Fault, ...]]:
    """The policy in a file that `file` names in faults; None when it cannot be used, with the reasons."""
    try:
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        return None, (Fault(file, 1, f"cannot be read: {error}."),)
    return parse_policy(text, file)


def parse_policy(text: str, file: str = POLICY_FILE) -> tuple[Policy | None, tuple[Fault, ...]]:
    """The policy that a YAML text declares, or None, with all faults."""
    try:
        marked = compose(text)
    except MarkedYamlError as error:
        return None, (Fault(file, error.line, error.what, error.helps),)
    if marked.value is None:
        marked.value = {}
    keys, faults = validate(PolicyKeys, marked, (), file)
    faults += repeated_keys(marked, (), file)
    known = keys or _sound(marked)
    if known:
        faults += _cross_faults(known, marked, file)
    if faults or keys is None:
        return None, tuple(faults)
    return _policy(keys), ()


def _sound(marked: Marked) -> PolicyKeys | None:
    """The keys that are sound by themselves; None where what others refer to is not among them."""
    values = marked.value if isinstance(marked.value, dict) else {}
    sound = sound_part(PolicyKeys, values)
    unsound = values.keys() - sound.keys()
    referred = unsound <= PolicyKeys.model_fields.keys() - _REFERRED
    return PolicyKeys.model_validate(sound) if sound and referred else None


def _policy(keys: PolicyKeys) -> Policy:
    people = tuple(Person(person.id, person.login, person.name) for person in keys.people)
    groups = {name: _ids(refs, people) for name, refs in keys.groups.items()}
    return Policy(
        people=people,
        roles={name: _ids(refs, people, groups) for name, refs in keys.roles.items()},
        groups=groups,
        channels=dict(keys.channels),
        approvals={mode: Approval(**rule.model_dump()) for mode, rule in keys.approvals.items()},
        schedules={name: Schedule(**schedule.model_dump()) for name, schedule in keys.schedules.items()},
        thresholds=Thresholds(**keys.thresholds.model_dump()),
        lanes=dict(keys.lanes),
        digest="v1:" + hashlib.sha256(keys.model_dump_json().encode()).hexdigest(),
    )


def _ids(refs: Iterable[str], people: tuple[Person, ...], groups: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    ids: list[str] = []
    for ref in refs:
        wanted = ref.removeprefix("@")
        if groups and wanted in groups:
            ids += groups[wanted]
        else:
            ids += [person.id for person in people if wanted in {person.id, person.login, person.name}]
    return tuple(dict.fromkeys(ids))


def _cross_faults(keys: PolicyKeys, marked: Marked, file: str) -> list[Fault]:
    known = [key for person in keys.people for key in (person.id, person.login, person.name) if key]
    faults = [
        _unknown(file, marked.line((kind, name, index)), "person", ref, [*known, *extra])
        for kind, mapping, extra in (("groups", keys.groups, []), ("roles", keys.roles, list(keys.groups)))
        for name, refs in mapping.items()
        for index, ref in enumerate(refs)
        if ref.removeprefix("@") not in {*known, *extra}
    ]
    faults += [
        _unknown(file, marked.line(("approvals", mode)), "mode", mode, MODES)
        for mode in keys.approvals
        if mode not in MODES
    ]
    faults += [
        _unknown(file, marked.line(("schedules", name, "channel")), "channel", schedule.channel, list(keys.channels))
        for name, schedule in keys.schedules.items()
        if schedule.channel and schedule.channel not in keys.channels
    ]
    return (
        faults + _ambiguous(keys, marked, file) + _near_roles(keys, marked, file) + _repeated_people(keys, marked, file)
    )


def _ambiguous(keys: PolicyKeys, marked: Marked, file: str) -> list[Fault]:
    """A fault for each reference that two people go by, one of them by their name: it would name both."""
    people = [{person.id, person.login, person.name} for person in keys.people]
    names = {person.name for person in keys.people if person.name}
    return [
        Fault(file, marked.line((kind, name, index)), f"two people go by “{ref}”.", "Write the login or the id of one.")
        for kind, mapping in (("groups", keys.groups), ("roles", keys.roles))
        for name, refs in mapping.items()
        for index, ref in enumerate(refs)
        if ref.removeprefix("@") in names - keys.groups.keys()
        and sum(ref.removeprefix("@") in one for one in people) > 1
    ]


def _near_roles(keys: PolicyKeys, marked: Marked, file: str) -> list[Fault]:
    """A role may have any name; one that is nearly a role that the bot goes by was meant as that."""
    missing = [role for role in ROLES if role not in keys.roles]
    near = [(role, get_close_matches(role, missing, 1, _NEAR)) for role in keys.roles if role not in ROLES]
    return [
        Fault(file, marked.line(("roles", role)), f"nothing goes by a role “{role}”.", f"Did you mean “{like[0]}”?")
        for role, like in near
        if like
    ]


def _repeated_people(keys: PolicyKeys, marked: Marked, file: str) -> list[Fault]:
    faults = []
    for key in ("id", "login"):
        seen: set[str] = set()
        for index, person in enumerate(keys.people):
            value = getattr(person, key)
            if value and value in seen:
                faults.append(Fault(file, marked.line(("people", index, key)), f"two people have the {key} “{value}”."))
            seen.add(value)
    return faults


def _unknown(file: str, line: int, noun: str, name: str, known: Iterable[str]) -> Fault:
    names = list(known)
    near = nearest(name.removeprefix("@"), names, 1)
    helps = f"Did you mean “{near[0]}”?" if near else f"Known: {', '.join(sorted(names)) or 'none'}."
    return Fault(file, line, f"there is no {noun} “{name}”.", helps)
