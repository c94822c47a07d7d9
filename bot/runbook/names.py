"""The headings of a document, as lists name them."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bot.runbook.titles import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = 3
_MOST_WORDS = 16  # no heading that a list names has more


class Names:
    """The keys of `titles`, and what texts name of them."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles = titles

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(key for title in self._titles for key in _keys_of(title))

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(key.partition(" ")[0] for key in self._keys)

    def named_by(self, text: str) -> frozenset[str]:
        """The keys that a text is, or begins with: "Create an account on the new server" has "Create an account"."""
        words = plain(text).casefold().rstrip(".:").split()
        if self._firsts.isdisjoint(words[:2]):
            return frozenset()
        beginnings = (" ".join(words[:count]) for count in range(2, min(len(words), _MOST_WORDS)))
        return self._keys.intersection((*_keys_of(text), *beginnings))


@lru_cache(8192)
def _keys_of(title: str) -> tuple[str, ...]:
    # Its words, and those behind the first: "Add them" and "Adding them" are one.
    words = plain(title).casefold().rstrip(".:").split()
    return (" ".join(words), *([" ".join(words[1:])] if len(words) > _WORDS else []))
