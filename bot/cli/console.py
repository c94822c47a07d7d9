"""`bringback console`: the local workspace that stands in for Slack."""

import typer

from bot.cli.world import session_of

OPTIONS = {"context_settings": {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}}


def console(context: typer.Context) -> None:
    """Serve the local workspace, with its page (--help tells its own options)."""
    session = session_of(context)
    arguments = list(context.args)
    if "--state" not in arguments and "--help" not in arguments:
        arguments = ["--state", str(session.settings.state_dir / "console"), *arguments]
    session.world.become("bot.console", arguments)
