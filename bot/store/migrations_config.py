"""What `tortoise -c bot.store.migrations_config.CONFIG makemigrations` reads: the models, over no database of ours."""

from __future__ import annotations

from bot.store.database import orm_config

CONFIG = orm_config("sqlite://:memory:")
