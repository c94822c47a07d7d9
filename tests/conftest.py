"""What holds for every test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

# Machines are shared and noisy: how long an example takes says nothing about the code.
settings.register_profile("bringback", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bringback")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots`: where tests in a browser keep pictures of what they see."""
    parser.addoption("--screenshots", type=Path, help="keep screenshots of the browser's tests in this folder")
