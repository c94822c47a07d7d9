"""`bringback manifest`: the manifest of the Slack app, made from what the bot listens to."""

from typing import Annotated
from urllib.parse import urlsplit

import typer
import yaml

from bot.cli.options import Json
from bot.cli.world import session_of
from bot.slack.manifest import make_manifest
from handlers.registry import registry


def manifest(
    context: typer.Context,
    http: Annotated[
        str, typer.Option("--http", metavar="URL", help="Slack is to call the bot at this https address.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Print the manifest of the Slack app: YAML, to be pasted at api.slack.com (“From a manifest”).

    For Socket Mode, unless SLACK_SIGNING_SECRET is set without SLACK_APP_TOKEN, or --http says where Slack calls.
    """
    session = session_of(context)
    settings = session.settings
    over_http = bool(settings.slack_signing_secret and not settings.slack_app_token)
    address = _address(http) if http else settings.public_url if over_http else ""
    if over_http and not address:
        raise typer.BadParameter("Say where Slack reaches the bot, or set PUBLIC_URL.", param_hint="--http")
    back = (address or settings.public_url) if settings.installs else ""
    made = make_manifest(registry(), settings.slack_command, address, back)
    if json:
        session.screen.json(made)
    else:
        typer.echo(yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110), nl=False)


def _address(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment:
        raise typer.BadParameter("Write an address such as https://bringback.example.org.", param_hint="--http")
    return given.rstrip("/")
