"""Environment to Settings: read once, every fault reported at once.

An empty value counts as not set. Every secret may instead be given as the path of a file that holds it, in NAME_FILE.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.domain.errors import SettingsError

SLACK_API_URL = "https://slack.com/api/"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_DATABASES = ("sqlite://", "postgres://", "postgresql://")
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_TEAM = re.compile(r"[TE][A-Z0-9]{1,30}|\*")
_SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_HIGHEST_PORT = 65535
_BOT_TOKEN_HELPS = (
    "It begins with xoxb- and stands in your Slack app's page under “OAuth & Permissions”: "  # noqa: S105 - how to set it
    "set SLACK_BOT_TOKEN, or SLACK_BOT_TOKEN_FILE to a file that holds it."
)
_INSTALLS_HELPS = (
    "Installing by OAuth takes SLACK_CLIENT_ID, SLACK_CLIENT_SECRET (“Basic Information”) and SLACK_TEAMS: the ids of "
    "the workspaces that may install the app, such as T024BE7LH, or * for whoever asks."
)
_CONNECTION_HELPS = (
    "For Socket Mode set SLACK_APP_TOKEN (it begins with xapp-; “Basic Information”, “App-Level Tokens”, scope "
    "connections:write); for HTTP set SLACK_SIGNING_SECRET (“Basic Information”)."
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable of the environment. `default` is how people read it; a secret may also come as NAME_FILE."""

    name: str
    what: str
    default: str = ""
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("SLACK_BOT_TOKEN", "the bot's token (xoxb-...)", secret=True),
    Setting("SLACK_APP_TOKEN", "the app-level token (xapp-...): the bot connects in Socket Mode", secret=True),
    Setting("SLACK_SIGNING_SECRET", "the signing secret: the bot is called over HTTP", secret=True),
    Setting("SLACK_CLIENT_ID", "the app's client id: workspaces install it by OAuth"),
    Setting("SLACK_CLIENT_SECRET", "the app's client secret", secret=True),
    Setting("SLACK_TEAMS", "ids of the workspaces that may install the app, or *"),
    Setting("SLACK_API_URL", "any Slack-compatible server", default=SLACK_API_URL),
    Setting("SLACK_COMMAND", "the slash command that the bot answers to", default="/recovery"),
    Setting("RUNBOOKS_DIR", "the folder of the runbooks and of policy.yaml", default="runbooks"),
    Setting("DATABASE_URL", "where the ledger is kept", default="SQLite in STATE_DIR", secret=True),
    Setting("ENGINE_DATABASE_URL", "where the engine keeps its progress", default="SQLite in STATE_DIR", secret=True),
    Setting("STATE_DIR", "the folder of everything the bot keeps", default=".state/bot"),
    Setting("PORT", "the port of reviews, health and metrics; 0 picks a free one", default="8080"),
    Setting("HOST", "the address that PORT is bound to; 0.0.0.0 where others must reach it", default="127.0.0.1"),
    Setting("PUBLIC_URL", "where people reach HOST and PORT: the links of reviews begin with it", default="as bound"),
    Setting("CONSOLE_FALLBACK", "whether the local workspace is served beside Slack", default="false"),
    Setting("CONSOLE_PORT", "its port, on 127.0.0.1; 0 picks a free one", default="8081"),
    Setting("CONSOLE_SOCKET", "a socket at which any login of this machine asks for its link to that workspace"),
    Setting("SITE", "the site whose systems' commands run here", default="local"),
    Setting("LOG_LEVEL", ", ".join(LOG_LEVELS), default="INFO"),
)


SECRET_NAMES = frozenset(setting.name for setting in SETTINGS if setting.secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets never stand in its text.

    `environment` is what commands of runbooks get and what `${NAME}` in runbooks stands for: the bot's environment
    without its own secrets.
    """

    runbooks_dir: Path
    state_dir: Path  # absolute
    database_url: str = field(repr=False)
    engine_database_url: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_client_id: str = ""
    slack_client_secret: str = field(default="", repr=False)
    slack_teams: tuple[str, ...] = ()
    slack_api_url: str = SLACK_API_URL
    slack_command: str = "/recovery"
    port: int = 8080
    host: str = "127.0.0.1"
    public_url: str = ""  # empty: as bound
    console_fallback: bool = False
    console_port: int = 8081
    console_socket: Path | None = None
    site: str = "local"
    log_level: str = "INFO"

    @property
    def control_socket(self) -> Path:
        """Where the process that holds the state listens for the terminal."""
        return self.state_dir / "bot.sock"

    @property
    def on_sqlite(self) -> bool:
        """Whether one of the two databases is SQLite, and so only one process may write."""
        return any(url.startswith("sqlite") for url in (self.database_url, self.engine_database_url))

    @property
    def socket_mode(self) -> bool:
        """Whether the bot connects to Slack, rather than being called by it."""
        return bool(self.slack_app_token)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret of the bot, for taking them out of what people read."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, self.slack_client_secret)
        proxies = (value for name, value in self.environment.items() if name.lower() in {"http_proxy", "https_proxy"})
        passwords = (_password(url) for url in (self.database_url, self.engine_database_url, *proxies))
        return tuple(secret for secret in (*tokens, *passwords) if secret)

    @property
    def installs(self) -> bool:
        """Whether workspaces install the app by OAuth."""
        return bool(self.slack_client_id)

    @property
    def slack(self) -> bool:
        """Whether the bot is to speak to Slack at all."""
        return bool(self.slack_bot_token or self.installs)

    def slack_faults(self) -> list[str]:
        """What is missing for Slack, and how to set it; empty when nothing is."""
        faults = []
        if not self.slack:
            faults.append(f"SLACK_BOT_TOKEN is missing. {_BOT_TOKEN_HELPS}")
        if not (self.slack_app_token or self.slack_signing_secret):
            faults.append(f"SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing. {_CONNECTION_HELPS}")
        return faults

    def require_slack(self) -> None:
        """Raises SettingsError with all that is missing for Slack."""
        if faults := self.slack_faults():
            raise SettingsError(faults)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of the environment that is handed in. Raises SettingsError with every fault.

    This process's own can be read once: its secrets leave the environment with that.
    """
    reader = _Reader(_own_environment() if environment is None else environment)
    state_dir = Path(os.path.abspath(Path(reader.text("STATE_DIR")).expanduser()))  # noqa: PTH100 - links stay as named
    settings = Settings(
        runbooks_dir=Path(reader.text("RUNBOOKS_DIR")).expanduser(),
        state_dir=state_dir,
        database_url=reader.database("DATABASE_URL", state_dir / "bringback.sqlite3"),
        engine_database_url=reader.database("ENGINE_DATABASE_URL", state_dir / "engine.sqlite3"),
        environment=reader.without_secrets(),
        slack_bot_token=reader.token("SLACK_BOT_TOKEN", "xoxb-"),
        slack_app_token=reader.token("SLACK_APP_TOKEN", "xapp-"),
        slack_signing_secret=reader.secret("SLACK_SIGNING_SECRET"),
        slack_client_id=reader.text("SLACK_CLIENT_ID"),
        slack_client_secret=reader.secret("SLACK_CLIENT_SECRET"),
        slack_teams=reader.teams("SLACK_TEAMS"),
        slack_api_url=reader.url("SLACK_API_URL"),
        slack_command=reader.matching("SLACK_COMMAND", _COMMAND, "write a slash and up to 31 small letters"),
        port=reader.port("PORT"),
        host=reader.text("HOST"),
        public_url=reader.optional_url("PUBLIC_URL"),
        console_fallback=reader.flag("CONSOLE_FALLBACK"),
        console_port=reader.port("CONSOLE_PORT"),
        console_socket=reader.optional_path("CONSOLE_SOCKET"),
        site=reader.matching("SITE", _SITE, "write letters, digits, dots and dashes"),
        log_level=reader.choice("LOG_LEVEL", LOG_LEVELS),
    )
    reader.hold_together(settings)
    if reader.faults:
        raise SettingsError(reader.faults)
    return settings


def _own_environment() -> dict[str, str]:
    """This process's environment, out of which the secrets are taken.

    Nothing that runs in this process or below it is to find them there. Bolt looks for tokens by itself, and with a
    client's id and secret would keep installations in files of its own.
    """
    own: MutableMapping[str, str] = os.environ  # noqa: TID251 - the one home
    found = dict(own)
    for name in SECRET_NAMES:
        _ = own.pop(name, None)
    return found


class _Reader:
    """Reads one variable after another and gathers what is wrong. A faulty value is never repeated if it is secret."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._defaults = {setting.name: setting.default for setting in SETTINGS}
        self.faults: list[str] = []

    def text(self, name: str) -> str:
        return self._environment.get(name, "").strip() or self._defaults[name]

    def secret(self, name: str) -> str:
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
        value = self.secret(name)
        kind = value[:5]
        if kind in {"xoxb-", "xapp-", "xoxp-"} and kind != prefix:
            self.faults.append(
                f"{name} holds a token that begins with {kind}. It wants the one that begins with {prefix}."
            )
        return value

    def database(self, name: str, default: Path) -> str:
        value = self.secret(name)
        if value and not value.startswith(_DATABASES):
            self.faults.append(
                f"{name} is no database address: write postgres://USER:PASSWORD@HOST/NAME or sqlite://PATH."
            )
        return value or f"sqlite://{default}"

    def url(self, name: str) -> str:
        return self._address(name, self.text(name), self._defaults[name]) + "/"

    def optional_path(self, name: str) -> Path | None:
        value = self.text(name)
        return Path(value).expanduser() if value else None

    def optional_url(self, name: str) -> str:
        value = self._environment.get(name, "").strip()
        return self._address(name, value, "https://bringback.example.org") if value else ""

    def _address(self, name: str, value: str, example: str) -> str:
        parts = _split(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc:
            self.faults.append(f"{name} is “{value}”: write an address such as {example}.")
        return value.rstrip("/")

    def matching(self, name: str, shape: re.Pattern[str], helps: str) -> str:
        value = self.text(name)
        return self._checked(name, value, holds=bool(shape.fullmatch(value)), helps=helps)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name).upper()
        return self._checked(name, value, holds=value in choices, helps=f"write one of {', '.join(choices)}")

    def port(self, name: str) -> int:
        value = self.text(name)
        holds = value.isascii() and value.isdigit() and int(value) <= _HIGHEST_PORT
        self._checked(name, value, holds=holds, helps=f"write a number from 0 to {_HIGHEST_PORT}")
        return int(value) if holds else 0

    def _checked(self, name: str, value: str, *, holds: bool, helps: str) -> str:
        if not holds:
            self.faults.append(f"{name} is “{value}”: {helps}.")
        return value

    def flag(self, name: str) -> bool:
        return self.choice(name, ("TRUE", "FALSE")) == "TRUE"

    def teams(self, name: str) -> tuple[str, ...]:
        given = tuple(self.text(name).replace(",", " ").split())
        for team in given:
            self._checked(name, team, holds=bool(_TEAM.fullmatch(team)), helps="write ids such as T024BE7LH, or *")
        return given

    def hold_together(self, settings: Settings) -> None:
        """Settings that mean nothing without each other, and such that contradict each other."""
        of_installs = (settings.slack_client_id, settings.slack_client_secret, settings.slack_teams)
        if any(of_installs) and not all(of_installs):
            self.faults.append(_INSTALLS_HELPS)
        if settings.slack_client_id and settings.slack_bot_token:
            self.faults.append(
                "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set. With the latter each workspace brings its own "
                "token: unset SLACK_BOT_TOKEN."
            )

    def without_secrets(self) -> dict[str, str]:
        hidden = {name for secret in SECRET_NAMES for name in (secret, f"{secret}_FILE")}
        return {name: value for name, value in self._environment.items() if name not in hidden}


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _password(url: str) -> str:
    parts = _split(url)
    return (parts.password or "") if parts else ""
