"""Takes secrets out of whatever goes to Slack, wherever in a payload they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.engine.redaction import redact

Redact = Callable[[Any], Any]


def make_redact(secrets: Sequence[str]) -> Redact:
    """A copy of a payload in which every text has its secrets, and passwords in addresses, replaced by ***."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value, secrets)
        if isinstance(value, Mapping):
            return {name: clean(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [clean(inner) for inner in value]
        return value

    return clean
