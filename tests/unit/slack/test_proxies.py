"""Slack is reached through the proxy that the environment names, and this machine never is."""

from __future__ import annotations

import pytest

from bot.slack.proxies import proxies_from

PROXY = "http://proxy.example.org:3128"
SLACK = "https://slack.com/api/"


@pytest.mark.parametrize("url", [SLACK, "wss://wss-primary.slack.com/link?ticket=1"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])
def test_slack_is_called_and_connected_to_through_the_proxy(name: str, url: str) -> None:
    assert proxies_from({name: PROXY}).of(url) == PROXY


@pytest.mark.parametrize("url", ["http://127.0.0.1:8081/api/", "http://localhost:1/", "ws://[::1]:9/link"])
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    assert proxies_from({"HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY}).of(url) is None


@pytest.mark.parametrize("never", ["slack.com", ".slack.com", "*", "example.org, slack.com:443", "*.com"])
def test_no_proxy_keeps_slack_from_the_proxy(never: str) -> None:
    assert proxies_from({"HTTPS_PROXY": PROXY, "NO_PROXY": never}).of("https://wss.slack.com/x") is None


@pytest.mark.parametrize("never", ["", "lack.com", "slack.com.example.org", "slack.com:8443", "10.0.0.0/8"])
def test_no_proxy_of_others_changes_nothing(never: str) -> None:
    assert proxies_from({"HTTPS_PROXY": PROXY, "no_proxy": never}).of(SLACK) == PROXY


def test_no_proxy_may_name_a_network() -> None:
    proxies = proxies_from({"HTTP_PROXY": "proxy:3128", "NO_PROXY": "10.0.0.0/8"})
    assert proxies.of("http://10.1.2.3/api/") is None
    assert proxies.of("http://11.1.2.3/api/") == "http://proxy:3128"


def test_without_a_proxy_there_is_none() -> None:
    assert proxies_from({}).of(SLACK) is None
