"""Takes secrets out of whatever goes to Slack, wherever in a payload they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.engine.redaction import redact

Redact = Callable[[Any], Any]
Secrets = Sequence[str] | Callable[[], Sequence[str]]
_READ = frozenset({"type", "action_id", "block_id", "callback_id", "style"})


def make_redact(secrets: Secrets, *more: str) -> Redact:
    """A copy of a payload in which every text has its secrets, and passwords in addresses, replaced by ***.

    `secrets` may be what tells them as they are at that time; `more` are there always. What Slack reads, the kind of an
    element and its id, stays as it is.
    """

    def clean_with(value: Any, hidden: Sequence[str]) -> Any:
        if isinstance(value, str):
            return redact(value, hidden)
        if isinstance(value, Mapping):
            return {name: inner if name in _READ else clean_with(inner, hidden) for name, inner in value.items()}
        if isinstance(value, list):
            return [clean_with(inner, hidden) for inner in value]
        return value

    return lambda value: clean_with(value, [*(secrets() if callable(secrets) else secrets), *more])
