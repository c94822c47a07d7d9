"""Both ways of calling an operation keep one contract: in this process, and over the control socket."""

from __future__ import annotations

import os
import stat
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import pytest

from bot.domain.errors import (
    AlreadyDone,
    BringbackError,
    Conflict,
    NotAllowed,
    NotHolder,
    RunbookError,
    SettingsError,
    UnknownName,
)
from bot.domain.events import Actor, Source
from bot.domain.policy import Person, Policy
from bot.domain.recovery_points import FaultKind, SourceFault
from bot.domain.recovery_state import Choice
from bot.domain.runbook import Fault
from bot.web.control import ControlServer
from bot.web.control_client import SocketVerbs
from bot.web.control_errors import BotGone, error_from_plain, error_to_plain
from bot.web.control_socket import login_of_uid, short_path, somebody_listens
from bot.web.control_table import OPERATIONS
from bot.web.control_verbs import DirectVerbs, Verbs, verbs_by_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.operations.desk import Desk

AT = datetime(2026, 11, 22, 3, 14, 5, tzinfo=UTC)
ME = login_of_uid(os.getuid())


@dataclass
class FakeDesk:
    """A desk with people and a notebook."""

    policy: Policy = field(default_factory=lambda: Policy(people=(Person("U1", ME, "Ada"),)))
    notebook: list[tuple[str, str, Actor]] = field(default_factory=list)


async def note(desk: Desk, text: str, actor: Actor, step: str = "") -> list[str]:
    notebook = cast("FakeDesk", desk).notebook
    notebook.append((text, step, actor))
    return [text for text, _, _ in notebook]


async def later(_desk: Desk, at: datetime, by: timedelta, *, choice: Choice | None = None) -> dict[str, datetime]:
    assert isinstance(at, datetime)
    return {"none" if choice is None else choice.name: at + by}


async def refuse(_desk: Desk, kind: str) -> None:
    raise REFUSALS[kind]


async def stumble(_desk: Desk) -> None:
    raise ZeroDivisionError


async def secret(_desk: Desk) -> str:
    return "not in the table"


REFUSALS: dict[str, BringbackError] = {
    "UnknownName": UnknownName("system", "ordrs-db", ["orders-db"]),
    "AlreadyDone": AlreadyDone("“Stop the writers”", "Bob", AT),
    "NotAllowed": NotAllowed("Ada may not do that.", "Ask Bob."),
    "Conflict": Conflict("R-1 has moved on."),
    "RunbookError": RunbookError([Fault("runbooks/api.md", 7, "there is a circle.", "Break it.")]),
    "SettingsError": SettingsError(["PORT is “http”."]),
    "SourceFault": SourceFault(FaultKind.LOCKED, "The repository is locked."),
}
TABLE = verbs_by_name([note, later, refuse, stumble])


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def server(desk: FakeDesk, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "bot.sock"
    control = ControlServer(cast("Desk", desk), path, TABLE)
    await control.start()
    yield path
    await control.stop()
    assert not path.exists()


@pytest.fixture(params=["direct", "socket"])
async def verbs(request: pytest.FixtureRequest, desk: FakeDesk, server: Path) -> AsyncIterator[Verbs]:
    async with AsyncExitStack() as stack:
        if request.param == "direct":
            yield DirectVerbs(cast("Desk", desk), ME)
        else:
            yield await stack.enter_async_context(SocketVerbs(server, TABLE))


async def test_an_operation_gives_what_it_gives(verbs: Verbs) -> None:
    await verbs(note, "hello", await verbs.whoami())
    assert await verbs(note, "again", await verbs.whoami(), step="stop") == ["hello", "again"]


async def test_values_keep_their_types(verbs: Verbs) -> None:
    assert await verbs(later, AT, timedelta(minutes=5)) == {"none": AT + timedelta(minutes=5)}
    assert await verbs(later, AT, timedelta(), choice=Choice.GIVE_UP) == {"GIVE_UP": AT}


async def test_the_caller_is_the_person_with_this_login(verbs: Verbs) -> None:
    assert await verbs.whoami() == Actor("U1", "Ada", Source.TERMINAL)


@pytest.mark.parametrize("kind", sorted(REFUSALS))
async def test_an_error_arrives_as_the_kind_it_is(verbs: Verbs, kind: str) -> None:
    with pytest.raises(type(REFUSALS[kind])) as caught:
        await verbs(refuse, kind)
    expected = REFUSALS[kind]
    assert (caught.value.what, caught.value.helps, vars(caught.value)) == (
        expected.what,
        expected.helps,
        vars(expected),
    )


async def test_a_login_that_the_policy_does_not_name_is_told_how_to_be_added(verbs: Verbs, desk: FakeDesk) -> None:
    desk.policy = Policy(people=(Person("U2", "bob", "Bob"),))
    with pytest.raises(NotAllowed, match=f"names nobody with the login “{ME}”") as caught:
        await verbs.whoami()
    assert "It names the logins bob." in caught.value.helps
    assert f"login: {ME}" in caught.value.helps


async def test_a_star_is_the_login_of_everybody_else(verbs: Verbs, desk: FakeDesk) -> None:
    desk.policy = Policy(people=(Person("U2", "*", "Anybody"), Person("U3", "bob", "Bob")))
    assert (await verbs.whoami()).id == "U2"


async def test_a_star_stands_back_behind_the_login_itself(verbs: Verbs, desk: FakeDesk) -> None:
    desk.policy = Policy(people=(Person("U2", "*", "Anybody"), Person("U1", ME, "Ada")))
    assert (await verbs.whoami()).id == "U1"


async def test_an_actor_that_the_caller_claims_to_be_counts_for_nothing(server: Path, desk: FakeDesk) -> None:
    async with SocketVerbs(server, TABLE) as verbs:
        await verbs(note, "hello", Actor("U9", "Mallory", Source.TERMINAL))
    assert desk.notebook[0][2].id == "U1"


async def test_an_actor_that_is_sent_by_hand_counts_for_nothing(server: Path, desk: FakeDesk) -> None:
    await post(server, "note", {"text": "hello", "actor": {"id": "U9", "name": "Mallory", "via": "slack"}})
    assert desk.notebook[0][2] == Actor("U1", "Ada", Source.TERMINAL)


async def post(path: Path, verb: str, body: Any) -> Any:
    with short_path(path) as address:
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(address)) as session,
            session.post(f"http://bot/verbs/{verb}", json=body) as response,
        ):
            return (await response.json())["error"]["what"] if response.status == 409 else None


async def test_what_is_not_in_the_table_cannot_be_called(server: Path) -> None:
    assert await post(server, "secret", {}) == "This bot knows no verb of that name."


@pytest.mark.parametrize("body", [{"at": "yesterday", "by": "PT5M"}, [1], {}, {"at": None, "by": None}])
async def test_arguments_that_do_not_fit_are_refused_in_words(server: Path, body: Any) -> None:
    assert "cannot read what later was given" in str(await post(server, "later", body))


async def test_only_the_owner_may_open_the_socket(server: Path) -> None:
    assert stat.S_IMODE(os.stat(server).st_mode) == 0o600  # noqa: PTH116 - a file of our own


async def test_a_socket_that_a_dead_process_left_is_replaced(desk: FakeDesk, tmp_path: Path) -> None:
    path = tmp_path / "bot.sock"
    path.touch()
    assert not somebody_listens(path)
    control = ControlServer(cast("Desk", desk), path, TABLE)
    await control.start()
    assert somebody_listens(path)
    await control.stop()


async def test_a_folder_deeper_than_a_sockets_address_works(desk: FakeDesk, tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 20) / ("deeper" * 20) / "bot.sock"
    path.parent.mkdir(parents=True)
    control = ControlServer(cast("Desk", desk), path, TABLE)
    await control.start()
    async with SocketVerbs(path, TABLE) as verbs:
        assert (await verbs.whoami()).id == "U1"
    await control.stop()


def test_nobody_listens_where_there_is_no_folder(tmp_path: Path) -> None:
    assert not somebody_listens(tmp_path / "missing" / "bot.sock")


async def test_a_bot_that_goes_away_is_told_in_words(desk: FakeDesk, tmp_path: Path) -> None:
    control = ControlServer(cast("Desk", desk), tmp_path / "bot.sock", TABLE)
    await control.start()
    async with SocketVerbs(tmp_path / "bot.sock", TABLE) as verbs:
        await control.stop()
        with pytest.raises(BotGone, match="stopped answering"):
            await verbs.whoami()


@pytest.mark.skipif(os.getuid() == 0, reason="root may open every socket")
async def test_a_socket_of_another_login_is_told_in_words(server: Path) -> None:
    os.chmod(server, 0)  # noqa: PTH101 - a file of our own
    with pytest.raises(NotHolder, match="takes calls from no other login"):
        somebody_listens(server)


async def test_a_fault_of_the_bot_itself_is_told_in_words(server: Path) -> None:
    async with SocketVerbs(server, TABLE) as verbs:
        with pytest.raises(BringbackError, match="The bot failed at /verbs/stumble"):
            await verbs(stumble)


def test_a_kind_of_error_that_is_not_known_here_is_still_an_error() -> None:
    error = error_from_plain({"kind": "FromTheFuture", "what": "It happened.", "helps": "", "kept": {}})
    assert type(error) is BringbackError
    assert error_to_plain(error)["what"] == "It happened."


def test_a_user_id_without_a_login_is_named_by_its_number() -> None:
    assert login_of_uid(3_999_999_999) == "uid 3999999999"


def test_every_operation_of_the_table_can_be_sent() -> None:
    table = verbs_by_name(OPERATIONS)
    assert len(table) == len(OPERATIONS)
    assert all(verb.gives is not Any for verb in table.values())
