"""One codec for the ledger, frozen plans and `--json`: domain values to canonical JSON and back."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")
_HALF = re.compile("[\ud800-\udfff]")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(tp: Any) -> TypeAdapter[Any]:
    # Building one takes milliseconds, so each is built once.
    if tp not in _adapters:
        _adapters[tp] = TypeAdapter(tp)
    return _adapters[tp]


def to_plain(value: Any) -> Any:
    """The value as JSON-able lists, dicts, texts and numbers. Times are RFC 3339, durations ISO 8601."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_plain(tp: type[T], plain: Any) -> T:
    """A value of type `tp` from what `to_plain` made. Raises pydantic.ValidationError when it does not fit."""
    # By way of text: JSON mode is what turns lists into tuples and texts into times and enums.
    return decode(tp, canonical(plain))


def encode(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, so that the same value is the same text."""
    return canonical(to_plain(value))


def decode(tp: type[T], text: str) -> T:
    """A value of type `tp` from its JSON text."""
    return cast("T", _adapter(tp).validate_json(text))


def canonical(plain: Any) -> str:
    """JSON with sorted keys and no spaces. Half a character, which no database takes, becomes U+FFFD."""
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _HALF.sub("\ufffd", text)
