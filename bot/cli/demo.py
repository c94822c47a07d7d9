"""`bringback demo`: a running estate of real systems, the bot and its page."""

import typer

from bot.cli.world import session_of

OPTIONS = {"context_settings": {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}}


def demo(context: typer.Context) -> None:
    """Run the demo estate (--help tells its own options). Only from a clone, after `./run demo` set it up."""
    session_of(context).world.become("bot.demo", list(context.args))
