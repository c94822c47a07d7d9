"""The terminal: one file per subcommand, the same operations as Slack."""


def main() -> None:
    """`bringback`."""
    from bot.cli.command_line import run  # noqa: PLC0415 - who imports one file of this room does not want them all

    run()
