"""The app was taken out of a workspace, or its token was revoked there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.call import Call

LOG = logging.getLogger(__name__)


async def uninstalled(call: Call) -> None:
    """Forget the workspace and its token."""
    await _forget(call, "uninstalled the app")


async def revoked(call: Call) -> None:
    """Forget the token of the bot, if it is among those that were revoked."""
    tokens = call.payload.get("event", {}).get("tokens") or {}
    if tokens.get("bot"):
        await _forget(call, "revoked the bot's token")


async def _forget(call: Call, why: str) -> None:
    team, organisation = (str(call.payload.get(name) or "") for name in ("team_id", "enterprise_id"))
    for installed in (team, organisation if not team else ""):
        if installed and await call.desk.store.installations.remove(installed):
            LOG.warning("%s %s: its token is forgotten", installed, why)
