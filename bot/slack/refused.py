"""When Slack takes no messages in the channel (archived, left, deleted): the lead hears of it directly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.blocks.elements import Block
    from bot.operations.desk import Desk
    from bot.slack.outbox import Report
    from bot.store.messages import StoredMessage

Tell = Callable[[str, str, "Block"], Awaitable[None]]
"""Puts a direct message into the outbox: under which key, to whom, what. A key that is known is not told again."""

HELPS = {
    "is_archived": "The channel is archived. Unarchive it, or name another under `channels:` in policy.yaml.",
    "not_in_channel": "The bot is not in the channel. Invite it: /invite @bringback.",
    "channel_not_found": "The bot cannot see the channel. Invite it, or mend its id under `channels:` in policy.yaml.",
}


def report_to_lead(tell: Tell, desk: Desk) -> Report:
    """What tells a recovery's lead, once for each reason, that its messages are refused."""

    async def report(stored: StoredMessage, error: str) -> None:
        recovery = stored.message.recovery
        if not recovery:
            return
        lead = (await desk.store.recoveries.state(recovery)).lead
        helps = HELPS.get(error, f"Slack says {error}.")
        said = f"{recovery} goes on, but its messages cannot be shown in the channel. {helps} "
        said += f"Until then: `{desk.command} status {recovery}`, or `bringback status {recovery}` in a terminal."
        await tell(f"unshown/{recovery}/{error}", lead, {"text": said})

    return report
