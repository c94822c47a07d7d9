"""Drafts become steps: comments, fences, kinds, ids and digests."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.comments import find_comments
from bot.domain.runbook import Command, Fault, Step, StepKind
from bot.runbook.annotations import NO_STEP_KEYS, FenceKeys, StepKeys, read_step_comment
from bot.runbook.commands import completed, read_fence
from bot.runbook.digest import Deed, step_digest
from bot.runbook.links import include_target, link_only
from bot.runbook.near_comments import UNCLOSED, meant, shortened
from bot.runbook.titles import slug
from bot.runbook.validation import is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from bot.runbook.drafts import Draft
    from bot.runbook.front_matter import RecoveryKeys
    from bot.runbook.named_files import Named
    from bot.runbook.references import References
    from bot.runbook.source import Source
    from bot.runbook.step_words import StepWords


@dataclass(slots=True)
class _Notes:
    """What the comments of a step say."""

    keys: StepKeys
    opens: str = ""


class StepMaker:
    """Makes the steps of one runbook. `faults` gathers what is wrong in their annotations."""

    def __init__(
        self,
        source: Source,
        codes: Sequence[Token],
        links: References,
        words: StepWords,
        recovery: RecoveryKeys,
        named: Callable[[Command], Named],
    ) -> None:
        self._source = source
        self._links = links
        self._words = words
        self._codes = codes
        self._starts = [source.front + (token.map or [0])[0] for token in codes]
        self._named = named
        self._execute = recovery.execute
        self._targets = (recovery.targets.drill, recovery.targets.real)
        self._checks = frozenset(recovery.checks)
        self._commented = "<!--" in source.body
        self._ids: dict[str, int] = {}  # name to how often it was wanted
        self.faults: list[Fault] = self._near_misses()

    def make(self, index: int, draft: Draft, context: str, part: int | None) -> Step:
        """The step of a draft; `context` is the markdown that introduces it."""
        codes = self._codes_of(draft)
        notes = self._comments(draft)
        keys = notes.keys
        commands, fences = self._commands(codes)
        commands = tuple(completed(command, keys) for command in commands)
        body = self._source.text(draft.body, draft.end).rstrip("\n")
        text = body.lstrip("\n")
        shown = self._links.complete(text, (draft.body, draft.end))
        kind = _kind(keys, commands, draft)
        on_fail = keys.on_fail or next((fence.on_fail for fence in fences if fence.on_fail), "")
        deed = Deed(
            kind=kind,
            words=partial(self._words.of, draft),
            commands=commands,
            by=keys.by,
            expected=keys.expected,
            targets=self._targets,
            on_fail=on_fail,
            retry=keys.retry,
            optional=keys.optional,
            when=keys.when,
            in_drill=keys.in_drill,
        )
        return Step(
            index=index,
            id=self._id(keys, commands, draft),
            title=draft.title,
            kind=kind,
            line=draft.start + 1,
            end_line=self._last_line(draft),
            text=shown,
            text_line=draft.body + 1 + len(body) - len(text) if shown.startswith(text) else 0,
            number=draft.number,
            section=draft.section,
            part=part,
            context=context,
            commands=commands,
            by=keys.by,
            expected=keys.expected,
            timeout=keys.timeout,
            on_fail=on_fail,
            idempotent=keys.idempotent,
            optional=keys.optional,
            danger=keys.danger,
            when=keys.when,
            in_drill=keys.in_drill,
            opens=notes.opens or ("" if commands else link_only(text)),
            rollback=keys.rollback,
            skip=keys.skip,
            retry=keys.retry,
            host=keys.host,
            parallel=keys.parallel,
            digest=step_digest(deed, self._named),
        )

    def _last_line(self, draft: Draft) -> int:
        end = draft.end
        while end > draft.start + 1 and not self._source.lines[end - 1].strip():
            end -= 1
        return end

    def _codes_of(self, draft: Draft) -> Sequence[Token]:
        return self._codes[bisect_left(self._starts, draft.start) : bisect_left(self._starts, draft.end)]

    def _comments(self, draft: Draft) -> _Notes:
        notes = _Notes(NO_STEP_KEYS)
        if not self._commented:
            return notes
        text = self._source.text(draft.start, draft.end)
        seen = False
        line, before = draft.start + 1, 0
        for at, inner in find_comments(text):
            line, before = line + text.count("\n", before, at), at
            word = inner.lstrip()
            if not word.startswith(("step:", "include:")) or self._in_code(line - 1):
                continue
            if word.startswith("step:"):
                self._step_comment(notes, inner, line, draft, seen=seen)
                seen = True
            else:
                notes.opens = self._include(word, line, before=notes.opens)
        return notes

    def _near_misses(self) -> list[Fault]:
        """A fault for each comment that was meant as one of ours: one that is read by nobody may be an approval."""
        found: list[Fault] = []
        if not self._commented:
            return found
        body = self._source.body
        line, before, end = self._source.front + 1, 0, 0
        for at, inner in find_comments(body):
            line, before, end = line + body.count("\n", before, at), at, at + len(f"<!--{inner}-->")
            if (helps := meant(inner)) and not self._in_code(line - 1):
                what = f"nothing reads the comment “{shortened(inner)}”."
                found.append(Fault(self._source.file, line, what, helps))
        if opened := UNCLOSED.search(body, end):
            line += body.count("\n", before, opened.start(1))
            what, helps = "a comment opens here and nothing closes it: what follows is hidden.", "Close it with -->."
            severity = "fault" if opened[2] else "warning"
            found += [] if self._in_code(line - 1) else [Fault(self._source.file, line, what, helps, severity)]
        return found

    def _include(self, comment: str, line: int, before: str) -> str:
        target = include_target(comment)
        if before:
            what = f"a second include in one step: “{before}” is not opened."
            self.faults.append(Fault(self._source.file, line, what, "Give each include a step of its own."))
        if not target:
            helps = "Write <!-- include: other.md#Heading -->."
            self.faults.append(Fault(self._source.file, line, "the include names no runbook.", helps))
        return target

    def _step_comment(self, notes: _Notes, inner: str, line: int, draft: Draft, *, seen: bool) -> None:
        if seen:
            what = f"a second step comment in the step “{draft.title}”."
            self.faults.append(Fault(self._source.file, line, what, "Write all keys into one."))
            return
        notes.keys, faults = read_step_comment(inner, self._source.file, line)
        self.faults += faults
        if notes.keys.id and notes.keys.id in self._ids:
            what = f"two steps have the id “{notes.keys.id}”."
            self.faults.append(Fault(self._source.file, line, what, "Give one of them another id."))

    def _in_code(self, line: int) -> bool:
        at = bisect_right(self._starts, line) - 1
        token = self._codes[at] if at >= 0 else None
        return bool(token and token.map and line - self._source.front < token.map[1])

    def _commands(self, codes: Sequence[Token]) -> tuple[tuple[Command, ...], list[FenceKeys]]:
        commands: list[Command] = []
        fences: list[FenceKeys] = []
        for token in codes:
            line = self._source.front + (token.map or [0])[0] + 1
            command, keys, faults = read_fence(token, line, self._source.file, execute=self._execute)
            self.faults += faults
            fences.append(keys)
            if command and command.name in self._checks:
                command = replace(command, kind=StepKind.CHECK)
            commands += [command] if command else []
        return tuple(commands), fences

    def _id(self, keys: StepKeys, commands: Sequence[Command], draft: Draft) -> str:
        called = next((command.name for command in commands if command.name), "")
        wanted = keys.id or (called if is_name(called) else slug(called or draft.title))
        name = wanted
        while name in self._ids:
            self._ids[wanted] += 1
            name = f"{wanted}-{self._ids[wanted]}"
        self._ids[name] = 1
        return name


def _kind(keys: StepKeys, commands: Sequence[Command], draft: Draft) -> StepKind:
    if keys.kind:
        return keys.kind
    if any(command.kind is StepKind.CHECK for command in commands):
        return StepKind.CHECK
    if commands:
        return StepKind.COMMAND
    return StepKind.MANUAL if draft.manual else StepKind.INFO
