"""No line of the log holds a secret, wherever in it the secret stood."""

from __future__ import annotations

import logging
import sys

from bot.cli.logs import LogSecrets, WithoutSecrets

HIDES = WithoutSecrets("%(levelname)s %(message)s", lambda: ("hunter22",))


def test_a_secret_is_hidden_in_words_arguments_and_traces() -> None:
    try:
        raise ValueError("connect as hunter22")  # noqa: TRY301 - its trace is what is logged
    except ValueError:
        failed = sys.exc_info()
    record = logging.LogRecord("bot", logging.ERROR, "", 1, "hunter22 and %s", ("HUNTER22 xoxb-1234567890",), failed)
    line = HIDES.format(record)
    assert "hunter22" not in line.lower()
    assert "xoxb-" not in line
    assert line.startswith("ERROR *** and *** ***")


def test_what_the_bot_learns_of_secrets_while_it_runs_is_hidden_from_then_on() -> None:
    hidden = LogSecrets(["xoxb-1"])
    assert list(hidden()) == ["xoxb-1"]
    hidden.tell = lambda: ["xoxb-1", "hunter22"]
    assert list(hidden()) == ["xoxb-1", "hunter22"]
