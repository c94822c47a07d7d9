"""`/recovery help`, and whatever nobody knows."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.blocks.help import help_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.slack.call import Call, Route, Work


def make_help(commands: Callable[[], Sequence[Route]]) -> Work:
    """Help over these commands, as far as they fit the role of the asker."""

    async def tell_help(call: Call) -> None:
        """List what can be asked for; a word that nobody knows gets its nearest."""
        person = call.desk.policy.person(call.actor.id)
        fitting = [
            route
            for route in commands()
            if not route.role or (person and call.desk.policy.has_role(person, route.role))
        ]
        names = [route.name for route in fitting]
        unknown = "" if call.name in {"", "help", *names} else call.name
        near = next(iter(get_close_matches(unknown, names, n=1, cutoff=0.5)), "") if unknown else ""
        verbs = [(route.name, route.usage, route.summary) for route in fitting]
        await call.reply.tell(help_message(call.desk.command, verbs, unknown=unknown, near=near))

    return tell_help
