"""The restore order: what waits for what, level by level, with what is not proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.blocks.elements import Block, bullets, context, header, line, message, rich, words
from bot.blocks.text import counted, escape
from bot.domain.flaws import span
from bot.domain.proof_state import ProofState
from bot.domain.restore_order import Graph, levels
from bot.domain.runbook import System

LEVELS = 40
PER_LEVEL = 25


@dataclass(frozen=True, slots=True)
class Ordered:
    """What to order: a name for it, its graph, its systems and their proof states."""

    name: str
    graph: Graph
    systems: Mapping[str, System]
    proofs: Mapping[str, ProofState]


def order_message(ordered: Ordered) -> Block:
    """The order. A system starts the moment all it depends on are verified; levels only show it."""
    steps = levels(ordered.graph)
    if not steps:
        return message("No system is declared.", [rich(line("No runbook declares a system yet."))])
    blocks = [header(f"Restore order of {ordered.name}")]
    for place, names in enumerate(steps[:LEVELS], start=1):
        blocks.append(
            rich(line(words(f"{place}.", bold=True)), bullets(_system(name, ordered) for name in names[:PER_LEVEL]))
        )
        if len(names) > PER_LEVEL:
            blocks.append(context(f"… {counted(len(names) - PER_LEVEL, 'more system')} at once"))
    if len(steps) > LEVELS:
        blocks.append(context(f"… {counted(len(steps) - LEVELS, 'more level')}"))
    guesses = [name for name in ordered.graph if ordered.proofs.get(name) is ProofState.GUESS]
    tail = f"{counted(len(guesses), 'restore')} never tested: a GUESS" if guesses else "Every restore was tested"
    blocks.append(context(tail))
    text = f"Restore order of {ordered.name}: " + " -> ".join(" + ".join(names) for names in steps)
    return message(escape(text), blocks)


def _system(name: str, ordered: Ordered, place: str = "") -> Block:
    system = ordered.systems.get(name)
    after = f" after {', '.join(ordered.graph[name])}" if ordered.graph[name] else ""
    if system is None:
        return line(words(place + name, bold=True), after or " ")
    rto = f", RTO {span(system.rto)}" if system.rto else ""
    proof = ordered.proofs.get(name)
    said = f"{after}  tier {system.tier}{rto}" + (f", {proof.value.upper()}" if proof else "")
    return line(words(place + name, bold=True), said)
