"""The verbs that a terminal may use: operations, called on the spot or over `STATE_DIR/bot.sock`.

A verb is an operation, a plain async function whose first argument is the Desk. What it takes and gives is read from
its own annotations, so the table of verbs is a list of functions and both ways of calling share one signature.
An argument of type Actor is never taken from the caller: it is who the operating system says is calling.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from bot.domain.errors import NotAllowed, RunbookError
from bot.domain.events import Actor, Source

if TYPE_CHECKING:
    from bot.domain.policy import Policy
    from bot.operations.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")

ANYBODY = "*"
Operation = Callable[..., Awaitable[Any]]

_VOCABULARY = (
    "collections.abc",
    "datetime",
    "typing",
    "bot.domain.events",
    "bot.domain.freshness",
    "bot.domain.frozen_plan",
    "bot.domain.proof",
    "bot.domain.recovery_points",
    "bot.domain.recovery_state",
    "bot.domain.review",
    "bot.domain.runbook",
    "bot.domain.summary",
)
"""Modules whose names stand in annotations. Operations import them for the type checker only."""


class Verbs(Protocol):
    """Calls operations. The one way in for everything in the terminal.

    `holds`: this process holds the state, so that recoveries stand still when it ends.
    """

    holds: bool

    async def __call__(
        self, operation: Callable[Concatenate[Desk, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the operation gives. Raises what it raises: BringbackError and its kinds."""
        ...

    async def whoami(self) -> Actor:
        """Who is calling, as the policy knows them. Raises NotAllowed when it does not."""
        ...


class DirectVerbs:
    """Calls operations in this process, which holds the state or reads it."""

    def __init__(self, desk: Desk, login: str, *, holds: bool = False) -> None:
        self._desk = desk
        self._login = login
        self.holds = holds

    async def __call__(
        self, operation: Callable[Concatenate[Desk, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the operation gives."""
        return await operation(self._desk, *args, **kwargs)

    async def whoami(self) -> Actor:
        """The person of the policy who has this process's login."""
        return actor_of(self._desk.policy, self._login)


@dataclass(frozen=True, slots=True)
class Verb:
    """An operation with the types of what it takes, by name in order and without the desk, and of what it gives."""

    operation: Operation
    takes: Mapping[str, Any]
    gives: Any

    @property
    def name(self) -> str:
        """How it is called over the socket."""
        return self.operation.__name__


def verbs_by_name(operations: Iterable[Operation]) -> dict[str, Verb]:
    """The table of verbs. Raises NameError when an annotation is of a type outside the vocabulary."""
    vocabulary: dict[str, Any] = {}
    for module in _VOCABULARY:
        vocabulary |= vars(importlib.import_module(module))
    return {verb.name: verb for verb in (describe(operation, vocabulary) for operation in operations)}


def describe(operation: Operation, vocabulary: Mapping[str, Any]) -> Verb:
    """The verb of one operation."""
    _desk, *names = signature(operation).parameters
    module = vars(importlib.import_module(operation.__module__))
    # The desk's type stays out: it names half the bot, and nobody sends a desk.
    space = {"Desk": Any, **vocabulary, **module}
    hints = typing.get_type_hints(operation, globalns=space)
    return Verb(operation, {name: hints[name] for name in names}, hints["return"])


def actor_of(policy: Policy, login: str) -> Actor:
    """The person of the policy who has that login of the operating system. Raises NotAllowed when nobody has it.

    The login “*” is that of everybody whom the policy does not name: for a rehearsal on one's own machine.
    Raises RunbookError with the faults of a policy that cannot be used.
    """
    if policy.faults:
        raise RunbookError(policy.faults)
    by_login = {person.login: person for person in policy.people if person.login}
    person = by_login.get(login) or by_login.get(ANYBODY)
    if person:
        return Actor(person.id, person.display, Source.TERMINAL)
    logins = ", ".join(sorted(by_login))
    raise NotAllowed(
        f"policy.yaml names nobody with the login “{login}”.",
        f"It names the logins {logins or '(none)'}. Add an entry under people: with id, name and “login: {login}”.",
    )
