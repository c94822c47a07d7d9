"""From the steps of runbooks to what runs or asks at once: planned steps, those of opened runbooks among them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.comments import without_comments
from bot.domain.frozen_plan import Mode, OnFail, PlannedStep
from bot.domain.opening import DEEPEST, opened_by, same_heading
from bot.domain.runbook import Runbook, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.runbook import Command

MOST_OPENED = 2000
"""Planned steps after which no further runbook is opened: some open each other in ways that multiply."""

GOTO = "goto:"

_SEPARATE = frozenset({StepKind.COMMAND, StepKind.CHECK, StepKind.MANUAL})
"""Kinds that are something to do: each command of theirs that is shown is asked on its own."""

_OUTPUT = re.compile(
    r"\b(?:output|result|returns?|prints?|printed|response|example|sample|similar to|looks? like|look something like"
    r"|should (?:see|show|be)|will (?:see|show)|you see|displays?)\b",
    re.IGNORECASE,
)
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class _Level:
    """Where in nested runbooks a step is planned. `number` tells two walks of one runbook apart."""

    book: Runbook
    number: int = 0
    prefix: str = ""
    within: tuple[str, ...] = ()
    stack: tuple[str, ...] = ()
    shown_only: str = ""  # why no command of it runs


@dataclass(slots=True)
class _Plan:
    """Planned steps as they come, and where each author's step begins."""

    mode: Mode
    books: Mapping[str, Runbook]
    speaks: bool = False  # a drill with no scratch target: people say what they would do, and nothing runs
    steps: list[PlannedStep] = field(default_factory=list)
    begins: dict[tuple[int, str], int] = field(default_factory=dict)  # (level, step id) to an index into `steps`
    wants: list[tuple[int, Step]] = field(default_factory=list)  # for each of `steps`: its level, its author's step
    levels: list[_Level] = field(default_factory=list)  # by their numbers
    places: int = 0


def plan_steps(
    steps: Sequence[Step],
    mode: Mode,
    book: Runbook | None = None,
    books: Mapping[str, Runbook] | None = None,
    *,
    speaks: bool = False,
) -> tuple[PlannedStep, ...]:
    """The steps of a runbook as they run or ask, with those of the runbooks that they open in their places.

    Each command that runs is a planned step, and so is each that a person runs; all else is one as a whole. `books`:
    the runbooks that can be opened. `speaks`: people only say what they would do, but for what is `in_drill: do`.
    """
    level = _Level(book or Runbook("", "", "", tuple(steps)))
    plan = _Plan(mode, books or {}, speaks)
    _enter(plan, level, steps)
    return _with_ways_out(plan, in_place(plan.steps))


def in_place(steps: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
    """The steps with their positions, and no id twice."""
    placed: list[PlannedStep] = []
    taken: set[str] = set()
    for place, step in enumerate(steps, start=1):
        name, count = step.id, 1
        while name in taken:
            count += 1
            name = f"{step.id}-{count}"
        taken.add(name)
        placed.append(replace(step, id=name, position=place))
    return tuple(placed)


def _enter(plan: _Plan, level: _Level, steps: Sequence[Step], said: str = "") -> None:
    """Plan the steps of one level. `said`: what introduces the first of them, as "Before you start" does."""
    level = replace(level, number=len(plan.levels))
    plan.levels.append(level)
    said = _joined(said, level.book.before_you_start)
    for step in steps:
        plan.begins.setdefault((level.number, step.id), len(plan.steps))
        opened = opened_by(step, level.book, plan.books)
        if opened and _may_open(plan, level, opened[0].name):
            _enter(plan, _inside(level, opened[0]), opened[1], _joined(said, step.context, _own_words(step)))
        else:
            _add(plan, level, replace(step, context=_joined(said, level.shown_only, step.context)))
        said = ""


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _may_open(plan: _Plan, level: _Level, name: str) -> bool:
    around = {level.book.name, *level.stack}
    return name not in around and len(around) <= DEEPEST and len(plan.steps) < MOST_OPENED


def _inside(level: _Level, book: Runbook) -> _Level:
    declares = book.system.name if book.system else book.plan.name if book.plan else ""
    why = (
        f"{book.title} restores {declares}: its recovery point and target are chosen where {declares} is restored. "
        "Its commands are shown here, and not run."
    )
    return _Level(
        book=book,
        prefix=f"{level.prefix}{book.name}/",
        within=(*level.within, book.title),
        stack=(*level.stack, level.book.name),
        shown_only=why if declares else level.shown_only,
    )


def _own_words(step: Step) -> str:
    """What a step says beside opening its runbook."""
    text = without_comments(step.text).strip()
    return "" if ".md" in text and "\n" not in text else text


def _add(plan: _Plan, level: _Level, step: Step) -> None:
    plan.places += 1
    if level.shown_only:
        # Its checks look at what it restores itself, not at what is restored here.
        kind = StepKind.MANUAL if step.kind is StepKind.CHECK else step.kind
        step = replace(step, kind=kind, commands=tuple(replace(one, runs=False) for one in step.commands))
    speaks = plan.speaks and step.in_drill != "do"
    if speaks:
        step = replace(step, commands=tuple(replace(one, runs=False) for one in step.commands))
    for planned in _plan_step(step, plan.mode, speaks=speaks):
        plan.steps.append(replace(planned, id=f"{level.prefix}{planned.id}", within=level.within, place=plan.places))
        plan.wants.append((level.number, step))


def _plan_step(step: Step, mode: Mode, *, speaks: bool) -> list[PlannedStep]:
    said_only = mode is Mode.DRILL and step.kind is StepKind.MANUAL and step.in_drill != "do"
    simulated = said_only or (speaks and step.kind in _SEPARATE)
    whole = PlannedStep(
        id=step.id,
        position=0,
        title=step.title,
        kind=step.kind,
        digest=step.digest,
        text=step.text,
        number=step.number,
        context=step.context,
        shown=step.commands,
        by=step.by,
        expected=step.expected,
        on_fail=_on_fail(step.on_fail, mode),
        idempotent=step.idempotent,
        danger=step.danger,
        optional=step.optional,
        section=step.section,
        parallel=step.parallel,
        skip=step.skip,
    )
    running = [command for command in step.commands if command.runs]
    if step.kind in {StepKind.COMMAND, StepKind.CHECK} and running:
        return [_running(step, whole, command, (place, len(running))) for place, command in enumerate(running, start=1)]
    pieces = pieces_of(step) if step.kind in _SEPARATE else ()
    if len(pieces) > 1:
        whole = replace(whole, simulated=simulated)
        return [_asked_piece(whole, piece, (place, len(pieces))) for place, piece in enumerate(pieces, start=1)]
    return [replace(whole, simulated=simulated)]


def _running(step: Step, whole: PlannedStep, command: Command, place: tuple[int, int]) -> PlannedStep:
    nth, of = place
    return replace(
        whole,
        id=step.id if of == 1 else f"{step.id}.{nth}",
        title=step.title if of == 1 else f"{step.title} ({nth} of {of}: {command.name})",
        kind=command.kind if command.kind is StepKind.CHECK else step.kind,
        runs=command,
        idempotent=command.idempotent or step.idempotent,
        cleanup=command.cleanup,
        retry=step.retry,
        command_place=place if of > 1 else (0, 0),
    )


def _asked_piece(whole: PlannedStep, piece: tuple[str, tuple[Command, ...]], place: tuple[int, int]) -> PlannedStep:
    """One shown command of a step with several, and the text that leads to it."""
    text, commands = piece
    nth, _ = place
    context = whole.context if nth == 1 else ""
    return replace(whole, id=f"{whole.id}.{nth}", text=text, shown=commands, context=context, command_place=place)


def pieces_of(step: Step) -> tuple[tuple[str, tuple[Command, ...]], ...]:
    """A step's text cut behind each of its commands, with the commands of each piece; what follows the last is its own.

    A fence without a language behind words that speak of output is no command of its own. Not cut at all: a step whose
    commands do not say where they stand. The definitions of links behind the step's own lines go with each piece.
    """
    lines = step.text.split("\n")
    if not (step.text_line and step.commands) or any(
        not step.text_line <= one.line <= one.end_line for one in step.commands
    ):
        return ((step.text, step.commands),)
    own = step.end_line - step.text_line + 1
    lines, definitions = lines[:own], "\n".join(["", *lines[own:]] if lines[own:] else [])
    pieces: list[tuple[str, tuple[Command, ...]]] = []
    start = 0
    for command in step.commands:
        first, end = command.line - step.text_line, command.end_line - step.text_line + 1
        said = [line for line in lines[start:first] if line.strip()]
        text = _dedented(lines[start:end]) if pieces else "\n".join(lines[start:end])
        if pieces and not command.language and said and _OUTPUT.search(said[-1][:_LONGEST]):
            before, commands = pieces.pop()
            pieces.append((f"{before}\n{text}", (*commands, command)))
        else:
            pieces.append((text, (command,)))
        start = end
    if pieces and any(line.strip() for line in lines[start:]):
        text, commands = pieces.pop()
        pieces.append((f"{text}\n{_dedented(lines[start:])}", commands))
    return tuple((f"{text}{definitions}", commands) for text, commands in pieces)


def _dedented(lines: Sequence[str]) -> str:
    """Lines of a list item as they stand without the list: indented by four they would be read as code."""
    return textwrap.dedent("\n".join(lines)).strip("\n")


def _with_ways_out(plan: _Plan, placed: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
    """The steps with where to go when they fail, and what undoes them, as ids of planned steps."""
    done = []
    for planned, (level, step) in zip(placed, plan.wants, strict=True):
        goto = step.on_fail.removeprefix(GOTO) if step.on_fail.startswith(GOTO) else ""
        book = plan.levels[level].book
        done.append(
            replace(
                planned,
                goto=_planned_id(plan, placed, level, step_meant(book, goto)),
                rollback=_planned_id(plan, placed, level, step_meant(book, step.rollback)),
            )
        )
    return tuple(done)


def step_meant(book: Runbook, written: str) -> Step | None:
    """The step that `goto:` or `rollback:` names: by its id, its title, or the heading above it; None when none is."""
    wanted = written.strip()
    if not wanted:
        return None
    by_id = [step for step in book.steps if step.id == wanted.removeprefix("#")]
    by_title = [step for step in book.steps if same_heading(step.title, wanted)]
    by_section = [step for step in book.steps if any(same_heading(title, wanted) for title in step.section)]
    return next(iter(by_id + by_title + by_section), None)


def _planned_id(plan: _Plan, placed: Sequence[PlannedStep], level: int, step: Step | None) -> str:
    at = plan.begins.get((level, step.id)) if step else None
    return placed[at].id if at is not None and at < len(placed) else ""


def _on_fail(written: str, mode: Mode) -> OnFail:
    if not written:
        return OnFail.ASK if mode is Mode.REAL else OnFail.STOP
    # A person is asked, and goes there.
    return OnFail.ASK if written.startswith(GOTO) else OnFail(written)
