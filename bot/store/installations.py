"""Workspaces in which the app is installed, and installations that were begun. Tokens come here sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.slack_records import InstallationRecord, OAuthStateRecord


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace (`team` is its id), or in all of an organisation (the enterprise's id).

    `token` is sealed. `bot` and `bot_user` are who the app is there; `url` is the workspace's address.
    """

    team: str
    token: str = field(repr=False)
    bot: str
    bot_user: str
    installed_at: datetime
    name: str = ""
    url: str = ""
    scopes: tuple[str, ...] = ()
    installed_by: str = ""


class Installations:
    """Stores installations by workspace: installing again replaces the one before."""

    async def keep(self, made: Installation) -> None:
        """Store an installation."""
        fields: dict[str, Any] = {
            "name": made.name[:200],
            "url": made.url[:300],
            "token": made.token,
            "bot": made.bot,
            "bot_user": made.bot_user,
            "scopes": ",".join(made.scopes),
            "installed_by": made.installed_by,
            "installed_at": made.installed_at,
        }
        _ = await InstallationRecord.update_or_create(fields, id=made.team)

    async def of(self, team: str) -> Installation | None:
        """The installation of a workspace or an organisation."""
        row = await InstallationRecord.filter(id=team).first()
        return _installation(row) if row else None

    async def all(self) -> list[Installation]:
        """Every installation, oldest first."""
        return [_installation(row) for row in await InstallationRecord.all().order_by("installed_at", "id")]

    async def remove(self, team: str) -> bool:
        """Forget an installation with its token. False when there was none."""
        return bool(await InstallationRecord.filter(id=team).delete())


class OAuthStates:
    """Keeps the states of installations that were begun, as digests."""

    async def keep(self, digest: str, now: datetime, until: datetime) -> None:
        """Store one; those that have expired go."""
        _ = await OAuthStateRecord.filter(until__lte=now).delete()
        _ = await OAuthStateRecord.create(digest=digest, until=until)

    async def take(self, digest: str, now: datetime) -> bool:
        """Use one up: True for exactly one caller, and only before it expires."""
        return await OAuthStateRecord.filter(digest=digest, until__gt=now).delete() == 1


def _installation(row: InstallationRecord) -> Installation:
    return Installation(
        team=row.id,
        token=row.token,
        bot=row.bot,
        bot_user=row.bot_user,
        installed_at=row.installed_at,
        name=row.name,
        url=row.url,
        scopes=tuple(row.scopes.split(",")) if row.scopes else (),
        installed_by=row.installed_by,
    )
