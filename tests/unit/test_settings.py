from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.settings import SETTINGS, Settings, read_settings

ROOT = Path(__file__).parents[2]
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-secret-1", "SLACK_APP_TOKEN": "xapp-secret-2"}

INSTALLS = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret-5", "SLACK_TEAMS": "T024BE7LH, E1"}


def faults_of(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings(environment)
    return "\n".join(caught.value.faults)


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = read_settings({})
    assert settings.runbooks_dir == Path("runbooks")
    assert settings.state_dir == Path(".state/bot").absolute()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.slack_command == "/recovery"
    assert (settings.port, settings.site, settings.log_level) == (8080, "local", "INFO")


def test_both_databases_default_to_sqlite_files_in_the_state_folder(tmp_path: Path) -> None:
    settings = read_settings({"STATE_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite://{tmp_path}/bringback.sqlite3"
    assert settings.engine_database_url == f"sqlite://{tmp_path}/engine.sqlite3"
    assert settings.on_sqlite


def test_postgres_for_both_databases_is_not_sqlite() -> None:
    url = "postgres://bot:secret-3@db/bringback"
    assert not read_settings({"DATABASE_URL": url, "ENGINE_DATABASE_URL": url}).on_sqlite


def test_an_empty_value_counts_as_not_set() -> None:
    assert read_settings({"SLACK_COMMAND": "", "PORT": " "}).slack_command == "/recovery"


def test_every_fault_is_reported_at_once() -> None:
    faults = faults_of(
        {"PORT": "http", "LOG_LEVEL": "loud", "SLACK_COMMAND": "recovery", "SITE": "a b", "SLACK_API_URL": "slack"}
    )
    for name in ("PORT", "LOG_LEVEL", "SLACK_COMMAND", "SITE", "SLACK_API_URL"):
        assert name in faults


@pytest.mark.parametrize("value", ["-1", "65536", "8e3", "٣"])
def test_a_port_that_is_none_is_a_fault(value: str) -> None:
    assert f"PORT is “{value}”" in faults_of({"PORT": value})


def test_a_secret_is_read_from_the_file_that_name_file_names(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-from-file\n")
    assert read_settings({"SLACK_BOT_TOKEN_FILE": str(file)}).slack_bot_token == "xoxb-from-file"


def test_a_secret_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    missing = {"SLACK_BOT_TOKEN_FILE": f"{tmp_path}/missing", "SLACK_APP_TOKEN_FILE": f"{tmp_path}/empty"}
    faults = faults_of(missing)
    assert "SLACK_BOT_TOKEN_FILE names" in faults
    assert "No such file" in faults
    assert "which is empty" in faults


def test_a_secret_file_that_is_not_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in faults_of({"SLACK_BOT_TOKEN_FILE": f"{tmp_path}/token"})


def test_a_secret_given_twice_is_a_fault(tmp_path: Path) -> None:
    assert "Keep one of them" in faults_of({**TOKENS, "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})


def test_swapped_tokens_are_a_fault_that_shows_neither() -> None:
    faults = faults_of({"SLACK_BOT_TOKEN": "xapp-secret-2", "SLACK_APP_TOKEN": "xoxb-secret-1"})
    assert "SLACK_BOT_TOKEN holds a token that begins with xapp-" in faults
    assert "secret-1" not in faults
    assert "secret-2" not in faults


def test_a_database_address_that_is_none_is_a_fault_that_does_not_show_it() -> None:
    faults = faults_of({"DATABASE_URL": "mysql://bot:secret-3@db/x"})
    assert "DATABASE_URL is no database address" in faults
    assert "secret-3" not in faults


def test_an_address_of_slack_that_is_none_is_a_fault() -> None:
    assert "SLACK_API_URL" in faults_of({"SLACK_API_URL": "http://127.0.0.1:port/api"})


def test_an_address_of_slack_ends_in_a_slash() -> None:
    assert read_settings({"SLACK_API_URL": "http://127.0.0.1:9/api"}).slack_api_url == "http://127.0.0.1:9/api/"


def with_secrets() -> Settings:
    return read_settings(
        {**TOKENS, "DATABASE_URL": "postgres://bot:secret-3@db/x", "PATH": "/bin", "SLACK_SIGNING_SECRET_FILE": ""}
    )


def test_secrets_never_stand_in_the_text_of_the_settings() -> None:
    assert "secret" not in repr(with_secrets()).replace("slack_signing_secret", "")


def test_commands_get_the_environment_without_the_bots_secrets() -> None:
    assert with_secrets().environment == {"PATH": "/bin"}


def test_all_secrets_are_listed_for_redaction() -> None:
    assert set(with_secrets().secrets) == {"xoxb-secret-1", "xapp-secret-2", "secret-3"}


def test_the_process_keeps_no_secret_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret-1")
    assert read_settings().slack_bot_token == "xoxb-secret-1"
    assert read_settings().slack_bot_token == ""


def test_the_password_of_a_proxy_is_a_secret() -> None:
    assert "secret-4" in read_settings({"https_proxy": "http://bot:secret-4@proxy:3128"}).secrets


def test_workspaces_install_the_app_when_all_that_takes_is_set() -> None:
    settings = read_settings({**INSTALLS, "SLACK_SIGNING_SECRET": "s"})
    assert settings.slack_teams == ("T024BE7LH", "E1")
    settings.require_slack()
    assert settings.slack_client_secret in settings.secrets


@pytest.mark.parametrize("left_out", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_TEAMS"])
def test_installing_takes_client_id_secret_and_workspaces_together(left_out: str) -> None:
    assert "SLACK_TEAMS" in faults_of({name: value for name, value in INSTALLS.items() if name != left_out})


def test_a_token_beside_installations_and_a_workspace_that_is_none_are_faults() -> None:
    assert "unset SLACK_BOT_TOKEN" in faults_of({**INSTALLS, "SLACK_BOT_TOKEN": "xoxb-1"})
    assert "SLACK_TEAMS is “acme”" in faults_of({**INSTALLS, "SLACK_TEAMS": "T1A, acme"})


def test_missing_tokens_are_named_with_how_to_set_them() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({}).require_slack()
    bot, connection = caught.value.faults
    assert bot.startswith("SLACK_BOT_TOKEN is missing. It begins with xoxb-")
    assert "SLACK_APP_TOKEN (it begins with xapp-" in connection


def test_a_bot_token_with_either_way_of_connecting_is_enough() -> None:
    read_settings(TOKENS).require_slack()
    over_http = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"})
    over_http.require_slack()
    assert not over_http.socket_mode


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{setting.name}`"))
        assert setting.default in row
        assert ("secret:" in row) == setting.secret
