"""App Home: what waits for me, what runs, how fresh each tier is, and where the gaps are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, as_of, button, header, line, rich, words
from bot.blocks.progress import Need, headline
from bot.blocks.text import counted, cut, listed, minutes, one_line
from bot.domain.freshness import Freshness, FreshnessState
from bot.domain.proof_state import ProofState
from bot.domain.recovery_state import RecoveryState

if TYPE_CHECKING:
    from datetime import datetime

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's App Home shows. `mine` are (recovery, need); `tiers` name the tier of each system."""

    mine: tuple[tuple[str, Need], ...]
    running: tuple[RecoveryState, ...]
    freshness: tuple[Freshness, ...]
    tiers: Mapping[str, int]
    proofs: Mapping[str, ProofState]
    known: bool  # whether the policy names this person


def home_view(home: Home, now: datetime) -> Block:
    """The view, most pressing first."""
    blocks = [*_mine(home, now), *_running(home, now), *_freshness(home), *_gaps(home)]
    row = actions(
        button("Restore…", action_ids.RESTORE_OPEN, {}, style="primary"),
        button("Walk a runbook…", action_ids.WALK_OPEN, {}),
        button("Refresh", action_ids.HOME_REFRESH, {}),
    )
    return {"type": "home", "blocks": [*blocks, row, as_of(now)]}


def _mine(home: Home, now: datetime) -> list[Block]:
    if not home.known:
        return [rich(line("The policy does not name you: you can read everything here, and start nothing."))]
    if not home.mine:
        return [header("Nothing waits for you")]
    lines = [line(words(f"{recovery}  ", bold=True), _waiting(need, now)) for recovery, need in home.mine[:SHOWN]]
    return [header("Waits for you"), rich(*lines)]


def _waiting(need: Need, now: datetime) -> str:
    return f"{need.unit}: {cut(one_line(need.title), 150)}, waiting {minutes(now - need.since)}"


def _running(home: Home, now: datetime) -> list[Block]:
    blocks: list[Block] = [header("Running now" if home.running else "No recovery runs")]
    for state in home.running[:SHOWN]:
        blocks.append(rich(line(words(headline(state, now), bold=True))))
        blocks.append(actions(button("Show", action_ids.SHOW, {"r": state.plan.recovery})))
    return blocks


def _freshness(home: Home) -> list[Block]:
    lines = []
    for tier in sorted(set(home.tiers.values())):
        own = [one for one in home.freshness if home.tiers.get(one.system) == tier]
        counts = [(state, [one.system for one in own if one.state is state]) for state in FreshnessState]
        said = [f"{len(names)} {state.value}" + _named(state, names) for state, names in counts if names]
        lines.append(line(words(f"Tier {tier}  ", bold=True), ", ".join(said) or "no system"))
    return [header("Freshness"), rich(*lines)] if lines else []


def _named(state: FreshnessState, names: Sequence[str]) -> str:
    return "" if state is FreshnessState.FRESH else f" ({listed(list(names), 6)})"


def _gaps(home: Home) -> list[Block]:
    named = {
        state: sorted(name for name, proof in home.proofs.items() if proof is state)
        for state in ProofState
        if state is not ProofState.PROVEN
    }
    lines = [
        line(words(f"{state.value.upper()}  ", bold=True), f"{counted(len(names), 'system')}: {listed(names)}")
        for state, names in named.items()
        if names
    ]
    return [header("Not proven today"), rich(*lines)] if lines else []
