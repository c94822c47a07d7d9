"""`bringback doctor` beside a Slack that is there, that is down, and that grants too little."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.cli.doctor import examine
from bot.cli.world import Session, World
from bot.domain.checkup import Found, Health
from bot.domain.clock import SystemClock
from bot.slack.manifest import SCOPES
from bot.slack.seal import Seal
from bot.store.database import migrate, open_store
from bot.store.installations import Installation
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.many_workspaces import ACME, BETA, CLIENT_ID, CLIENT_SECRET, many_workspaces
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "password-of-the-database"
NOW = SystemClock().now()
MINUTES = timedelta(minutes=3)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_estate(tmp_path / "runbooks")
    (tmp_path / "state").mkdir(mode=0o700)
    return tmp_path


async def found(folder: Path, ahead: timedelta | None = None, **environment: str) -> dict[str, list[Found]]:
    places = {"STATE_DIR": str(folder / "state"), "RUNBOOKS_DIR": str(folder / "runbooks"), "PATH": "/bin"}
    world = World(
        environment={**places, **environment},
        clock=FixedClock(SystemClock().now() + ahead) if ahead else SystemClock(),
        login="riley",
    )
    by_subject: dict[str, list[Found]] = {}
    for one in await examine(Session(world)):
        by_subject.setdefault(one.about, []).append(one)
    return by_subject


def worst(found: list[Found]) -> Health:
    return max((one.state for one in found), key=list(Health).index)


async def test_a_slack_as_it_should_be_is_well_in_every_part(folder: Path) -> None:
    (folder / "runbooks/policy.yaml").write_text(POLICY)
    async with many_workspaces() as slack:
        slack.scopes = list(SCOPES)
        seen = await found(folder, SLACK_BOT_TOKEN=ACME.token, SLACK_SIGNING_SECRET="s", SLACK_API_URL=slack.url,
                           PUBLIC_URL="https://bot.example.org")  # fmt: skip
    assert {one.state for about in ("slack", "clock", "policy") for one in seen[about]} == {Health.OK}
    said = " ".join(one.what for one in seen["policy"])
    assert "Channel incidents is #incidents" in said
    assert "Riley (U1RESPONDER) is @riley.r" in said


async def test_missing_scopes_strangers_and_a_wrong_clock_are_faults_that_say_what_to_do(folder: Path) -> None:
    async with many_workspaces() as slack:
        seen = await found(
            folder, ahead=MINUTES, SLACK_BOT_TOKEN=ACME.token, SLACK_SIGNING_SECRET="s", SLACK_API_URL=slack.url
        )
    faults = [one for about in ("slack", "clock", "policy") for one in seen[about] if one.state is Health.FAULT]
    said = " ".join(one.what for one in faults)
    assert "Scopes are missing: app_mentions:read" in said
    assert "Alex (U2APPROVER) is not in this workspace: user_not_found" in said
    assert re.search(r"The clock is 1[78]\d s ahead of Slack.s\.", said)
    assert all(one.helps for one in faults)


async def test_with_slack_down_everything_else_is_told_and_what_was_not_seen_is_not_well(folder: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": NOWHERE}
    seen = await found(folder, None, **tokens)
    assert worst(seen["slack"]) is Health.FAULT
    assert "cannot be reached" in seen["slack"][0].what
    assert "1 channels and 2 people of the policy were not looked at." in {one.what for one in seen["policy"]}
    assert worst(seen["clock"]) is Health.UNKNOWN
    assert worst(seen["database"]) is Health.OK


async def test_a_revoked_token_is_a_fault(folder: Path) -> None:
    async with many_workspaces() as slack:
        seen = await found(folder, SLACK_BOT_TOKEN="xoxb-old", SLACK_SIGNING_SECRET="s", SLACK_API_URL=slack.url)
    assert "Slack refuses the bot's token: invalid_auth." in {one.what for one in seen["slack"]}


async def test_without_slack_the_clock_is_not_called_right(folder: Path) -> None:
    assert worst((await found(folder))["clock"]) is Health.UNKNOWN


async def test_a_database_is_new_then_old_then_up_to_date(folder: Path) -> None:
    assert "the first start makes it" in (await found(folder))["database"][0].what
    (folder / "state/bringback.sqlite3").touch()
    assert (await found(folder))["database"][0].state is Health.WARNING
    (folder / "state/bringback.sqlite3").unlink()
    await migrate(f"sqlite://{folder}/state/bringback.sqlite3")
    assert "up to date" in (await found(folder))["database"][0].what


async def test_a_server_that_does_not_answer_is_a_fault_without_its_password(folder: Path) -> None:
    url = f"postgres://bot:{SECRET}@127.0.0.1:9/bringback"
    seen = await found(folder, DATABASE_URL=url, ENGINE_DATABASE_URL=url)
    assert worst(seen["database"]) is worst(seen["engine"]) is Health.FAULT
    assert SECRET not in str(seen)


async def test_each_workspace_that_installed_the_app_is_looked_at(folder: Path) -> None:
    url = f"sqlite://{folder}/state/bringback.sqlite3"
    await migrate(url)
    async with open_store(url, SystemClock()) as store:
        for team, secret in ((ACME, CLIENT_SECRET), (BETA, "an older secret")):
            token = Seal(secret).close(team.token)
            await store.installations.keep(Installation(team.id, token, "B1", "U0", NOW, team.name))
    installs = {"SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET, "SLACK_TEAMS": "*"}
    async with many_workspaces() as slack:
        seen = await found(
            folder, None, SLACK_API_URL=slack.url, PUBLIC_URL="https://x", SLACK_APP_TOKEN="x", **installs
        )
    said = [one.what for one in seen["slack"]]
    assert "Acme (T1ACME): The bot is bringback in Acme." in said
    assert any(what.startswith("Beta (T2BETA): The token of a workspace cannot be read") for what in said)


async def test_over_http_slack_needs_an_address(folder: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": NOWHERE}
    assert any("PUBLIC_URL" in one.what for one in (await found(folder, None, **tokens))["slack"])
    assert not any(
        "PUBLIC_URL" in one.what for one in (await found(folder, None, PUBLIC_URL="https://x", **tokens))["slack"]
    )


POLICY = """people:
  - {id: U1RESPONDER, login: riley, name: Riley}
roles:
  responder: [U1RESPONDER]
channels:
  incidents: C1INCIDENTS
"""
