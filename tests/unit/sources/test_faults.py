"""Faults are read from the tools' own words, as recorded from real runs."""

from __future__ import annotations

import errno

import pytest

from bot.domain.recovery_points import FaultKind
from bot.sources.faults import fault_of, os_fault, unreadable
from bot.sources.process import Outcome

RECORDED = [
    (
        'couldn\'t list files: Propfind "http://127.0.0.1:1/": dial tcp 127.0.0.1:1: connect: connection refused',
        FaultKind.UNREACHABLE,
    ),
    (
        'Propfind "http://no.such.host.invalid/": dial tcp: lookup no.such.host.invalid on 10.0.0.1:53: no such host',
        FaultKind.UNREACHABLE,
    ),
    ("ERROR : error listing: couldn't list files: 401 Unauthorized: 401 Unauthorized", FaultKind.AUTH),
    ("couldn't decrypt password: base64 decode failed when revealing password - is it obscured?", FaultKind.AUTH),
    (
        'CRITICAL: Failed to create file system for "store:": didn\'t find section in config file',
        FaultKind.MISSING_REPOSITORY,
    ),
    ("ERROR : error listing: directory not found", FaultKind.MISSING_REPOSITORY),
    ('Failed to load config file "/x/broken.conf": could not parse line: [store', FaultKind.CORRUPT),
    ("Configuration file '/nope.conf' does not exist", FaultKind.MISSING_REPOSITORY),
    ("Unknown server 'nosuch'", FaultKind.MISSING_REPOSITORY),
    ("barman.exceptions.LockFilePermissionDenied: /srv/barman/.orders-archive-wal.lock", FaultKind.PERMISSION),
    ("Error: open /srv/rep/ltx/0: permission denied", FaultKind.PERMISSION),
    ("Error: config file not found: /etc/litestream.yml", FaultKind.MISSING_REPOSITORY),
    ("Error: database not found in config: /srv/x.db", FaultKind.MISSING_REPOSITORY),
    ("Get https://s3/: net/http: TLS handshake i/o timeout", FaultKind.TIMEOUT),
    ("ERROR: Another action is in progress for the server orders.", FaultKind.LOCKED),
    ("Error: something nobody has seen", FaultKind.UNKNOWN),
    ("", FaultKind.UNKNOWN),
]


@pytest.mark.parametrize(("said", "kind"), RECORDED)
def test_what_a_tool_printed_tells_the_kind_of_fault(said: str, kind: FaultKind) -> None:
    fault = fault_of("rclone store:", Outcome(1, "", said))
    assert fault.kind is kind
    assert fault.what.startswith("rclone store: ")
    assert fault.helps


def test_the_sentence_holds_the_words_that_tell_and_no_more() -> None:
    fault = fault_of("rclone store:", Outcome(1, "[\n", "2026/11/22 ERROR : couldn't list files: 401 Unauthorized: x"))
    assert fault.what == "rclone store: asks for a password, or refuses ours (401 Unauthorized)."


def test_only_what_may_pass_by_itself_is_worth_a_retry() -> None:
    assert fault_of("x", Outcome(1, "", "connection refused")).retryable
    assert not fault_of("x", Outcome(1, "", "401 Unauthorized")).retryable


def test_unknown_words_are_cut_and_cleaned_of_secrets() -> None:
    fault = fault_of("rclone a:b", Outcome(7, "", "odd\n" + "y" * 300 + " pass=hunter2"), secrets=["yyyyyyyy"])
    assert fault.what.startswith("rclone a:b failed with exit code 7: ***")
    assert "hunter2" not in fault.what
    assert len(fault.what) < 220


def test_a_secret_in_the_address_is_hidden() -> None:
    assert "hunter2" not in fault_of(":webdav,pass=hunter2:", Outcome(1, "", "x")).what


def test_an_unreadable_answer_is_corrupt() -> None:
    assert unreadable("barman server orders", "no JSON").kind is FaultKind.CORRUPT


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOENT, FaultKind.MISSING_REPOSITORY),
        (errno.ENOTDIR, FaultKind.MISSING_REPOSITORY),
        (errno.EACCES, FaultKind.PERMISSION),
        (errno.EIO, FaultKind.UNKNOWN),
    ],
)
def test_the_operating_systems_refusals_are_told_apart(number: int, kind: FaultKind) -> None:
    assert os_fault("/backups", OSError(number, "said so")).kind is kind
