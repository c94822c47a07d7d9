"""Where the log goes: to the error stream, so that what a subcommand answers stays clean."""

from __future__ import annotations

import logging
import sys


def configure_logs(level: str) -> None:
    """One line an event, from `level` on; for the bot's own log and for that of the libraries beneath it."""
    import structlog  # noqa: PLC0415 - most of what is typed logs nothing

    number = logging.getLevelNamesMapping()[level]
    beneath = max(number, logging.WARNING)
    logging.basicConfig(stream=sys.stderr, level=beneath, format="%(levelname)s %(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
