"""Runbooks from text, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.runbook.parse import Parsed, parse
from bot.runbook.source import make_source

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook


def parsed(text: str, name: str = "book") -> Parsed:
    return parse(make_source(text, f"{name}.md"), name)


def book(text: str) -> Runbook:
    return parsed(text).runbook


def titles(text: str) -> list[str]:
    return [step.title for step in book(text).steps]


def faults(text: str) -> list[str]:
    return [str(fault) for fault in book(text).faults]


def fence(*lines: str, info: str = "sh") -> str:
    return "\n".join([f"```{info}", *lines, "```", ""])
