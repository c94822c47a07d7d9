"""Looks whether Slack is set up as the bot needs it: tokens, scopes, channels, people, clock. One finding a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.client import error_of, make_client, make_session
from bot.slack.manifest import SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.clock import Clock
    from bot.domain.policy import Policy

CLOCK_MAY_DIFFER = timedelta(seconds=30)
INVITE = "Invite the bot there: /invite @bringback. Or mend the id under `channels:` in policy.yaml."


@dataclass(frozen=True, slots=True)
class SlackFinding:
    """One thing that was looked at: what it was found to be, and what helps when it is not well."""

    ok: bool
    what: str
    helps: str = ""


async def check_slack(
    *, api_url: str, bot_token: str, app_token: str, policy: Policy, clock: Clock
) -> list[SlackFinding]:
    """Everything that can be asked of Slack. Nothing is posted."""
    async with make_session() as session:
        client = make_client(api_url, session, bot_token)
        found, answer = await _bot(client)
        if answer is None:
            return found
        found += [_scopes(answer), _clock(answer, clock)]
        if app_token:
            found.append(await _app(client, app_token))
        found += [await _channel(client, name, channel) for name, channel in policy.channels.items()]
        found += [await _person(client, person.id, person.display) for person in policy.people]
        return found


async def _bot(client: AsyncWebClient) -> tuple[list[SlackFinding], Any]:
    try:
        answer = await client.auth_test()
    except SlackApiError as refused:
        helps = "Copy the Bot User OAuth Token (xoxb-…) of the installed app into SLACK_BOT_TOKEN."
        return [SlackFinding(False, f"Slack refuses SLACK_BOT_TOKEN: {error_of(refused)}.", helps)], None
    except (aiohttp.ClientError, OSError, TimeoutError) as lost:
        what = f"{client.base_url} cannot be reached: {type(lost).__name__} {lost}."
        return [SlackFinding(False, what, "Look at the network, a proxy, and SLACK_API_URL.")], None
    return [SlackFinding(True, f"SLACK_BOT_TOKEN is good: {answer.get('user')} in {answer.get('team')}.")], answer


def _scopes(answer: Any) -> SlackFinding:
    granted = {scope.strip() for scope in _headers(answer).get("x-oauth-scopes", "").split(",") if scope.strip()}
    if not granted:
        return SlackFinding(True, "Slack does not say which scopes were granted.")
    missing = sorted(set(SCOPES) - granted)
    if not missing:
        return SlackFinding(True, f"All {len(SCOPES)} scopes are granted.")
    reasons = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    helps = "Put the manifest of `bringback manifest` into the app's settings, then install the app again."
    return SlackFinding(False, f"Scopes are missing: {reasons}.", helps)


def _clock(answer: Any, clock: Clock) -> SlackFinding:
    stamp = _headers(answer).get("date")
    if not stamp:
        return SlackFinding(True, "Slack does not say what time it is.")
    offset = clock.now() - parsedate_to_datetime(stamp)
    if abs(offset) <= CLOCK_MAY_DIFFER:
        return SlackFinding(True, "The clock agrees with Slack's.")
    ahead = "ahead of" if offset > timedelta(0) else "behind"
    what = f"The clock is {abs(offset).total_seconds():.0f} s {ahead} Slack's."
    return SlackFinding(False, what, "Set it by NTP: every measured time rests on it.")


async def _app(client: AsyncWebClient, app_token: str) -> SlackFinding:
    try:
        _ = await client.apps_connections_open(app_token=app_token)
    except SlackApiError as refused:
        helps = "Make an app-level token (xapp-…) with connections:write, and switch Socket Mode on."
        return SlackFinding(False, f"Slack refuses SLACK_APP_TOKEN: {error_of(refused)}.", helps)
    return SlackFinding(True, "SLACK_APP_TOKEN opens a connection.")


async def _channel(client: AsyncWebClient, name: str, channel: str) -> SlackFinding:
    try:
        answer = await client.conversations_info(channel=channel)
    except SlackApiError as refused:
        return SlackFinding(False, f"Channel {name} ({channel}) cannot be seen: {error_of(refused)}.", INVITE)
    seen: Mapping[str, Any] = answer["channel"]
    if seen.get("is_archived"):
        return SlackFinding(False, f"Channel {name} ({channel}) is archived.", "Unarchive it, or name another.")
    if not seen.get("is_member", True):
        return SlackFinding(False, f"The bot is not in channel {name} ({channel}).", INVITE)
    return SlackFinding(True, f"Channel {name} is reachable.")


async def _person(client: AsyncWebClient, slack_id: str, name: str) -> SlackFinding:
    helps = "Mend the id under `people:` in policy.yaml: it begins with U and stands in the person's profile."
    try:
        answer = await client.users_info(user=slack_id)
    except SlackApiError as refused:
        return SlackFinding(False, f"{name} ({slack_id}) is not in this workspace: {error_of(refused)}.", helps)
    if answer["user"].get("deleted"):
        return SlackFinding(False, f"{name} ({slack_id}) has left this workspace.", helps)
    return SlackFinding(True, f"{name} is in this workspace.")


def _headers(answer: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (answer.headers or {}).items()}
