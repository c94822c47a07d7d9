"""Sizes as people read them."""

from __future__ import annotations

import pytest

from bot.domain.wording import size_in_words


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (77_400, "77 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_440_000, "3.4 MB"),
    ],
)
def test_a_size_is_said_in_the_unit_that_fits_it(size: int, said: str) -> None:
    assert size_in_words(size) == said
