"""The eight systems, one class each: what it is made of, how it runs, how a canary gets into it and is read back."""

from __future__ import annotations

from bot.demo.systems.cache import Cache
from bot.demo.systems.dns import Dns
from bot.demo.systems.orders_db import OrdersDb
from bot.demo.systems.port import Ground, System
from bot.demo.systems.programs import Api, Docs, Reporting
from bot.demo.systems.storage import Storage
from bot.demo.systems.web import Web

__all__ = ["Ground", "System", "all_systems"]


def all_systems() -> dict[str, System]:
    """The systems by name, each after those it depends on."""
    systems: tuple[System, ...] = (Dns(), Storage(), Cache(), OrdersDb(), Api(), Web(), Reporting(), Docs())
    return {system.name: system for system in systems}
