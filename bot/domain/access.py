"""Who may do what: the policy's roles, held against what a person wants to do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.errors import NotAllowed, RunbookError, UnknownName

if TYPE_CHECKING:
    from bot.domain.events import Actor
    from bot.domain.policy import Person, Policy


class Right(StrEnum):
    """What a person wants to do, and the words for it."""

    DRILL = "start a drill"
    REAL = "start a real restore"
    APPROVE = "approve a real restore"
    ANSWER = "answer a step"
    APPROVE_STEP = "approve a step"
    CONTROL = "control a recovery"
    COSMETIC = "carry a proof over a changed runbook"


ROLES = {
    Right.DRILL: ("responder", "lead", "approver"),
    Right.REAL: ("responder", "lead", "approver"),
    Right.APPROVE: ("approver",),
    Right.ANSWER: ("responder", "lead", "approver"),
    Right.APPROVE_STEP: ("approver",),
    Right.CONTROL: ("responder", "lead", "approver"),
    Right.COSMETIC: ("approver",),
}
"""Which roles carry a right. Whom a step names may answer that step, whatever their role."""


def require(policy: Policy, actor: Actor, right: Right, named: str = "") -> Person:
    """The person behind the actor, who has this right. `named`: whom the step names.

    Raises NotAllowed, and RunbookError with the faults of a policy that cannot be used.
    """
    if policy.faults:
        raise RunbookError(policy.faults)
    person = policy.person(actor.id)
    who = actor.name or actor.id
    if person is None:
        helps = "policy.yaml in the folder of the runbooks names people by Slack id and login."
        raise NotAllowed(f"{who} may not {right.value}: the policy does not name them.", helps)
    if _may(policy, person, right, named):
        return person
    raise NotAllowed(
        f"{who} may not {right.value}: that takes the role {' or '.join(ROLES[right])}.", _holders(policy, right)
    )


def who_may(policy: Policy, right: Right, named: str = "") -> tuple[Person, ...]:
    """Everybody who has this right, in the policy's order. Raises RunbookError of a policy with faults."""
    if policy.faults:
        raise RunbookError(policy.faults)
    return tuple(person for person in policy.people if _may(policy, person, right, named))


def _may(policy: Policy, person: Person, right: Right, named: str) -> bool:
    if named and person in policy.members(named):
        return True
    return any(policy.has_role(person, role) for role in ROLES[right])


def known_person(policy: Policy, key: str) -> Person:
    """The person with that Slack id, login or name. Raises UnknownName, and RunbookError of a policy with faults."""
    if policy.faults:
        raise RunbookError(policy.faults)
    person = policy.person(key)
    if person is None:
        raise UnknownName("person", key, [one.display for one in policy.people])
    return person


def _holders(policy: Policy, right: Right) -> str:
    names = [person.display for role in ROLES[right] for person in policy.members(role)]
    return f"Ask {', '.join(dict.fromkeys(names))}." if names else "The policy gives nobody that role."
