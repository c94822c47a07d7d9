"""Installations and states as slack_sdk's protocols want them, over the store. Tokens are sealed on their way in."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.slack.seal import CannotOpen, Seal
from bot.store.installations import Installation

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.store.installations import Installations, OAuthStates

STATES_LAST = timedelta(minutes=10)


class SealedInstallations(AsyncInstallationStore):
    """Installations of the bot. There are no tokens of people: the app asks for no scope of theirs."""

    def __init__(self, kept: Installations, seal: Seal) -> None:
        self._kept = kept
        self._seal = seal

    @property
    def logger(self) -> logging.Logger:
        """Where the SDK logs to."""
        return logging.getLogger("bot.slack.installations")

    async def async_save(self, installation: SlackInstallation) -> None:
        """Keep an installation of a workspace or an organisation. Raises ValueError when it has no token."""
        team = key_of(installation.enterprise_id, installation.team_id, whole=installation.is_enterprise_install)
        if not (team and installation.bot_token):
            raise ValueError("an installation names a workspace and has the bot's token")
        await self._kept.keep(
            Installation(
                team=team,
                token=self._seal.close(installation.bot_token),
                bot=installation.bot_id or "",
                bot_user=installation.bot_user_id or "",
                installed_at=datetime.fromtimestamp(installation.installed_at, UTC),
                name=installation.team_name or installation.enterprise_name or "",
                url=str(installation.get_custom_value("url") or installation.enterprise_url or ""),
                scopes=tuple(installation.bot_scopes or ()),
                installed_by=installation.user_id or "",
            )
        )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The bot of a workspace; else that of its whole organisation. Raises CannotOpen."""
        for team in ((None if is_enterprise_install else team_id), enterprise_id):
            kept = await self._kept.of(team) if team else None
            if kept:
                return self._bot(kept)
        return None

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> SlackInstallation | None:
        """The installation in a workspace, whoever made it. Raises CannotOpen."""
        bot = await self.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return SlackInstallation(user_id=user_id or "", **_shared(bot)) if bot else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget an installation and its token."""
        if team := team_id or enterprise_id:
            _ = await self._kept.remove(team)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget an installation; one person's part of it is nothing that is kept here."""
        if not user_id:
            await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    async def all_bots(self) -> list[Bot]:
        """Every bot whose token can be read, the oldest installation first."""
        found = []
        for kept in await self._kept.all():
            try:
                found.append(self._bot(kept))
            except CannotOpen as sealed:
                self.logger.warning("%s (%s): %s", kept.name, kept.team, sealed)
        return found

    def _bot(self, kept: Installation) -> Bot:
        whole = kept.team.startswith("E")
        return Bot(
            enterprise_id=kept.team if whole else None,
            team_id=None if whole else kept.team,
            team_name=kept.name,
            bot_token=self._seal.open(kept.token),
            bot_id=kept.bot,
            bot_user_id=kept.bot_user,
            bot_scopes=kept.scopes,
            is_enterprise_install=whole,
            installed_at=kept.installed_at.timestamp(),
            custom_values={"url": kept.url},
        )


class StoredStates(AsyncOAuthStateStore):
    """States of installations that were begun: each good for ten minutes and one use. Only digests are kept."""

    def __init__(self, kept: OAuthStates, clock: Clock) -> None:
        self._kept = kept
        self._clock = clock

    @property
    def logger(self) -> logging.Logger:
        """Where the SDK logs to."""
        return logging.getLogger("bot.slack.installations")

    async def async_issue(self, *_args: Any, **_more: Any) -> str:
        """A fresh state."""
        state, now = secrets.token_urlsafe(32), self._clock.now()
        await self._kept.keep(_digest(state), now, now + STATES_LAST)
        return state

    async def async_consume(self, state: str) -> bool:
        """Use a state up. False when it is unknown, too old, or was used."""
        return await self._kept.take(_digest(state), self._clock.now())


def key_of(enterprise_id: str | None, team_id: str | None, *, whole: bool = False) -> str:
    """What an installation is kept under: the workspace, or the organisation when it is one of the whole."""
    return (enterprise_id if whole else team_id or enterprise_id) or ""


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()


def _shared(bot: Bot) -> dict[str, Any]:
    names = ("enterprise_id", "team_id", "team_name", "bot_token", "bot_id", "bot_user_id", "bot_scopes")
    more = ("is_enterprise_install", "installed_at", "custom_values")
    return {name: getattr(bot, name) for name in (*names, *more)}
