"""What a handler is given, and what it is registered as."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.errors import BringbackError
from bot.domain.events import Actor
from bot.operations.desk import Desk
from bot.slack.payload import Kind, Payload

if TYPE_CHECKING:
    from bot.blocks.elements import Block


class Expired(BringbackError):
    """A form can no longer be opened or changed: Slack gives three seconds, and a restart takes longer."""


class Reply(Protocol):
    """How to speak to the person who did something. Every text and view is made to fit."""

    async def tell(self, said: str | Block) -> None:
        """Say it to this person alone, where they are; in a direct message where that cannot be."""
        ...

    async def replace(self, said: Block) -> None:
        """Put it in the place of the message that was clicked, if only this person sees that one; else tell it."""
        ...

    async def open(self, view: Block) -> str:
        """Open a modal; returns its id. Must be the first thing a handler awaits. Raises Expired."""
        ...

    async def show(self, view_id: str, view: Block) -> None:
        """Change what an open modal shows; when it was closed meanwhile, do nothing."""
        ...

    async def home(self, view: Block) -> None:
        """Set this person's App Home."""
        ...

    async def download(self, file: Payload, most: int) -> bytes:
        """The bytes of a file that this person put into a form, at most so many. Raises BringbackError."""
        ...

    async def mark(self, channel: str, ts: str) -> None:
        """Put a mark under a message, where Slack lets us: nothing depends on it."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One delivery, as a handler works on it. `key` is unique to it; `attempts` above 1 means a restart came between.

    `heard_at` is when it was first accepted.
    """

    payload: Payload
    name: str
    key: str
    actor: Actor
    desk: Desk
    reply: Reply
    heard_at: datetime
    attempts: int = 1


Work = Callable[[Call], Awaitable[None]]
Acknowledge = Callable[[Payload], Mapping[str, Any] | None]


def plainly(_payload: Payload) -> None:
    """Acknowledge with nothing more."""
    return


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be done in Slack, and what does it.

    `acknowledge` makes what the acknowledgement carries: pure and quick, it runs before anything else. `summary` and
    `usage` are for help and manifest; `role` the role of the policy without which a person need not see it.
    """

    kind: Kind
    name: str
    work: Work
    acknowledge: Acknowledge = plainly
    summary: str = ""
    usage: str = ""
    role: str = ""


@dataclass(frozen=True)
class Routes:
    """All routes, by kind and name."""

    routes: tuple[Route, ...]
    otherwise: Mapping[Kind, Route] = field(default_factory=dict)

    def find(self, kind: Kind, name: str) -> Route | None:
        """The route of that name, else the one for everything else of its kind."""
        found = next((route for route in self.routes if route.kind is kind and route.name == name), None)
        return found or self.otherwise.get(kind)

    def of(self, kind: Kind) -> tuple[Route, ...]:
        """All routes of a kind, in the order in which help lists them."""
        return tuple(route for route in self.routes if route.kind is kind)


def make_routes(routes: Iterable[Route], otherwise: Iterable[Route] = ()) -> Routes:
    """Routes whose names are used once. Raises ValueError naming one that is used twice."""
    made = tuple(routes)
    names = [(route.kind, route.name) for route in made]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"two routes of kind {twice[0]} are called {twice[1]}")
    return Routes(made, {route.kind: route for route in otherwise})
