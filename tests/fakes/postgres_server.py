"""A PostgreSQL of its own on loopback, for the tests that want a real one."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg2

from bot.demo.postgres import take_over, unrooted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STARTS_WITHIN_SECONDS = 30
SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB")


@contextmanager
def postgres_server(data: Path) -> Iterator[str]:
    """The address of a fresh server, without the name of a database; its files lie in `data`, which must not exist."""
    initdb = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale", "-U", "postgres"]
    subprocess.run(unrooted("initdb", "-D", str(data), *initdb), check=True, capture_output=True)
    take_over(data)
    port = _free_port()
    options = [part for setting in SETTINGS for part in ("-c", setting)]
    with (data.parent / "postgres.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            unrooted("postgres", "-D", str(data), "-p", str(port), *options), stdout=log, stderr=log
        )
    try:
        _wait_for(port)
        yield f"postgres://postgres@127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown
        server.wait(STARTS_WITHIN_SECONDS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:  # it listens before it has started up
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
