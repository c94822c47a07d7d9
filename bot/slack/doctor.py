"""Looks whether Slack is set up as the bot needs it: tokens, scopes, channels, people, clock. Nothing is posted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.checkup import Found, Health
from bot.slack.client import error_of, make_client, make_session
from bot.slack.manifest import SCOPES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from bot.domain.clock import Clock
    from bot.domain.policy import Person, Policy
    from bot.slack.proxies import Proxies

CLOCK_MAY_DIFFER = timedelta(seconds=30)
AT_ONCE = 5
ASKED_SECONDS = 15.0
INVITE = "Invite the bot there: /invite @bringback. Or mend the id under `channels:` in policy.yaml."
MEND_PERSON = "Mend the id under `people:` in policy.yaml: it begins with U and stands in the person's profile."
LOST = (aiohttp.ClientError, OSError, TimeoutError, ValueError)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace to look at, with what its token answered. `name` is empty where there is but one."""

    name: str
    client: AsyncWebClient = field(repr=False)

    def found(self, state: Health, what: str, helps: str = "") -> Found:
        """Something that was found there."""
        return Found("slack", state, f"{self.name}: {what}" if self.name else what, helps)


async def check_slack(
    *,
    api_url: str,
    tokens: Mapping[str, str],
    app_token: str,
    policy: Policy,
    clock: Clock,
    proxies: Proxies,
) -> list[Found]:
    """Everything that can be asked of Slack. `tokens` are the bot's, by the name of the workspace."""
    async with make_session() as session:
        made = [
            Workspace(name, make_client(api_url, session, token, proxies=proxies)) for name, token in tokens.items()
        ]
        tested = await asyncio.gather(*(_test(one) for one in made))
        there = [(workspace, answer) for workspace, (_, answer) in zip(made, tested, strict=True) if answer]
        found = [one for one, _ in tested]
        found += [_scopes(workspace, answer) for workspace, answer in there]
        if app_token:
            found.append(await _app(make_client(api_url, session, proxies=proxies), app_token))
        found.append(_clock([answer for _, answer in there], clock))
        return [*found, *await _policy([workspace for workspace, _ in there], policy)]


async def _test(workspace: Workspace) -> tuple[Found, Any]:
    try:
        async with asyncio.timeout(ASKED_SECONDS):
            answer = await workspace.client.auth_test()
    except SlackApiError as refused:
        helps = "Copy the Bot User OAuth Token (xoxb-…) of the installed app into SLACK_BOT_TOKEN."
        helps = "Install the app there again, at /slack/install." if workspace.name else helps
        return workspace.found(Health.FAULT, f"Slack refuses the bot's token: {error_of(refused)}.", helps), None
    except LOST as lost:
        what = f"{workspace.client.base_url} cannot be reached: {type(lost).__name__} {lost}".strip()
        helps = "Look at the network, a proxy, SLACK_API_URL and status.slack.com. The terminal works without Slack."
        return workspace.found(Health.FAULT, f"{what}.", helps), None
    return workspace.found(Health.OK, f"The bot is {answer.get('user')} in {answer.get('team')}."), answer


def _scopes(workspace: Workspace, answer: Any) -> Found:
    granted = {scope.strip() for scope in _headers(answer).get("x-oauth-scopes", "").split(",") if scope.strip()}
    if not granted:
        helps = "Compare the app's scopes with `bringback manifest`."
        return workspace.found(Health.UNKNOWN, "Slack does not say which scopes were granted.", helps)
    missing = sorted(set(SCOPES) - granted)
    if not missing:
        return workspace.found(Health.OK, f"All {len(SCOPES)} scopes are granted.")
    reasons = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    helps = "Put the manifest of `bringback manifest` into the app's settings, then install the app again."
    return workspace.found(Health.FAULT, f"Scopes are missing: {reasons}.", helps)


def _clock(answers: list[Any], clock: Clock) -> Found:
    stamp = next((date for answer in answers if (date := _headers(answer).get("date"))), "")
    try:
        offset = clock.now() - parsedate_to_datetime(stamp)
    except (ValueError, TypeError):
        return Found("clock", Health.UNKNOWN, "Slack does not say what time it is.", "Is the clock set by NTP?")
    return compared_clock(offset, "Slack's")


def compared_clock(offset: timedelta, whose: str) -> Found:
    """What is to be said of a clock that is so far ahead of another one."""
    if abs(offset) <= CLOCK_MAY_DIFFER:
        return Found("clock", Health.OK, f"The clock agrees with {whose}.")
    ahead = "ahead of" if offset > timedelta(0) else "behind"
    what = f"The clock is {abs(offset).total_seconds():.0f} s {ahead} {whose}."
    return Found("clock", Health.FAULT, what, "Set it by NTP: every measured time rests on it.")


async def _app(client: AsyncWebClient, app_token: str) -> Found:
    try:
        async with asyncio.timeout(ASKED_SECONDS):
            _ = await client.apps_connections_open(app_token=app_token)
    except SlackApiError as refused:
        helps = "Make an app-level token (xapp-…) with connections:write, and switch Socket Mode on."
        return Found("slack", Health.FAULT, f"Slack refuses SLACK_APP_TOKEN: {error_of(refused)}.", helps)
    except LOST as lost:
        what = f"SLACK_APP_TOKEN could not be tried: {type(lost).__name__} {lost}"
        return Found("slack", Health.UNKNOWN, f"{what.strip()}.", "Ask again when Slack answers.")
    return Found("slack", Health.OK, "SLACK_APP_TOKEN opens a connection.")


async def _policy(workspaces: list[Workspace], policy: Policy) -> list[Found]:
    """The channels and people that the policy names, each in the workspace that has it."""
    many = asyncio.Semaphore(AT_ONCE)

    async def one(about: str, look: Awaitable[Found]) -> Found:
        async with many:
            try:
                async with asyncio.timeout(ASKED_SECONDS):
                    return await look
            except LOST as lost:
                what = f"{about} was not looked at: {type(lost).__name__} {lost}"
                return Found("policy", Health.UNKNOWN, f"{what.strip()}.", "Ask again when Slack answers.")

    if not workspaces:
        what = f"{len(policy.channels)} channels and {len(policy.people)} people of the policy were not looked at."
        return [Found("policy", Health.UNKNOWN, what, "Ask again when Slack answers.")]
    channels = [one(f"Channel {name}", _channel(workspaces, name, id_)) for name, id_ in policy.channels.items()]
    people = [one(person.display, _person(workspaces, person)) for person in policy.people]
    return list(await asyncio.gather(*channels, *people))


async def _channel(workspaces: Iterable[Workspace], name: str, channel: str) -> Found:
    error = ""
    for workspace in workspaces:
        try:
            seen: Mapping[str, Any] = (await workspace.client.conversations_info(channel=channel)).get("channel") or {}
        except SlackApiError as refused:
            error = error_of(refused)
            continue
        if seen.get("is_archived"):
            helps = "Unarchive it, or name another."
            return Found("policy", Health.FAULT, f"Channel {name} ({channel}) is archived.", helps)
        if not seen.get("is_member"):
            return Found("policy", Health.FAULT, f"The bot is not in channel {name} ({channel}).", INVITE)
        return Found("policy", Health.OK, f"Channel {name} is #{seen.get('name', channel)}, and the bot is in it.")
    return Found("policy", Health.FAULT, f"Channel {name} ({channel}) cannot be seen: {error}.", INVITE)


async def _person(workspaces: Iterable[Workspace], person: Person) -> Found:
    error, who = "", f"{person.display} ({person.id})"
    for workspace in workspaces:
        try:
            seen: Mapping[str, Any] = (await workspace.client.users_info(user=person.id)).get("user") or {}
        except SlackApiError as refused:
            error = error_of(refused)
            continue
        if seen.get("deleted"):
            return Found("policy", Health.FAULT, f"{who} has left this workspace.", MEND_PERSON)
        if seen.get("is_bot"):
            return Found("policy", Health.WARNING, f"{who} is a bot.", "A bot answers no step: name a person.")
        profile = seen.get("profile") or {}
        shown = profile.get("display_name") or profile.get("real_name") or seen.get("name") or person.id
        return Found("policy", Health.OK, f"{who} is @{shown}.")
    return Found("policy", Health.FAULT, f"{who} is not in this workspace: {error}.", MEND_PERSON)


def _headers(answer: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (answer.headers or {}).items()}
