"""A backup entry's options, and the sources made from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.recovery_points import SourceFault
from bot.domain.runbook import Backup
from bot.sources.options import Options
from bot.sources.process import small_environment
from bot.sources.registry import TOOLS, Sources, make_source

ENVIRONMENT = {"ESTATE_DIR": "/estate", "SLACK_BOT_TOKEN": "xoxb-1", "PATH": "/bin", "RCLONE_X": "1"}


def options(**values: str) -> Options:
    return Options(Backup("rclone", "offsite", tuple(values.items())), ENVIRONMENT)


def test_variables_are_filled_in() -> None:
    assert options(config="${ESTATE_DIR}/etc/$$x").get("config") == "/estate/etc/$x"


def test_an_option_that_is_not_there_has_its_default() -> None:
    assert options().get("config", "none") == "none"


@pytest.mark.parametrize(
    ("value", "says"), [("$NOPE/x", "names NOPE, which is not set"), ("a$ b", "has a \\$ that starts no name")]
)
def test_a_variable_that_cannot_be_filled_in_is_named(value: str, says: str) -> None:
    with pytest.raises(SourceFault, match=says):
        options(config=value).get("config")


def test_a_missing_option_is_named_with_an_example() -> None:
    with pytest.raises(SourceFault, match="lacks the option “remote”") as caught:
        options().need("remote", "archive:orders")
    assert "{tool: rclone, remote: archive:orders}" in caught.value.helps


def test_an_option_cannot_pass_for_a_flag() -> None:
    with pytest.raises(SourceFault, match="begins with a dash"):
        options(remote="--config=/etc/passwd").need("remote", "archive:orders")


def test_a_tool_sees_only_what_it_needs() -> None:
    named = options(config="${ESTATE_DIR}/x", env="HOME, OTHER").variables()
    assert named == {"ESTATE_DIR", "HOME", "OTHER"}
    assert small_environment(ENVIRONMENT, named, ("RCLONE_",)) == {
        "ESTATE_DIR": "/estate",
        "PATH": "/bin",
        "RCLONE_X": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def test_every_tool_has_a_source() -> None:
    given = (("server", "orders"), ("remote", "a:b"), ("database", "/x.db"), ("path", "/backups"))
    assert [make_source(Backup(tool, "", given), {}).tool for tool in TOOLS] == list(TOOLS)


def test_an_unknown_tool_is_named_with_the_known_ones() -> None:
    with pytest.raises(SourceFault, match="“barmen” is no backup tool") as caught:
        make_source(Backup("barmen"), {})
    assert caught.value.helps == "Did you mean barman? Known: barman, files, litestream, rclone."
    with pytest.raises(SourceFault) as unlike:
        make_source(Backup("xyz"), {})
    assert unlike.value.helps == "Known: barman, files, litestream, rclone."


def test_each_entry_has_one_source() -> None:
    sources = Sources(ENVIRONMENT)
    one, other = (Backup("files", "", (("path", path),)) for path in ("/a", "/b"))
    assert sources(one) is sources(replace(one))
    assert sources(one) is not sources(other)
    with pytest.raises(SourceFault):
        sources(Backup("files"))
