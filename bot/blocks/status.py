"""What runs now, and what ran last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, as_of, button, header, line, message, rich, words
from bot.blocks.progress import headline
from bot.blocks.text import escape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.recovery_state import RecoveryState

SHOWN = 10


def status_message(running: Sequence[RecoveryState], recent: Sequence[RecoveryState], now: datetime) -> Block:
    """Open recoveries with a button each, then those that ended last."""
    blocks: list[Block] = []
    if running:
        blocks.append(header("Running now"))
        for state in running[:SHOWN]:
            blocks.append(rich(line(words(headline(state, now), bold=True))))
            blocks.append(actions(button("Show", action_ids.SHOW, {"r": state.plan.recovery})))
    else:
        blocks.append(rich(line("No recovery runs.")))
    ended = [state for state in recent if state.ended_at][:SHOWN]
    if ended:
        lines = [line(f"{state.ended_at:%d %b %H:%M} UTC  {headline(state, now)}") for state in ended]
        blocks += [header("Ended last"), rich(*lines)]
    said = "; ".join(headline(state, now) for state in running) or "No recovery runs."
    return message(escape(said), [*blocks, as_of(now)])
