"""`./run demo`: the commands of the demo estate."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.demo import client
from bot.demo.bot_settings import bot_exports
from bot.demo.breakage import MEANING, possible
from bot.demo.environment import default_state
from bot.demo.errors import DemoError
from bot.demo.experience import live_through
from bot.demo.layout import Layout
from bot.demo.lifecycle import bring_up, is_up, standings, take_down
from bot.demo.record import read_record
from bot.demo.stage import Stage, Wire
from bot.demo.story import Script, story_layout, tell_story
from bot.demo.verify import verify_all

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
State = Annotated[Path | None, typer.Option("--state", help="The folder of this estate; .state/demo when left out.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def _layout(state: Path | None) -> Layout:
    return Layout((state or default_state()).absolute())


@app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    state: State = None,
    *,
    story: Annotated[bool, typer.Option("--story", help="Play an outage without a person, and end.")] = False,
    http: Annotated[bool, typer.Option("--http", help="With --story: over HTTP, signed, instead of sockets.")] = False,
    slack_down: Annotated[
        bool, typer.Option("--slack-down", help="With --story: Slack is down for two minutes in the middle of it.")
    ] = False,
    outage: Annotated[float, typer.Option(help="With --slack-down: for so many seconds.", min=1)] = 120.0,
    story_json: Annotated[Path | None, typer.Option("--json", help="With --story: write what happened here.")] = None,
) -> None:
    """A running estate of eight real systems, the bot and its chat page, in the foreground until Ctrl-C.

    With a command, only that: the estate alone, how it stands, or something to break.
    """
    if context.invoked_subcommand is not None:
        if state or story or story_json or http or slack_down:
            verb = context.invoked_subcommand
            raise typer.BadParameter(f"Options of `{verb}` come after it: ./run demo {verb} ... --state DIR.")
        return
    if (http or slack_down or story_json) and not story:
        raise typer.BadParameter("--http, --slack-down and --json go with --story.")
    if story:
        script = Script(Wire.HTTP if http else Wire.SOCKETS, outage if slack_down else 0.0)
        _play(state, script, story_json)
    else:
        asyncio.run(live_through(_layout(state), typer.echo))


def _play(state: Path | None, script: Script, story_json: Path | None) -> None:
    """Play the story on an estate of its own, unless one is named."""
    layout = story_layout(state)
    story = asyncio.run(tell_story(layout, script, typer.echo))
    if story_json:
        story_json.parent.mkdir(parents=True, exist_ok=True)
        story_json.write_text(json.dumps(story.as_json(), indent=2) + "\n", encoding="utf-8")
    if story.passed and state is None:
        shutil.rmtree(layout.state, ignore_errors=True)
    elif not story.passed:
        typer.echo(f"Logs and state stay in {layout.state}.")
    typer.echo("PASSED" if story.passed else "FAILED")
    raise typer.Exit(0 if story.passed else 1)


@app.command()
def env(state: State = None) -> None:
    """Print the settings with which `./run bot` works on this estate, for `eval "$(./run demo env)"`."""
    typer.echo(bot_exports(_layout(state)), nl=False)


@app.command()
def link(state: State = None) -> None:
    """Print a fresh link that signs in to the page, once."""
    typer.echo(asyncio.run(Stage(_layout(state)).login_url()))


@app.command()
def up(state: State = None) -> None:
    """Start the eight systems and their backups."""
    layout = _layout(state)
    asyncio.run(bring_up(layout))
    typer.echo(f"The estate is up in {layout.state}. Its systems: `./run demo status`.")


@app.command()
def down(state: State = None) -> None:
    """End what was started here, and nothing else. The data stays."""
    layout = _layout(state)
    ended = asyncio.run(take_down(layout))
    typer.echo(f"Ended: {', '.join(ended)}." if ended else f"Nothing ran in {layout.state}.")


@app.command()
def status(state: State = None, *, as_json: Json = False) -> None:
    """Show how each system stands. Exit code 1 when the estate is down."""
    layout = _layout(state)
    record = read_record(layout.record)
    rows = standings(layout, record)
    if as_json:
        document = {"up": is_up(record), "estate_dir": str(layout.estate), "systems": [asdict(row) for row in rows]}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"The estate in {layout.state} is {'up' if is_up(record) else 'down'}. ESTATE_DIR={layout.estate}")
        for row in rows:
            broken = f"  broken: {', '.join(row.breakages)}" if row.breakages else ""
            after = f"after {', '.join(row.depends_on)}" if row.depends_on else ""
            typer.echo(f"  {row.system:10} {row.state:22} port {row.port}  {after}{broken}")
    if not is_up(record):
        raise typer.Exit(1)


def _ways_to_break() -> str:
    every = possible()["gone"]
    lines = [
        f"{mode}: {MEANING[mode]}. {'Every system' if systems == every else ', '.join(systems)}."
        for mode, systems in possible().items()
    ]
    return "\n\n".join(["Break SYSTEM for real, in one of these ways. `mend` undoes them.", *lines])


@app.command("break", help=_ways_to_break())
def break_system(mode: str, system: str, state: State = None) -> None:
    """Breaks a system in one of the ways of `possible`."""
    typer.echo(client.request(_layout(state), "break", mode=mode, system=system))


@app.command()
def mend(state: State = None) -> None:
    """Undo what `break` did, as far as it can be undone: the backups are good again."""
    typer.echo(client.request(_layout(state), "mend"))


@app.command()
def verify(state: State = None, *, as_json: Json = False) -> None:
    """Ask every live system for its newest canary and compare with the recorded truth. Exit code 1 when any is off."""
    findings = asyncio.run(verify_all(_layout(state)))
    if as_json:
        typer.echo(json.dumps([finding.as_json() for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"  {finding.system:10} {'agrees' if finding.agrees else 'OFF':7} {finding.detail}")
    if not all(finding.agrees for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """Runs the command line; what goes wrong is said in one sentence."""
    try:
        app()
    except DemoError as failure:
        typer.echo(f"demo: {failure}", err=True)
        sys.exit(1)
