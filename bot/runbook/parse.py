"""One markdown file becomes a Runbook: front matter, the step rule, annotations, digests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.runbook import Backup, Input, Part, Plan, Runbook, Step, System, Truth
from bot.runbook.digest import runbook_digest
from bot.runbook.document import read_document
from bot.runbook.drafts import Draft, Place
from bot.runbook.front_matter import BackupKeys, FrontMatter, RecoveryKeys, read_front_matter
from bot.runbook.source import Source
from bot.runbook.split import split
from bot.runbook.steps import StepMaker
from bot.runbook.titles import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.runbook.document import Section
    from bot.runbook.marked_yaml import Marked


@dataclass(frozen=True, slots=True)
class Parsed:
    """A runbook with what it was made of: what the library and the linter look at besides."""

    runbook: Runbook
    front: FrontMatter
    source: Source
    drafts: tuple[Draft, ...] = ()


def no_files(_path: str) -> str:
    """A `file_digest` for a runbook that stands alone."""
    return ""


def parse(source: Source, name: str, file_digest: Callable[[str], str] = no_files) -> Parsed:
    """The runbook in a source. Never raises: what is wrong stands in its `faults`."""
    front = read_front_matter(source)
    recovery = front.recovery or RecoveryKeys()
    document = read_document(source)
    drafts = split(document, source)
    maker = StepMaker(source, execute=recovery.execute, file_digest=file_digest)
    parts = _parts(drafts)
    steps = tuple(_steps(drafts, source, maker, [part.title for part in parts]))
    runbook = Runbook(
        name=name,
        file=source.file,
        title=front.title or _title(document, name),
        steps=steps,
        owner=front.owner,
        system=_system(name, front.owner, recovery, front.marked),
        plan=_plan(name, recovery),
        inputs=_inputs(recovery, front.marked),
        parts=parts,
        before_you_start=_joined(drafts, Place.BEFORE, source),
        background=tuple(
            (draft.title, source.text(draft.start, draft.end).strip("\n"))
            for draft in drafts
            if draft.place is Place.BACKGROUND and source.text(draft.start, draft.end).strip()
        ),
        faults=(*source.faults, *front.faults, *maker.faults),
        execute=recovery.execute,
        last_reviewed_on=front.last_reviewed_on,
        review_in=front.review_in,
        digest=runbook_digest(steps, (recovery.targets.drill, recovery.targets.real), tuple(recovery.depends_on)),
    )
    return Parsed(runbook, front, source, tuple(drafts))


def _steps(drafts: Iterable[Draft], source: Source, maker: StepMaker, parts: list[str]) -> Iterable[Step]:
    context = ""
    index = 0
    for draft in drafts:
        if draft.place is Place.CONTEXT:
            context = "\n\n".join(filter(None, (context, source.text(draft.start, draft.end).strip("\n"))))
        if draft.place is Place.STEP:
            part = parts.index(draft.part) if draft.part in parts else None
            yield maker.make(index, draft, context, part)
            context = ""
            index += 1


def _parts(drafts: Iterable[Draft]) -> tuple[Part, ...]:
    steps = [draft for draft in drafts if draft.place is Place.STEP]
    names = dict.fromkeys(draft.part for draft in steps if draft.part)
    numbered = list(enumerate(steps))
    return tuple(Part(name, tuple(index for index, draft in numbered if draft.part == name)) for name in names)


def _joined(drafts: Iterable[Draft], place: Place, source: Source) -> str:
    texts = (source.text(draft.start, draft.end).strip("\n") for draft in drafts if draft.place is place)
    return "\n\n".join(text for text in texts if text)


def _title(document: Section, name: str) -> str:
    headings = (plain(section.title) for section in document.walk())
    return next((title for title in headings if title), "") or name.rpartition("/")[2]


def _system(name: str, owner: str, keys: RecoveryKeys, marked: Marked) -> System | None:
    if not keys.system:
        return None
    return System(
        name=keys.system,
        runbook=name,
        tier=keys.tier,
        owner=owner,
        depends_on=tuple(dict.fromkeys(keys.depends_on)),
        rpo=keys.rpo,
        rto=keys.rto,
        retest=keys.retest,
        site=keys.site,
        drill_target=keys.targets.drill,
        real_target=keys.targets.real,
        execute=keys.execute,
        optional=keys.optional is True,
        backups=tuple(_backup(entry, index, marked) for index, entry in enumerate(keys.backups)),
        truth=Truth(keys.truth.file, keys.truth.every) if keys.truth else None,
        escalate=keys.escalate.to if keys.escalate else "",
    )


def _backup(entry: BackupKeys, index: int, marked: Marked) -> Backup:
    at = ("recovery", "backups", index)
    options = tuple((key, _option(marked, (*at, key), value)) for key, value in (entry.model_extra or {}).items())
    return Backup(entry.tool, entry.location, options, marked.line(at))


def _option(marked: Marked, at: tuple[str | int, ...], value: object) -> str:
    if isinstance(value, list):
        return ",".join(_option(marked, (*at, index), item) for index, item in enumerate(value))
    return marked.texts.get(at, str(value))


def _plan(name: str, keys: RecoveryKeys) -> Plan | None:
    if not keys.plan:
        return None
    optional = tuple(keys.optional) if isinstance(keys.optional, list) else ()
    return Plan(keys.plan, name, tuple(keys.systems), tuple(keys.critical), optional, keys.rto)


def _inputs(keys: RecoveryKeys, marked: Marked) -> tuple[Input, ...]:
    return tuple(
        Input(
            name=name,
            ask=entry.ask,
            choices=tuple(entry.choices),
            pattern=entry.pattern,
            default=entry.default,
            secret=entry.secret,
            line=marked.line(("recovery", "inputs", name)),
        )
        for name, entry in keys.inputs.items()
    )


def with_faults(runbook: Runbook, faults: Iterable[object]) -> Runbook:
    """The runbook with further faults, in the order of their lines."""
    merged = sorted({*runbook.faults, *faults}, key=lambda fault: (fault.line, fault.message))  # type: ignore[attr-defined]
    return replace(runbook, faults=tuple(merged))  # type: ignore[arg-type]
