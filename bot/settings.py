"""Environment to Settings: read once, every fault reported at once.

An empty value counts as not set. Every secret may instead be given as the path of a file that holds it, in NAME_FILE.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.errors import SettingsError
from bot.settings_reader import SettingsReader, password_in

SLACK_API_URL = "https://slack.com/api/"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_SITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
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
        passwords = (password_in(url) for url in (self.database_url, self.engine_database_url, *proxies))
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
    given = _own_environment() if environment is None else environment
    reader = SettingsReader(given, {setting.name: setting.default for setting in SETTINGS}, SECRET_NAMES)
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
    if faults := [*reader.faults, *_contradictions(settings)]:
        raise SettingsError(faults)
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


def _contradictions(settings: Settings) -> list[str]:
    """What is wrong with settings that mean nothing without each other, or that contradict each other."""
    faults = []
    of_installs = (settings.slack_client_id, settings.slack_client_secret, settings.slack_teams)
    if any(of_installs) and not all(of_installs):
        faults.append(_INSTALLS_HELPS)
    if settings.slack_client_id and settings.slack_bot_token:
        faults.append(
            "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set. With the latter each workspace brings its own "
            "token: unset SLACK_BOT_TOKEN."
        )
    return faults
