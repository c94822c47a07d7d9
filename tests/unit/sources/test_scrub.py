"""No secret leaves with what tools say."""

from __future__ import annotations

import pytest

from bot.sources.scrub import scrub, secrets_in

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"ssh://bob:{SECRET}@backup.example/repo is gone",
        f"Propfind https://u:{SECRET}@127.0.0.1:8080/: refused",
        f"conninfo: host=db password={SECRET} dbname=orders",
        f"password = '{SECRET} and more'",
        f"--s3-secret-access-key={SECRET}",
        f"store,url=http://x,pass={SECRET}: failed",
        f"GET /a?X-Amz-Signature={SECRET}&x=1",
        f"Authorization: Basic {SECRET}",
        f'{{"secret_key": "{SECRET}"}}',
        f"RESTIC_PASSWORD={SECRET}",
    ],
)
def test_a_secret_in_a_tools_words_is_hidden(text: str) -> None:
    assert SECRET not in scrub(text)


def test_a_known_secret_is_hidden_wherever_it_stands() -> None:
    secrets = secrets_in({"RCLONE_CONFIG_STORE_PASS": SECRET, "HOME": "/root", "API_TOKEN": "abc"})
    assert scrub(f"odd:{SECRET}/abc in /root", secrets) == "odd:***/abc in /root"


def test_innocent_words_stay() -> None:
    text = 'Propfind "http://127.0.0.1:18998/": dial tcp 127.0.0.1:18998: connect: connection refused'
    assert scrub(text) == text
