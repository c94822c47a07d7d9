"""A tool that answers from recordings of the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sources.process import LIST_TIMEOUT, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta


class RecordedTool:
    """Runs nothing: the first recording whose words all stand in the command answers it. Keeps what it was asked."""

    def __init__(self, answers: Mapping[str, Outcome]) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, ...]] = []
        self.environments: list[Mapping[str, str]] = []

    async def __call__(
        self,
        argv: Sequence[str],
        *,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: timedelta = LIST_TIMEOUT,  # noqa: ASYNC109 - as the port has it
    ) -> Outcome:
        """The recorded outcome. Raises LookupError for a command that nobody recorded."""
        del stdin, timeout
        self.asked.append(tuple(argv))
        self.environments.append(environment or {})
        for words, outcome in self.answers.items():
            if all(word in argv for word in words.split()):
                return outcome
        raise LookupError(f"no recording answers {argv}")
