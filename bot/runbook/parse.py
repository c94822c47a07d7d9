"""One markdown file becomes a Runbook: front matter, the step rule, annotations, digests."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.comments import without_comments
from bot.domain.runbook import Fault, Runbook, Step
from bot.runbook.declare import make_inputs, make_plan, make_system
from bot.runbook.digest import runbook_digest
from bot.runbook.document import codes, read_document
from bot.runbook.drafts import Draft, Place
from bot.runbook.front_matter import NO_KEYS, FrontMatter, RecoveryKeys, read_front_matter
from bot.runbook.inputs import found_inputs
from bot.runbook.parts import make_parts, unknown_parts
from bot.runbook.references import References
from bot.runbook.source import Source
from bot.runbook.split import split
from bot.runbook.step_words import StepWords
from bot.runbook.steps import StepMaker
from bot.runbook.titles import first_words, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from bot.domain.runbook import Command
    from bot.runbook.document import Section
    from bot.runbook.named_files import Named

_RULES = re.compile(r"^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A runbook with what it was made of: what the library and the linter look at besides."""

    runbook: Runbook
    front: FrontMatter
    source: Source
    drafts: tuple[Draft, ...] = ()


def no_files(_command: Command) -> Named:
    """What the commands name of a runbook that stands alone."""
    return ()


def parse(source: Source, name: str, named: Callable[[Command], Named] = no_files) -> Parsed:
    """The runbook in a source. Never raises: what is wrong stands in its `faults`.

    `named` tells the files that a command names, and what they hold.
    """
    front = read_front_matter(source)
    recovery = front.recovery or NO_KEYS
    document = read_document(source)
    said = front.title or _title(document)
    title = said or name.rpartition("/")[2]
    drafts = split(document, source, said or first_words(document) or title)
    links = References(document, source)
    blocks = codes(document)
    maker = StepMaker(source, blocks, links, StepWords(source, document), recovery, named)
    parts = make_parts(drafts, recovery.parts)
    titles = {part.title: index for index, part in enumerate(parts)}
    steps = tuple(_steps(drafts, source, maker, links, titles))
    declared = make_inputs(recovery, front.marked)
    faults = [*source.faults, *front.faults, *_unclosed(blocks, source)]
    faults += unknown_parts(parts, recovery.parts, front.marked, source.file)
    runbook = Runbook(
        name=name,
        file=source.file,
        title=title,
        steps=steps,
        owner=front.owner,
        system=make_system(name, front.owner, recovery, front.marked),
        plan=make_plan(name, recovery),
        inputs=declared + found_inputs((command for step in steps for command in step.commands), declared),
        parts=parts,
        before_you_start="\n\n".join(text for _, text in _texts(drafts, Place.BEFORE, source, links, title)),
        background=tuple(_texts(drafts, Place.BACKGROUND, source, links, title)),
        faults=(*faults, *maker.faults, *_unknown_checks(recovery, steps, front, source.file)),
        execute=recovery.execute,
        last_reviewed_on=front.last_reviewed_on,
        review_in=front.review_in,
        id=recovery.id or "",
        checks=tuple(recovery.checks),
        digest=runbook_digest(steps, recovery),
    )
    return Parsed(runbook, front, source, tuple(drafts))


def _unclosed(blocks: Sequence[Token], source: Source) -> Iterator[Fault]:
    """A warning where the last fence of a file runs to its end: what its author wrote behind it is code."""
    fences = [token for token in blocks if token.type == "fence"]
    start, end = (fences[-1].map or (0, 0)) if fences else (0, 0)
    if not fences or "".join(source.lines[source.front + end :]).strip():
        return
    code = fences[-1].content
    if end - start - 1 == code.count("\n") + (not code.endswith("\n") and bool(code)):  # no line closes it
        what = "a fence opens here and nothing closes it: all that follows is code."
        helps = f"Close it with {fences[-1].markup}, as far in as it opens."
        yield Fault(source.file, source.front + start + 1, what, helps, "warning")


def _steps(
    drafts: Iterable[Draft], source: Source, maker: StepMaker, links: References, parts: Mapping[str, int]
) -> Iterable[Step]:
    context: list[tuple[int, int]] = []
    index = 0
    for draft in drafts:
        if draft.place is Place.CONTEXT:
            context.append((draft.start, draft.end))
        if draft.place is Place.STEP:
            text = "\n\n".join(source.text(*lines).strip("\n") for lines in context)
            yield maker.make(index, draft, links.complete(text, *context), parts.get(draft.part))
            context = []
            index += 1


def _texts(
    drafts: Iterable[Draft], place: Place, source: Source, links: References, title: str
) -> Iterable[tuple[str, str]]:
    for draft in drafts:
        if draft.place is not place:
            continue
        text = source.text(draft.start, draft.end).strip("\n")
        # A heading with nothing below it, or rules, is nothing to read, but for one that says other than the title.
        named = text.startswith("# ") and draft.title != title
        if named or _RULES.sub("", without_comments(source.text(draft.body, draft.end))).strip():
            yield draft.title, links.complete(text, (draft.start, draft.end))


def _title(document: Section) -> str:
    headings = (plain(section.title) for section in document.walk())
    return next((title for title in headings if title), "")


def _unknown_checks(keys: RecoveryKeys, steps: Iterable[Step], front: FrontMatter, file: str) -> list[Fault]:
    if not keys.checks:
        return []
    known = sorted({command.name for step in steps for command in step.commands if command.name})
    return [
        Fault(
            file,
            front.marked.line(("recovery", "checks", index)),
            f"checks: no command is called “{name}”.",
            f"Named commands: {', '.join(known) or 'none'}.",
        )
        for index, name in enumerate(keys.checks)
        if name not in known
    ]


def with_faults(runbook: Runbook, faults: Iterable[Fault]) -> Runbook:
    """The runbook with further faults, in the order of their lines."""
    merged = sorted({*runbook.faults, *faults}, key=_by_line)
    return replace(runbook, faults=tuple(merged))


def _by_line(fault: Fault) -> tuple[int, str]:
    return fault.line, fault.message
