"""Drafts become steps: comments, fences, kinds, ids and digests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.runbook import Command, Fault, Step, StepKind
from bot.runbook.annotations import FenceKeys, StepKeys, find_step_comments, read_step_comment
from bot.runbook.commands import read_fence
from bot.runbook.digest import step_digest
from bot.runbook.titles import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.runbook.drafts import Draft
    from bot.runbook.source import Source


class StepMaker:
    """Makes the steps of one runbook. `faults` gathers what is wrong in their annotations."""

    def __init__(self, source: Source, *, execute: bool, file_digest: Callable[[str], str]) -> None:
        self._source = source
        self._execute = execute
        self._file_digest = file_digest
        self._ids: set[str] = set()
        self.faults: list[Fault] = []

    def make(self, index: int, draft: Draft, context: str, part: int | None) -> Step:
        """The step of a draft; `context` is the markdown that introduces it."""
        keys = self._comment(draft)
        commands, fences = self._commands(draft)
        text = self._source.text(draft.body, draft.end).strip("\n")
        step = Step(
            index=index,
            id=self._id(
                keys.id or next((command.name for command in commands if command.name), "") or slug(draft.title)
            ),
            title=draft.title,
            kind=_kind(keys, commands, draft),
            line=draft.start + 1,
            end_line=draft.end,
            text=text,
            number=draft.number,
            section=draft.section,
            part=part,
            context=context,
            commands=commands,
            by=keys.by,
            expected=keys.expected,
            timeout=keys.timeout,
            on_fail=keys.on_fail or next((fence.on_fail for fence in fences if fence.on_fail), ""),
            idempotent=keys.idempotent,
            optional=keys.optional,
            danger=keys.danger,
            when=keys.when,
            in_drill=keys.in_drill,
        )
        return replace(step, digest=step_digest(step, self._file_digest))

    def _comment(self, draft: Draft) -> StepKeys:
        text = self._source.text(draft.start, draft.end)
        if "step:" not in text:
            return StepKeys()
        found = [(at, inner) for at, inner in find_step_comments(text) if not self._in_code(draft, text, at)]
        if not found:
            return StepKeys()
        lines = [draft.start + 1 + text.count("\n", 0, at) for at, _ in found]
        keys, faults = read_step_comment(found[0][1], self._source.file, lines[0])
        self.faults += faults
        for line in lines[1:]:
            what = f"a second step comment in the step “{draft.title}”."
            self.faults.append(Fault(self._source.file, line, what, "Write all keys into one."))
        return keys

    def _in_code(self, draft: Draft, text: str, at: int) -> bool:
        line = draft.start + text.count("\n", 0, at) - self._source.front
        codes = (token for block in draft.blocks for token in block.tokens if token.type in {"fence", "code_block"})
        return any(token.map and token.map[0] <= line < token.map[1] for token in codes)

    def _commands(self, draft: Draft) -> tuple[tuple[Command, ...], list[FenceKeys]]:
        commands: list[Command] = []
        fences: list[FenceKeys] = []
        for block in draft.blocks:
            for token in block.tokens:
                if token.type in {"fence", "code_block"} and token.map:
                    line = self._source.front + token.map[0] + 1
                    command, keys, faults = read_fence(token, line, self._source.file, execute=self._execute)
                    self.faults += faults
                    fences.append(keys)
                    commands += [command] if command else []
        return tuple(commands), fences

    def _id(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self._ids:
            count += 1
            name = f"{wanted}-{count}"
        self._ids.add(name)
        return name


def _kind(keys: StepKeys, commands: Sequence[Command], draft: Draft) -> StepKind:
    if keys.kind:
        return keys.kind
    if any(command.kind is StepKind.CHECK for command in commands):
        return StepKind.CHECK
    if commands:
        return StepKind.COMMAND
    return StepKind.MANUAL if draft.manual else StepKind.INFO
