from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import SettingsError
from bot.web.signing import LinkFault, ReviewLinks, read_or_make_secret
from tests.fakes.fixed_clock import FixedClock

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 3, 14, tzinfo=UTC)
SECRET = "s" * 32


def query_of(path: str) -> tuple[str, str]:
    found = parse_qs(urlsplit(path).query)
    return found["expires"][0], found["signature"][0]


def test_an_address_gives_access_until_it_expires() -> None:
    clock = FixedClock(NOW)
    links = ReviewLinks(SECRET, clock)
    expires, signature = query_of(links.path("R-1"))
    for days, fault in ((0, None), (7, None), (8, LinkFault.EXPIRED)):
        clock.at = NOW + timedelta(days=days)
        assert links.fault("R-1", expires, signature) is fault


def test_addresses_of_one_day_are_the_same() -> None:
    clock = FixedClock(NOW)
    links = ReviewLinks(SECRET, clock)
    first = links.path("R-1")
    clock.at = NOW + timedelta(hours=20)
    assert links.path("R-1") == first
    clock.at = NOW + timedelta(hours=21)
    assert links.path("R-1") != first


def test_an_address_is_of_one_review_one_expiry_and_one_secret() -> None:
    links = ReviewLinks(SECRET, FixedClock(NOW))
    expires, signature = query_of(links.path("R-1"))
    assert links.fault("R-2", expires, signature) is LinkFault.WRONG
    assert links.fault("R-1", str(int(expires) + 1), signature) is LinkFault.WRONG
    assert ReviewLinks("t" * 32, FixedClock(NOW)).fault("R-1", expires, signature) is LinkFault.WRONG


@given(st.text(), st.text(), st.text())
def test_no_guess_gives_access(recovery: str, expires: str, signature: str) -> None:
    assert ReviewLinks(SECRET, FixedClock(NOW)).fault(recovery, expires, signature) is LinkFault.WRONG


def test_names_in_an_address_are_quoted() -> None:
    assert ReviewLinks(SECRET, FixedClock(NOW)).path("R-1/../x").startswith("/reviews/R-1%2F..%2Fx?expires=")


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "review-secret"
    secret = read_or_make_secret(path)
    assert len(secret) == 64
    assert read_or_make_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["review-secret"]


def test_of_two_makers_one_wins(tmp_path: Path) -> None:
    from bot.web.signing import _make

    path = tmp_path / "review-secret"
    _make(path)
    secret = path.read_text()
    _make(path)
    assert path.read_text() == secret


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "review-secret"
    _ = read_or_make_secret(path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_or_make_secret(path)


def test_half_a_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "review-secret"
    path.touch(mode=0o600)
    with pytest.raises(SettingsError, match="remove it"):
        read_or_make_secret(path)
