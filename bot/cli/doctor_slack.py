"""What `bringback doctor` finds of Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.checkup import Found, Health
from bot.domain.errors import BringbackError
from bot.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.clock import Clock
    from bot.settings import Settings


async def slack(settings: Settings, policy: Policy | None, clock: Clock) -> list[Found]:
    """Everything that can be asked of Slack; what is not set where it cannot be asked."""
    missing = [
        Found("slack", Health.WARNING, fault, "Only `bringback serve` needs it.") for fault in settings.slack_faults()
    ]
    missing += _http(settings)
    if not settings.slack:
        return missing
    from bot.slack.doctor import check_slack  # noqa: PLC0415 - the SDK takes a while to import
    from bot.slack.proxies import proxies_from  # noqa: PLC0415 - so does HTTP

    try:
        tokens, sealed = (
            await _installed(settings, clock) if settings.installs else ({"": settings.slack_bot_token}, [])
        )
    except BringbackError as error:
        return [
            *missing,
            Found("slack", Health.UNKNOWN, f"The installations cannot be read. {error.what}", error.helps),
        ]
    missing += sealed
    if not tokens and not sealed:
        helps = f"Open {settings.public_url}/slack/install while the bot runs."
        return [*missing, Found("slack", Health.WARNING, "The app is installed in no workspace yet.", helps)]
    found = await check_slack(
        api_url=settings.slack_api_url,
        tokens=tokens,
        app_token=settings.slack_app_token,
        policy=policy or Policy(),
        clock=clock,
        proxies=proxies_from(settings.environment),
    )
    return [*missing, *found]


def _http(settings: Settings) -> list[Found]:
    """What HTTP mode, and pages that browsers open, need besides."""
    called = settings.slack and not settings.socket_mode
    if not (called or settings.installs) or settings.public_url.startswith("https://"):
        return []
    who = "Slack calls the bot" if called else "Browsers open the page that installs the app"
    return [Found("slack", Health.WARNING, f"{who}, and PUBLIC_URL is no https address.", "Set PUBLIC_URL.")]


async def _installed(settings: Settings, clock: Clock) -> tuple[Mapping[str, str], list[Found]]:
    """The token of each workspace in which the app is installed, by its name; and those that cannot be read."""
    from bot.app_desk import open_reader  # noqa: PLC0415 - the database takes a while to import
    from bot.slack.seal import CannotOpen, Seal  # noqa: PLC0415 - so does cryptography

    if settings.database_url.startswith("sqlite://") and not settings.state_dir.exists():
        return {}, []
    tokens: dict[str, str] = {}
    sealed: list[Found] = []
    async with open_reader(settings, clock) as desk:
        seal = Seal(settings.slack_client_secret)
        for kept in await desk.store.installations.all():
            name = f"{kept.name} ({kept.team})"
            try:
                tokens[name] = seal.open(kept.token)
            except CannotOpen as cannot:
                sealed.append(Found("slack", Health.FAULT, f"{name}: {cannot.what}", cannot.helps))
    return tokens, sealed
