"""`bringback order`: the documented restore order of a plan, or of everything."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.cli.options import Json
from bot.cli.times import length
from bot.cli.world import Session, session_of
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import FrozenPlan, Mode, UnitKind
from bot.domain.proof_state import ProofState
from bot.operations.preview_restore import Preview, RestoreRequest, preview_restore
from bot.web.control_table import declared_names
from bot.web.control_verbs import Verbs


def order(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="[PLAN]", help="A plan; without it, all systems.")] = "",
    *,
    json: Json = False,
) -> None:
    """The documented restore order."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> Preview:
        names = await verbs(declared_names)
        if not plan and not names.systems:
            raise BringbackError("No runbook declares a system.", "docs/runbooks.md says how one does.")
        request = RestoreRequest(name=plan, systems=() if plan else names.systems, mode=Mode.DRILL)
        return await verbs(preview_restore, request)

    preview = session.ask(ask)
    if json:
        session.screen.json(order_json(preview.plan, preview.order))
    else:
        _show(session, preview)


def order_json(plan: FrozenPlan, levels: Sequence[Sequence[str]]) -> dict[str, object]:
    """The order for programs: systems by level, in sequence, and what each waits for."""
    return {
        "plan": plan.name,
        "levels": [list(level) for level in levels],
        "order": [name for level in levels for name in level],
        "depends_on": {unit.name: list(unit.depends_on) for unit in plan.units},
    }


def _show(session: Session, preview: Preview) -> None:
    rows = []
    for place, level in enumerate(preview.order, start=1):
        for name in level:
            unit = preview.plan.unit(name)
            system = unit.kind is UnitKind.SYSTEM
            proof = preview.proof_states.get(name, ProofState.GUESS).upper() if system else "-"
            tier = str(unit.tier) if system else "-"
            waits = ", ".join(unit.depends_on) or "nothing"
            rows.append((str(place), name, tier, waits, length(unit.rto), proof, unit.owner or "-"))
    session.screen.table(("", "SYSTEM", "TIER", "WAITS FOR", "RTO", "PROOF", "OWNER"), rows)
    session.screen.say(
        "Each starts the moment all that it waits for is verified; the numbers only show how deep it lies."
    )
