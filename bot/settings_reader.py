"""Reads one variable of the environment after another, and gathers what is wrong: `bot.settings` says which."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DATABASES = ("sqlite://", "postgres://", "postgresql://")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,30}|\*")
_HIGHEST_PORT = 65535


class SettingsReader:
    """`defaults` are by name, `secrets` names. What was wrong is in `faults`, which never repeat a secret's value."""

    def __init__(self, environment: Mapping[str, str], defaults: Mapping[str, str], secrets: Collection[str]) -> None:
        self._environment = dict(environment)
        self._defaults = defaults
        self._secrets = secrets
        self.faults: list[str] = []

    def text(self, name: str) -> str:
        """The value, or its default."""
        return self._environment.get(name, "").strip() or self._defaults[name]

    def secret(self, name: str) -> str:
        """The value, or what the file says that NAME_FILE names."""
        value = self._environment.get(name, "").strip()
        file = self._environment.get(f"{name}_FILE", "").strip()
        if value and file:
            self.faults.append(f"{name} and {name}_FILE are both set. Keep one of them.")
        return value if value or not file else self._from_file(name, file)

    def _from_file(self, name: str, file: str) -> str:
        try:
            value = Path(file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            self.faults.append(f"{name}_FILE names {file}, which cannot be read: {reason}.")
            return ""
        if not value:
            self.faults.append(f"{name}_FILE names {file}, which is empty.")
        return value

    def token(self, name: str, prefix: str) -> str:
        """A token of Slack's, of the kind that begins with `prefix`."""
        value = self.secret(name)
        kind = value[:5]
        if kind in {"xoxb-", "xapp-", "xoxp-"} and kind != prefix:
            self.faults.append(
                f"{name} holds a token that begins with {kind}. It wants the one that begins with {prefix}."
            )
        return value

    def database(self, name: str, default: Path) -> str:
        """An address of a database; without one SQLite in the file `default`."""
        value = self.secret(name)
        if value and not value.startswith(_DATABASES):
            self.faults.append(
                f"{name} is no database address: write postgres://USER:PASSWORD@HOST/NAME or sqlite://PATH."
            )
        return value or f"sqlite://{default}"

    def url(self, name: str) -> str:
        """A web address, ending in a slash."""
        return self._address(name, self.text(name), self._defaults[name]) + "/"

    def optional_path(self, name: str) -> Path | None:
        """A path, or None."""
        value = self.text(name)
        return Path(value).expanduser() if value else None

    def optional_url(self, name: str) -> str:
        """A web address without its last slash, or an empty text."""
        value = self._environment.get(name, "").strip()
        return self._address(name, value, "https://bringback.example.org") if value else ""

    def _address(self, name: str, value: str, example: str) -> str:
        parts = _split(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc:
            self.faults.append(f"{name} is “{value}”: write an address such as {example}.")
        return value.rstrip("/")

    def matching(self, name: str, shape: re.Pattern[str], helps: str) -> str:
        """A value of that shape."""
        value = self.text(name)
        return self._checked(name, value, holds=bool(shape.fullmatch(value)), helps=helps)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of these, in whatever letters it was written."""
        value = self.text(name).upper()
        return self._checked(name, value, holds=value in choices, helps=f"write one of {', '.join(choices)}")

    def port(self, name: str) -> int:
        """A port; 0 lets the system choose one."""
        value = self.text(name)
        holds = value.isascii() and value.isdigit() and int(value) <= _HIGHEST_PORT
        self._checked(name, value, holds=holds, helps=f"write a number from 0 to {_HIGHEST_PORT}")
        return int(value) if holds else 0

    def _checked(self, name: str, value: str, *, holds: bool, helps: str) -> str:
        if not holds:
            self.faults.append(f"{name} is “{value}”: {helps}.")
        return value

    def flag(self, name: str) -> bool:
        """Whether it says true."""
        return self.choice(name, ("TRUE", "FALSE")) == "TRUE"

    def teams(self, name: str) -> tuple[str, ...]:
        """Ids of workspaces, parted by commas or blanks."""
        given = tuple(self.text(name).replace(",", " ").split())
        for team in given:
            self._checked(name, team, holds=bool(_TEAM.fullmatch(team)), helps="write ids such as T024BE7LH, or *")
        return given

    def without_secrets(self) -> dict[str, str]:
        """The environment without secrets and the names of their files."""
        hidden = {name for secret in self._secrets for name in (secret, f"{secret}_FILE")}
        return {name: value for name, value in self._environment.items() if name not in hidden}


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def password_in(url: str) -> str:
    """The password of an address, or an empty text."""
    parts = _split(url)
    return (parts.password or "") if parts else ""
