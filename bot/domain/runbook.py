"""What a markdown runbook says, as values. `bot.runbook` makes them; everything else takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class StepKind(StrEnum):
    """What a step asks for."""

    COMMAND = "command"  # commands to run, or to show where the runbook does not say execute
    MANUAL = "manual"  # a person does it and says so: attested, never verified
    CHECK = "check"  # compares what came back with a recorded truth
    APPROVAL = "approval"  # a named person lets the rest go on
    WAIT = "wait"  # time passes
    INFO = "info"  # read, then go on


class Moment(StrEnum):
    """Where a plan's own step stands: before its systems, or after them."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file: `message` says what, `helps` what helps. `line` counts from 1; 0: all of the file."""

    file: str
    line: int
    message: str
    helps: str = ""
    severity: str = "fault"  # fault | warning

    @property
    def place(self) -> str:
        """Where it stands: `file:line`, or the file alone."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" {self.helps}" if self.helps else "")


@dataclass(frozen=True, slots=True)
class Command:
    """One fence of a step.

    `text` is exact to the byte, `script` is what runs (prompts and sample output removed). `runs` is true when the
    runbook says `execute: true` and the fence has a name; otherwise the command is shown.
    """

    name: str
    language: str
    text: str
    script: str
    line: int
    runs: bool = False
    kind: StepKind = StepKind.COMMAND
    timeout: timedelta = timedelta(minutes=30)
    idempotent: bool = False
    interpreter: str = ""
    cwd: str = ""
    host: str = ""
    expect: str = ""  # a regular expression that the output must contain
    expect_exit: int = 0
    secret_output: bool = False
    cleanup: bool = False  # takes a drill's scratch target away: runs also after a failure or an abort
    timeout_given: bool = False  # the author chose `timeout`
    capture: str = ""  # "NAME=regular expression": what to keep of the output
    interactive: bool = False
    background: bool = False
    end_line: int = 0  # of the file, from 1: where the fence ends; 0: not known


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `index` counts from 0 in the runbook; `line`..`end_line` count from 1, both inclusive."""

    index: int
    id: str  # stable within the runbook: the step comment's id, a command's name, or the slug of the title
    title: str
    kind: StepKind
    line: int
    end_line: int
    text: str  # markdown of the body, without the title, as the author wrote it
    number: str = ""  # the author's own, such as "3.2"
    section: tuple[str, ...] = ()  # titles of the headings above
    part: int | None = None  # index into Runbook.parts
    context: str = ""  # markdown that stands before the step and belongs to no other
    commands: tuple[Command, ...] = ()
    by: str = ""  # a person, role or group of the policy
    expected: timedelta | None = None  # how long it should take (`time:`)
    timeout: timedelta | None = None
    on_fail: str = ""  # stop | ask | continue; empty: ask in a real recovery, stop in a drill
    idempotent: bool = False
    optional: bool = False
    danger: bool = False
    when: Moment = Moment.BEFORE
    in_drill: str = ""  # "do": a manual step that is really done in a drill; empty: simulated
    opens: str = ""  # the runbook that this step walks, as `name` or `name#heading`; empty: none
    rollback: str = ""  # what undoes the step: a step's id or `#heading`
    skip: str = ""  # why the step may be skipped
    retry: int = 0  # how often a failed command is tried again
    host: str = ""
    parallel: str = ""  # steps of one name may go on side by side
    digest: str = ""  # "v1:<hex>": what the step does
    text_line: int = 0  # of the file, from 1: where `text` begins; 0: not known


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that belong together under one heading: "Which part?"."""

    title: str
    steps: tuple[int, ...]
    default: bool = False  # the one that is offered first
    hidden: bool = False  # not offered, unless asked for by name


@dataclass(frozen=True, slots=True)
class Truth:
    """Where samples of the living system are recorded, one JSON object a line, and how often."""

    file: str
    every: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Backup:
    """One entry of `backups:`: the tool, where the copies lie, and the tool's own options, as text."""

    tool: str
    location: str = ""
    options: tuple[tuple[str, str], ...] = ()
    line: int = 0

    def option(self, name: str, default: str = "") -> str:
        """The tool's option of that name."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True)
class Input:
    """A value that is asked for once a recovery. A secret is a reference (`env:NAME`, `file:PATH`), never a value."""

    name: str
    ask: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    default: str = ""
    secret: str = ""
    line: int = 0
    declared: bool = True  # false: a placeholder that was found in a command


@dataclass(frozen=True, slots=True)
class System:
    """A thing that must come back, as its runbook's front matter declares it."""

    name: str
    runbook: str  # the runbook's name
    tier: int = 3
    owner: str = ""
    depends_on: tuple[str, ...] = ()
    rpo: timedelta | None = None
    rto: timedelta | None = None
    retest: timedelta = timedelta(days=90)
    site: str = "local"
    drill_target: str = ""
    real_target: str = ""
    execute: bool = False
    optional: bool = False
    backups: tuple[Backup, ...] = ()
    truth: Truth | None = None
    escalate: str = ""
    escalate_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A named set of systems to bring back together. `critical`: those whose return stops the clock; empty: all."""

    name: str
    runbook: str
    systems: tuple[str, ...]
    critical: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rto: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Runbook:
    """One markdown file. `name` is its path below the folder without `.md`; `faults` are empty when it is sound."""

    name: str
    file: str
    title: str
    steps: tuple[Step, ...]
    owner: str = ""
    system: System | None = None
    plan: Plan | None = None
    inputs: tuple[Input, ...] = ()
    parts: tuple[Part, ...] = ()
    before_you_start: str = ""  # markdown
    background: tuple[tuple[str, str], ...] = ()  # (title, markdown)
    faults: tuple[Fault, ...] = ()
    execute: bool = False
    last_reviewed_on: date | None = None
    review_in: str = ""
    id: str = ""  # a name that stays when the file moves
    checks: tuple[str, ...] = ()  # names of the commands that must pass
    digest: str = field(default="")  # over the steps' digests, their order, targets and dependencies
