"""The inputs of a recovery: what its runbooks ask for, what was given, what is missing. Asked once, for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.errors import nearest
from bot.domain.opening import reached_from
from bot.domain.runbook import Input
from bot.engine.attempts import OWN_VARIABLES
from bot.runbook.inputs import fault_in, found_inputs, variable_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.estate import Estate
    from bot.domain.frozen_plan import Unit
    from bot.domain.runbook import Runbook


@dataclass(frozen=True, slots=True)
class Asked:
    """One value that is needed. `value` is the given one, else the default; `problem` is empty when it fits."""

    wanted: Input
    value: str = ""
    problem: str = ""


def gather(runbooks: Iterable[Runbook], given: Mapping[str, str]) -> tuple[Asked, ...]:
    """What these runbooks ask for, each variable once, in their order. Secrets are read when a command runs: not asked.

    What one of them declares stands for the placeholders of all, whatever its name is spelled like.
    """
    by_name: dict[str, list[Input]] = {}
    known = [one for runbook in runbooks for one in runbook.inputs]
    secrets = {variable_name(one.name) for one in known if one.secret}
    for one in known:
        if not one.secret and one.name not in OWN_VARIABLES and variable_name(one.name) not in secrets:
            by_name.setdefault(variable_name(one.name), []).append(one)
    return tuple(_asked(same, given) for same in by_name.values())


def _asked(same: Sequence[Input], given: Mapping[str, str]) -> Asked:
    """One name, as one or more runbooks ask for it: the value must fit them all."""
    wanted = next((one for one in same if one.declared), same[0])
    value = given.get(wanted.name, wanted.default)
    faults = (fault_in(replace(one, ask=""), value) for one in same)
    fault = next((fault for fault in faults if fault), "")
    if not fault:
        return Asked(wanted, value)
    question = f"“{wanted.ask}” " if wanted.ask else ""
    return Asked(wanted, value, f"{fault} {question}Give it with --input {wanted.name}=VALUE; in Slack the form asks.")


def problems_of(runbooks: Sequence[Runbook], given: Mapping[str, str]) -> list[str]:
    """What is wrong with values that nobody asked for: misspelled names, and secrets."""
    secrets = dict(secrets_of(*runbooks))
    asked = [one.wanted.name for one in gather(runbooks, given)]
    return [_unasked(name, secrets.get(name, ""), asked) for name in given if name not in asked]


def _unasked(name: str, secret: str, asked: Sequence[str]) -> str:
    if secret:
        return f"{name} is a secret: it is read from {secret} where the bot runs, and never given."
    near = nearest(name, asked, 1)
    return f"No runbook of this asks for {name}." + (f" Did you mean {near[0]}?" if near else "")


def secrets_of(*runbooks: Runbook) -> tuple[tuple[str, str], ...]:
    """The secrets that commands of these runbooks get: name and reference; the first to name one wins."""
    found: dict[str, str] = {}
    for runbook in runbooks:
        for one in runbook.inputs:
            if one.secret:
                found.setdefault(one.name, one.secret)
    return tuple(found.items())


def runbooks_of(estate: Estate, unit: Unit) -> tuple[Runbook, ...]:
    """The runbooks whose commands a unit runs: its own, and those that its steps open."""
    own = estate.runbooks[unit.runbook]
    opened = (book for book in reached_from(own, own.steps, estate.runbooks) if not (book.system or book.plan))
    return (own, *opened)


def asking(estate: Estate, units: Iterable[Unit]) -> list[Runbook]:
    """The runbooks that these units walk, each once, with the inputs that their planned steps need.

    What is declared is always asked for; a placeholder only where a planned step has it: not that of another part.
    """
    found: dict[str, Runbook] = {}
    for unit in units:
        own = estate.runbooks[unit.runbook]
        commands = [one for step in unit.steps for one in (step.shown or ((step.runs,) if step.runs else ()))]
        needed = {one.name for one in found_inputs(commands, ())}
        for book in (own, *reached_from(own, own.steps, estate.runbooks)):
            before = found.get(book.name, replace(book, inputs=()))
            asked = [one for one in book.inputs if one.declared or one.name in needed]
            found[book.name] = replace(book, inputs=tuple(dict.fromkeys((*before.inputs, *asked))))
    return list(found.values())


def two_secrets(estate: Estate, units: Iterable[Unit]) -> list[str]:
    """A problem for each secret that one unit would read from two places."""
    problems = []
    for unit in units:
        places: dict[str, set[str]] = {}
        for book in runbooks_of(estate, unit):
            for name, reference in secrets_of(book):
                places.setdefault(name, set()).add(reference)
        for name, references in places.items():
            if len(references) > 1:
                where = " and ".join(sorted(references))
                problems.append(f"{unit.name} reads the secret {name} from {where}: give one of them another name.")
    return problems
