"""Where the bot's token may go when a file is fetched."""

from __future__ import annotations

import pytest

from bot.slack.download import may_have_token

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.log", SLACK),
        ("https://files.slack-gov.com/files-pri/T1-F1/a.log", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8080/files/F1", "http://127.0.0.1:8080/api/"),
    ],
)
def test_the_workspaces_own_servers_are_given_the_token(url: str, api: str) -> None:
    assert may_have_token(url, api)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://files.slack.com/a",
        "https://files.slack.com.evil.example/a",
        "https://evilslack.com/a",
        "https://me@files.slack.com/a",
        "https://files.slack.com@evil.example/a",
        "file:///etc/passwd",
        "https://[::1/a",
        "http://127.0.0.1:9999/files/F1",
    ],
)
def test_nobody_else_is(url: str) -> None:
    assert not may_have_token(url, SLACK)
    assert not may_have_token(url, "http://127.0.0.1:8080/api/")
