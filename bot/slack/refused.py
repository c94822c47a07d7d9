"""When Slack takes no messages in the channel (archived, left, deleted): the lead hears of it directly."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.operations.desk import Desk
    from bot.slack.outbox import Report
    from bot.store.messages import StoredMessage

LOG = logging.getLogger(__name__)

HELPS = {
    "is_archived": "The channel is archived. Unarchive it, or name another under `channels:` in policy.yaml.",
    "not_in_channel": "The bot is not in the channel. Invite it: /invite @bringback.",
    "channel_not_found": "The bot cannot see the channel. Invite it, or mend its id under `channels:` in policy.yaml.",
}


def report_to_lead(client: AsyncWebClient, desk: Desk) -> Report:
    """What tells a recovery's lead that its messages are refused."""

    async def report(stored: StoredMessage, error: str) -> None:
        recovery = stored.message.recovery
        if not recovery:
            return
        lead = (await desk.store.recoveries.state(recovery)).lead
        helps = HELPS.get(error, f"Slack says {error}.")
        said = f"{recovery} goes on, but its messages cannot be shown in the channel. {helps} "
        said += f"Until then: `{desk.command} status {recovery}`, or `bringback status {recovery}` in a terminal."
        try:
            opened = await client.conversations_open(users=lead)
            _ = await client.chat_postMessage(channel=str(opened["channel"]["id"]), text=said)
        except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as fault:
            LOG.error("the lead of %s could not be told: %s", recovery, fault)  # noqa: TRY400 - its trace says no more

    return report
