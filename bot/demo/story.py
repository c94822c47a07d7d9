"""The story: an outage lived through from start to end without a person, through the same wire that people use.

Estate up, backups, freshness; storage, orders-db and api are lost; a responder asks for the restore in the chat, a
second person approves it, human steps are answered by buttons, the bot is killed in the middle and started again;
every system is held against its recorded truth, and the review is read. On request over HTTP instead of sockets, or
with Slack itself down for a while in the middle of it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.console.client import ClientError, sign_in
from bot.demo.bot_terminal import Terminal
from bot.demo.client import request
from bot.demo.clock import utc_now
from bot.demo.environment import project_folder
from bot.demo.errors import DemoError
from bot.demo.layout import Layout
from bot.demo.lifecycle import bring_up, take_down
from bot.demo.stage import Stage, Wire
from bot.demo.story_checks import off_in
from bot.demo.story_messages import untrue_messages
from bot.demo.story_outage import Outage, SlackOutage
from bot.demo.story_people import Cast, answer_until_review, ask_freshness, ask_restore, review_of, text_of
from bot.demo.verify import verify_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

LOST = ("storage", "orders-db", "api")
PLAN = "full-site"
KILL_DURING = ("orders-db", "restore")
"""The bot is killed while this step of this system runs."""
SLACK_GOES_DURING = ("storage", "restore")
"""Slack goes down while this step of this system runs, if it is to."""

RECOVERY_SECONDS = 150.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Script:
    """How the story is played: over which wire, and for how long Slack is down in the middle of it (0: never)."""

    wire: Wire = Wire.SOCKETS
    slack_down_seconds: float = 0.0


@dataclass(slots=True)
class Story:
    """What happened, as `--json` tells it."""

    wire: str = Wire.SOCKETS.value
    recovery: str = ""
    outcome: str = ""
    outage_started_at: str = ""
    rta_seconds: float | None = None
    rpa_seconds: float | None = None
    systems: list[dict[str, Any]] = field(default_factory=list)
    documented_order: list[str] = field(default_factory=list)
    actual_order: list[str] = field(default_factory=list)
    kills: list[dict[str, Any]] = field(default_factory=list)
    freshness: list[dict[str, Any]] = field(default_factory=list)
    verified_against_truth: dict[str, str] = field(default_factory=dict)
    ledger_head: str = ""
    slack_outage: Outage | None = None
    console: dict[str, Any] = field(default_factory=dict)
    off: list[str] = field(default_factory=list)
    passed: bool = False

    def as_json(self) -> dict[str, Any]:
        """The story as JSON-able values."""
        return asdict(self)


class Teller:
    """Plays the story on one estate and writes the transcript."""

    def __init__(self, layout: Layout, script: Script, say: Callable[[str], None]) -> None:
        self._layout = layout
        self._script = script
        self._out = say
        self._stage = Stage(layout, script.wire)
        self._terminal = Terminal(layout)
        self._story = Story(script.wire.value)
        self._began = asyncio.get_running_loop().time()

    async def tell(self) -> Story:
        """From nothing to the review, and down again. What keeps it from going on stands in `off`."""
        try:
            await self._raise_curtain()
            async with sign_in(await self._stage.login_url()) as people:
                cast = Cast(people.person("responder"), people.person("approver"))
                await self._play(cast)
        except (DemoError, ClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
            self._story.off.append(f"the story could not go on: {str(error) or type(error).__name__}")
            self._say("OFF", self._story.off[-1])
        finally:
            await self._stage.finish()
            await take_down(self._layout)
        return self._story

    async def _raise_curtain(self) -> None:
        self._say("ESTATE", "bringing eight systems up, with their first backups")
        await bring_up(self._layout)
        await self._stage.start_console()
        pid = await self._stage.start_bot()
        self._say("BOT", f"listening, process {pid}")

    async def _play(self, cast: Cast) -> None:
        self._story.freshness = await ask_freshness(cast, self._freshness)
        for answer in self._story.freshness:
            self._say("FRESH", f"{answer['system']}: {answer['state']}, {answer['effective_age_seconds']:.0f} s old")
        for system in LOST:
            said = await asyncio.to_thread(request, self._layout, "break", mode="gone", system=system)
            self._say("OUTAGE", said)
        self._story.recovery = await ask_restore(cast, PLAN, self._say)
        async with self._beside(cast) as besides:
            try:
                async with asyncio.timeout(RECOVERY_SECONDS + self._script.slack_down_seconds):
                    posted = await answer_until_review(cast, self._story.recovery, self._say)
                    await asyncio.gather(*besides)
            except TimeoutError:
                raise DemoError(f"{self._story.recovery} had not ended in time.") from None
        posted = await review_of(cast, self._story.recovery) or posted
        await self._read_review(posted)
        await self._hold_against_truth()
        await self._judge(await untrue_messages(cast, self._story.recovery, self._story.outcome))

    @asynccontextmanager
    async def _beside(self, cast: Cast) -> AsyncIterator[list[asyncio.Task[None]]]:
        """What befalls the recovery while people work on it; ended with the block."""
        befalls: list[Awaitable[None]] = [self._kill_in_the_middle()]
        if self._script.slack_down_seconds:
            befalls.append(self._take_slack_down(cast))
        tasks = [asyncio.ensure_future(each) for each in befalls]
        try:
            yield tasks
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_slack_down(self, cast: Cast) -> None:
        await self._until_begun(*SLACK_GOES_DURING)
        outage = SlackOutage(cast, self._terminal, self._script.slack_down_seconds, self._say)
        self._story.slack_outage = outage.happened
        await outage.live_through(self._story.recovery)

    async def _until_begun(self, system: str, step: str) -> None:
        began = f"{self._story.recovery}*/{system}/{step}-1/began"
        attempts = self._layout.bot / "attempts"
        while not any(attempts.glob(began)):  # noqa: ASYNC110 - another process makes the file; a small folder
            await asyncio.sleep(POLL_SECONDS)

    async def _kill_in_the_middle(self) -> None:
        system, step = KILL_DURING
        await self._until_begun(system, step)
        pid = await self._stage.kill_bot()
        at = utc_now()
        self._say("KILL", f"the bot, process {pid}, while it runs “{step}” of {system}")
        started = await self._stage.start_bot()
        self._story.kills.append(
            {
                "signal": "SIGKILL",
                "at": at.isoformat(),
                "during": f"{system}/{step}",
                "again_after_seconds": (utc_now() - at).total_seconds(),
            }
        )
        self._say("BOT", f"started again, process {started}: it goes on where it was")

    async def _freshness(self) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = await self._terminal.read("freshness", "--json")
        return answers

    async def _read_review(self, posted: dict[str, Any]) -> None:
        self._say("REVIEW", text_of(posted))
        review = await self._terminal.read("review", self._story.recovery, "--json")
        self._story.outcome = review["outcome"]
        self._story.outage_started_at = review["outage_started_at"]
        self._story.rta_seconds = review["rta_seconds"]
        self._story.rpa_seconds = review["rpa_seconds"]
        self._story.systems = review["systems"]
        self._story.documented_order = review["documented_order"]
        self._story.actual_order = review["actual_order"]
        self._story.ledger_head = review["ledger_head"]

    async def _hold_against_truth(self) -> None:
        for finding in await verify_all(self._layout):
            self._story.verified_against_truth[finding.system] = "agrees" if finding.agrees else finding.detail
            self._say("TRUTH", f"{finding.system}: {self._story.verified_against_truth[finding.system]}")

    async def _judge(self, untrue: list[str]) -> None:
        check = await self._terminal.read("ledger", "verify", "--head", self._story.ledger_head, "--json")
        self._story.console = await self._stage.figures()
        self._story.off = [*off_in(self._story), *untrue, *check["faults"]]
        self._story.passed = not self._story.off
        self._say("LEDGER", f"{check['entries']} entries, sound" if not check["faults"] else str(check["faults"]))
        for each in self._story.off:
            self._say("OFF", each)

    def _say(self, what: str, text: str) -> None:
        seconds = asyncio.get_running_loop().time() - self._began
        first, *rest = text.splitlines() or [""]
        self._out(f"{seconds:6.1f} s  {what:<8} {first}")
        for line in rest:
            self._out(f"{'':18} {line}")


def story_layout(state: Path | None) -> Layout:
    """The named folder, or a fresh one of its own: two stories may be told at once."""
    if state is not None:
        return Layout(state.absolute())
    base = project_folder() / ".state"
    base.mkdir(exist_ok=True)
    return Layout(Path(mkdtemp(prefix="story-", dir=base)))


async def tell_story(layout: Layout, script: Script, say: Callable[[str], None]) -> Story:
    """Play the story; what keeps it from going on stands in its `off`."""
    return await Teller(layout, script, say).tell()
