"""Signing in to the local workspace that stands beside Slack, for when Slack is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import NotAllowed

if TYPE_CHECKING:
    from bot.domain.events import Actor
    from bot.operations.desk import Desk


async def sign_in(desk: Desk, actor: Actor) -> str:
    """An address that signs this person in, once, within 15 minutes; empty where there is no such workspace.

    Raises NotAllowed when the policy does not name them: nobody signs in as anybody else.
    """
    if desk.policy.person(actor.id) is None:
        raise NotAllowed(f"{actor.name or actor.id} may not sign in: the policy does not name them.")
    return desk.workspace_link(actor.id) or ""
