"""orders-db: PostgreSQL, with its write-ahead log archived to barman."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.demo import postgres
from bot.demo.environment import for_programs
from bot.demo.errors import DemoError, SystemSilent
from bot.demo.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.demo.record import Instance
    from bot.demo.systems.port import Ground

_ORDERS_A_CANARY = 25
_FURNISH = """
create table orders (
  id bigint generated always as identity primary key,
  customer text not null, item text not null, amount integer not null, placed_at timestamptz not null default now());
create table canary (token text primary key, written_at timestamptz not null);
create table prices (item text primary key, price integer not null);
insert into orders (customer, item, amount)
  select 'customer-' || md5(n::text), 'item-' || lpad((n % 400)::text, 4, '0'), 1 + n % 9
  from generate_series(1, {orders}) n;
create index on orders (item);
"""
_CONFIGURATION = """
# What is the same wherever this database runs. Ports and archiving of a scratch copy are decided when it starts.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
archive_mode = on
archive_command = 'archive-wal %p %f'
archive_timeout = 3
max_wal_senders = 4
shared_buffers = 32MB
max_connections = 40
autovacuum_naptime = 300
log_timezone = 'UTC'
timezone = 'UTC'
"""
_PLACE = """
insert into orders (customer, item, amount)
  select 'customer-' || md5(%s || n::text), 'item-' || lpad((n %% 400)::text, 4, '0'), 1 + n %% 9
  from generate_series(1, %s) n
"""
_NEWEST = "select token, written_at, (select count(*) from orders) from canary order by written_at desc limit 1"


class OrdersDb:
    """Orders and canaries, written together in one transaction."""

    name = "orders-db"
    depends_on: tuple[str, ...] = ("dns", "storage")

    def __init__(self, first_orders: int = 250_000) -> None:
        self._first_orders = first_orders

    def furnish(self, ground: Ground, data: Path) -> None:
        """Makes the cluster and its first orders, with a server that is stopped again."""
        environment = for_programs(ground.layout)
        data.rmdir()
        initdb = ["--auth=trust", "--no-sync", "--wal-segsize=1", "--encoding=UTF8", "--no-locale", "-U", postgres.USER]
        self._run(environment, *postgres.unrooted("initdb", "-D", str(data), *initdb))
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(_CONFIGURATION)
        single = postgres.unrooted(
            "postgres", "--single", "-F", "-j", "-c", "archive_mode=off", "-D", str(data), "postgres"
        )
        self._run(
            environment, *single, text=_FURNISH.format(orders=self._first_orders) + "\nvacuum (freeze, analyze);\n\n"
        )

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """PostgreSQL starts only on data that is its own, and closed to others."""
        del ground
        postgres.take_over(Path(instance.target))

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The server. A scratch copy archives nothing: it would push into the archive of the living one."""
        del ground
        options = ["-D", instance.target, "-p", str(instance.port)]
        if not instance.live:
            options += ["-c", "archive_mode=off", "-c", "fsync=off"]
        return postgres.unrooted("postgres", *options)

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it has ended its recovery and takes writes."""
        del ground
        rows = await self._query(instance, "select pg_is_in_recovery()")
        return rows == [(False,)]

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Places some orders together with the canary; the commit waits for the disk."""
        del ground
        return await asyncio.to_thread(self._write, instance, token, at)

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """The newest canary, and a full count of the orders."""
        del ground
        rows = await self._query(instance, _NEWEST)
        if not rows:
            raise SystemSilent(f"orders-db on port {instance.port} holds no canary")
        token, written_at, orders = rows[0]
        return Sample(token, written_at, {"orders": orders})

    def _write(self, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        with postgres.transaction(instance.port) as cursor:
            cursor.execute(_PLACE, (token, _ORDERS_A_CANARY))
            cursor.execute("insert into canary values (%s, %s)", (token, at))
            cursor.execute("select count(*) from orders")
            return {"orders": cursor.fetchone()[0]}

    async def _query(self, instance: Instance, statement: str) -> list[tuple[Any, ...]]:
        def query() -> list[tuple[Any, ...]]:
            with postgres.transaction(instance.port) as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())

        return await asyncio.to_thread(query)

    def _run(self, environment: Mapping[str, str], *command: str, text: str = "") -> None:
        outcome = subprocess.run(
            command, env=dict(environment), input=text, capture_output=True, text=True, timeout=60, check=False
        )
        if outcome.returncode or "ERROR" in outcome.stderr:
            said = (outcome.stdout + outcome.stderr).strip()[-800:]
            raise DemoError(f"orders-db could not be made ({Path(command[0]).name}, {sys.platform}): {said}")
