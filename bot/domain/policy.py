"""Who is who, and who may do what: the policy that `policy.yaml` declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.runbook import Fault


@dataclass(frozen=True, slots=True)
class Person:
    """One person under both names: `id` in Slack, `login` of the operating system."""

    id: str
    login: str = ""
    name: str = ""

    @property
    def display(self) -> str:
        """What people read: the name, else the login, else the Slack id."""
        return self.name or self.login or self.id


@dataclass(frozen=True, slots=True)
class Approval:
    """What a recovery of one mode needs before it starts. `second_person`: the asker's own approval does not count."""

    needs: int = 1
    expires: timedelta = timedelta(minutes=10)
    second_person: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something recurs: a cron line of five fields in an IANA time zone. `channel` is a name of `channels`."""

    cron: str
    timezone: str = "UTC"
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a system stops being fresh, in multiples of its RPO, and when a proof's age is worth a word."""

    late: float = 1.0  # older than this many RPOs: late
    stale: float = 1.25  # older than this many RPOs: stale
    size_drop: float = 0.5  # smaller than the median by more than this share: a finding
    size_collapse: float = 0.8  # by more than this share: a fault
    future: timedelta = timedelta(minutes=5)  # a copy dated further ahead than this is not believed
    escalate: timedelta = timedelta(minutes=5)  # a person who is asked and does not answer: the next one is asked


@dataclass(frozen=True, slots=True)
class Policy:
    """People, roles, groups, channels, approvals, schedules, thresholds and lanes.

    `roles` and `groups` map a name to the Slack ids of its members; `approvals` a mode to its rule; `lanes` a site to
    the number of systems that it restores at once. `digest` changes when anything that the policy says changes.
    `faults` are those of a policy.yaml that cannot be used: then there is nothing else.
    """

    people: tuple[Person, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    lanes: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    faults: tuple[Fault, ...] = ()

    def person(self, key: str) -> Person | None:
        """The person with that Slack id, login or name; an @ before it is passed over. None when nobody has it."""
        wanted = key.strip().removeprefix("@")
        keyed = ((person, (person.id, person.login, person.name)) for person in self.people)
        return next((person for person, names in keyed if wanted and wanted in names), None)

    def members(self, name: str) -> tuple[Person, ...]:
        """Everybody that a person's key, a role or a group stands for, in the policy's order; none when unknown."""
        wanted = name.strip().removeprefix("@")
        ids = {*self.roles.get(wanted, ()), *self.groups.get(wanted, ())}
        one = self.person(wanted)
        if one and not ids:
            return (one,)
        return tuple(person for person in self.people if person.id in ids)

    def has_role(self, person: Person, role: str) -> bool:
        """Whether that person holds that role."""
        return person.id in self.roles.get(role, ())

    def approval(self, mode: str) -> Approval | None:
        """What a recovery of that mode needs before it starts. None: nothing."""
        return self.approvals.get(mode)

    def names(self) -> list[str]:
        """Every name that `members` knows: for telling near misses."""
        keys = [key for person in self.people for key in (person.id, person.login, person.name) if key]
        return [*self.roles, *self.groups, *keys]
