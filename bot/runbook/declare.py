"""The `recovery:` keys become values: a system, a plan, inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.runbook import Backup, Input, Plan, System, Truth

if TYPE_CHECKING:
    from bot.runbook.front_matter import BackupKeys, RecoveryKeys
    from bot.runbook.marked_yaml import Marked, Path


def make_system(name: str, owner: str, keys: RecoveryKeys, marked: Marked) -> System | None:
    """The system that the runbook `name` declares, or None."""
    if not keys.system:
        return None
    return System(
        name=keys.system,
        runbook=name,
        tier=keys.tier,
        owner=owner,
        depends_on=tuple(dict.fromkeys(keys.depends_on)),
        rpo=keys.rpo,
        rto=keys.rto,
        retest=keys.retest,
        site=keys.site,
        drill_target=keys.targets.drill,
        real_target=keys.targets.real,
        execute=keys.execute,
        optional=keys.optional is True,
        backups=tuple(_backup(entry, index, marked) for index, entry in enumerate(keys.backups)),
        truth=Truth(keys.truth.file, keys.truth.every) if keys.truth else None,
        escalate=keys.escalate.to if keys.escalate else "",
        escalate_after=keys.escalate.after if keys.escalate else None,
    )


def _backup(entry: BackupKeys, index: int, marked: Marked) -> Backup:
    at: Path = ("recovery", "backups", index)
    options = tuple((key, _option(marked, (*at, key), value)) for key, value in (entry.model_extra or {}).items())
    return Backup(entry.tool, entry.location, options, marked.line(at))


def _option(marked: Marked, at: Path, value: object) -> str:
    if isinstance(value, list):
        return ",".join(_option(marked, (*at, index), item) for index, item in enumerate(value))
    return marked.texts.get(at, str(value))


def make_plan(name: str, keys: RecoveryKeys) -> Plan | None:
    """The plan that the runbook `name` declares, or None."""
    if not keys.plan:
        return None
    optional = tuple(keys.optional) if isinstance(keys.optional, list) else ()
    return Plan(keys.plan, name, tuple(dict.fromkeys(keys.systems)), tuple(keys.critical), optional, keys.rto)


def make_inputs(keys: RecoveryKeys, marked: Marked) -> tuple[Input, ...]:
    """The inputs that a runbook declares, in its order."""
    return tuple(
        Input(
            name=name,
            ask=entry.ask,
            choices=tuple(entry.choices),
            pattern=entry.pattern,
            default=entry.default,
            secret=entry.secret,
            line=marked.line(("recovery", "inputs", name)),
        )
        for name, entry in keys.inputs.items()
    )
