"""The modal that gives a step, or the whole walk, to another person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, option, pack, rich, text_input, words
from bot.blocks.select import select

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP, WALK = "step", "walk"


def people_modal(people: Mapping[str, str], reference: Mapping[str, Any], lead: str) -> Block:
    """`people` are ids and names; `reference` names the step, where one is asked, else only its recovery."""
    menu = select(action_ids.PERSON, list(people), labels=people)
    blocks = [
        rich(line(words(f"{reference.get('r', '')} {reference.get('u', '')}  {reference.get('t', '')}", bold=True))),
        field("To whom?", menu, block_id=action_ids.PERSON, hint="They are mentioned, and asked from now on."),
    ]
    of_step = option("This step", STEP, "The rest stays as it is")
    of_walk = option("The whole walk", WALK, "The lead, and what waits for the one who led")
    if reference.get("s"):
        radio = {
            "type": "radio_buttons",
            "action_id": action_ids.GIVEN,
            "options": [of_step, of_walk],
            "initial_option": of_step,
        }
        blocks.append(field("What?", radio, block_id=action_ids.GIVEN))
    why = text_input(action_ids.WHY, multiline=True, most=2000)
    hint = f"What the next one must know. {lead or 'Nobody'} leads now."
    blocks.append(field("Words to hand over", why, block_id=action_ids.WHY, optional=True, hint=hint))
    title = "Assign or hand over" if reference.get("s") else "Hand over"
    return modal(title, blocks, callback_id=action_ids.PEOPLE, submit="Give it", private_metadata=pack(reference))
