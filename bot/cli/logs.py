"""Where the log goes: to the error stream, so that what a subcommand answers stays clean."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class LogSecrets:
    """The secrets that no line may hold: `own` ones, and once `tell` is set, what it tells."""

    def __init__(self, own: Sequence[str]) -> None:
        self.tell: Callable[[], Sequence[str]] = lambda: own

    def __call__(self) -> Sequence[str]:
        """Those that are known by now."""
        return self.tell()


class WithoutSecrets(logging.Formatter):
    """Takes secrets out of a line when it is whole: of its words, its arguments, and the trace of an error."""

    def __init__(self, form: str, secrets: Callable[[], Sequence[str]]) -> None:
        super().__init__(form)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        from bot.engine.redaction import redact  # noqa: PLC0415 - most of what is typed logs nothing

        return redact(super().format(record), self._secrets())


def configure_logs(level: str, secrets: Callable[[], Sequence[str]] = tuple) -> None:
    """One line an event, from `level` on; for the bot's own log and for that of the libraries beneath it.

    None of the `secrets`, as they are when a line is written, stands in either.
    """
    import structlog  # noqa: PLC0415 - most of what is typed logs nothing

    number = logging.getLevelNamesMapping()[level]
    beneath = max(number, logging.WARNING)
    to_stderr = logging.StreamHandler(sys.stderr)
    to_stderr.setFormatter(WithoutSecrets("%(levelname)s %(name)s: %(message)s", secrets))
    logging.basicConfig(level=beneath, handlers=[to_stderr])
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
            lambda _logger, _name, line: _hidden(line, secrets),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _hidden(line: Any, secrets: Callable[[], Sequence[str]]) -> str:
    from bot.engine.redaction import redact  # noqa: PLC0415 - most of what is typed logs nothing

    return redact(str(line), secrets())
