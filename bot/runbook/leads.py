"""The sentence before a list: whether the list is steps, or something else."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.runbook.titles import plain
from bot.runbook.word_lists import words

OTHER_THINGS = words(
    """
    note, notes, assumptions, constraints, conditions, requirements, prerequisites, expectations, reason, reasons,
    factors, criteria, caveats, limitations, components, options, possibilities, benefits, advantages, disadvantages,
    drawbacks, goals, principles, rules, categories, types, kinds, causes, scenarios, cases, symptoms, phases, stages,
    environments, points, features, fields, columns, parameters, arguments, variables, definitions, example, examples,
    files, resources, documents, links, sections, topics, questions, ways, things, choices, approaches, methods, groups,
    tiers, levels, roles, strategy, strategies, algorithm, logic, paths, modes, inputs, outputs, values, flags, formats,
    versions, platforms, issues, signs, errors, problems, metrics, alerts, preconditions, recommendations, guidelines,
    tips, differences, facts, conclusions, projects, settings, properties, objectives, topologies, tools, sets
    """
)
"""A list behind a sentence that ends in one of these is a list of them, not of steps."""

OTHER_VERBS = words(
    """
    consist of, contain, comprise, include, including, such as, because, for example, e.g., show, showing, familiar with
    """
)
"""So is one behind a sentence that ends in one of these."""

_STEPS = r"(?:steps?|instructions?|procedures?|process)"
_ACTS = r"(?:commands?|actions?|checks?|tasks?)"
_DO = r"(?:do|perform|try|complete|carry out|run|execute|check|verify|take|ensure|confirm)"
_HELPERS = r"(?:(?:will|would|may|might|can|just|then|also|first) )*"
_MUST = r"(?:(?:need|have|want|ought) to|must|should|shall)"
_AGENTS = "script|job|workflow|pipeline|tool|command|playbook|operator|controller|automation|function|agent"
_IT = rf"(?:{_AGENTS}|action|it|this|lambda|alert|system|service|program|process)"
_TROUBLES = "issues|symptoms|signs|errors|problems|conditions|metrics|alerts"
_THINGS = "|".join(map(re.escape, OTHER_THINGS))
_VERBS = "|".join(map(re.escape, OTHER_VERBS))
_HAPPENS = "does|do|performs?|executes?|takes?|goes through"
_CURES = "fix|solution|remedy|workaround|commands?|order|sequence|process|procedure|steps|actions"
_MODALS = "will|should|would|does|can|must|may|has|have"


def _any(*expressions: str) -> re.Pattern[str]:
    return re.compile("|".join(expressions), re.IGNORECASE)


_LEADS_IN = _any(
    rf"\bfollow(?:ing)? (?:the |these |this )?(?:\w+ )?(?:{_STEPS}\b|{_ACTS}:?$)",
    r"\b(?:these|below|next|some|few) (?:\w+ )?steps\b",
    r"\bsteps (?:are|below|involved)\b",
    r"\bsteps (?:to|for|that|you)\b.*:$",
    r"\b(?:the|these|following) steps (?:to|for|that|you)\b",
    r"\bsteps:?$",
    rf"\b{_DO} (?:all )?(?:of )?the following\b",
    r"\bproceed as follows:?$",
    rf"\b(?:you|we|i|they) {_HELPERS}{_MUST}(?: do)?(?: the following)?:$",
    r"^(?!(?:the|this|each|every|any|it|an?) )(?:\S+ ){1,3}must:$",
    r"\bprocedure(?: is| below)?:?$",
    r"^(?:in order )?to [^.]*:$",
    r",\s+(?:in order )?to (?!be\b|name\b)[^.,]*:$",
    r"\binstructions?:$",
    r"\bprocess(?: is)?:$",
)
_SPEAKS_OF_STEPS = _any(
    r"\b(?:steps?|instructions?|procedures?)\b.{0,40}:?$",
    r"\b(?:have|need) to(?: do)?:$",
    r"\b(?:you|we|i|they) (?:then |also )?(?:must|should)(?: do)?:$",
    r"^(?:in order )?to [^,]*:$",
)
_SOMETHING_ELSE = _any(
    rf"\b(?:{_THINGS})\b(?! to do\b)(?: (?:of|for|in|when|that|which|to) [^.:]{{0,40}}|[^.:]{{0,25}}):$",
    rf"\b(?:{_VERBS})s?\b[^.:]{{0,25}}:$",
    rf"\b{_IT} (?:(?:will|then|does|performs|automatically|would|can) (?!need|have))+.{{0,60}}:$",
    r"(?<!\byou)(?<!\bwe)(?<!\bI) will(?: \w+ that)?:$",
    r"\b(?:are|were):$",
    r"\b(?:you|we|they) (?:(?:will|also) )*(?:need|have):$",
    r"\b(?:(?:is|are) automated|automatically \w+s)\b.*:$",
    r"\bmeans\b.{0,20}:?$",
    rf"\b(?:this|the) (?:\w+ )?(?:{_AGENTS}):$",
    r"\bfollowing\b.*\b(?:is|are) (?:then |automatically )*(?:triggered|run|executed|performed|created|started)\b.*:$",
    r"\b(?:does|should be|such that|so that):?$",
    r"\bin (?:\w+ ){1,2}ways:?$",
    r"^(?!once|after|when|if|before|as soon).*\b(?:installed|available|in place|ready|configured|enabled):?$",
    rf"^(?:the|this|each|every|any) (?:\S+ ){{1,3}}(?:{_MODALS})(?: also)?:$",
    rf"^(?:the|this|each|every) (?!following|next|above|below|{_CURES})\S+(?: \S+)?:$",
)
_TELLS_WHAT_HAPPENS = _any(
    r"^e\.g\.",
    r"\b(?:if|when|whenever) (?:you|we|they) (?:want|need|wish|plan) to:$",
    r"\bassumes?(?: that)?:$",
    rf"\b(?:these|following|those) (?:\w+ )?(?:{_TROUBLES})\b.*:$",
    r"\b(?:refer to|see|consult) (?:the |these |one of )*(?:following|below|documents?|pages?|guides?)\b.*:$",
    rf"\b(?:{_AGENTS}) (?:(?:will|then|automatically) )*(?:{_HAPPENS}) .*:$",
    r"^it (?!(?:is|has|was|consists|involves|requires|takes|needs)\b)\w+s\b.*:$",
    r"\b(?:completes|performs|executes|undergoes|automates?) the following\b",
    r"^(?:executing|running|calling) .*\b(?:will|does|performs)\b.*:$",
    r"\bworks? (?:as follows|like this)\b",
    r"\baccomplish(?:es)?\b.*:$",
    r"\b(?:each|every) \w+ will:$",
    r"\b(?:steps|operations|actions|events) (?:that )?(?:will )?(?:happen|occur|take place)\b",
    r"\b(?:steps|operations|actions) (?:are|is) (?:then |automatically )*(?:taken|triggered)\b",
    r"\b(?:process|procedure|workflow|sequence|job) is (?:then |automatically )*(?:started|triggered|initiated)\b",
)
_BY_ITSELF = _any(
    rf"\b(?:{_AGENTS}) (?:(?:will|then|automatically) )*(?:{_HAPPENS}|attempts?|tries|checks?|runs?)\b.*:$",
    rf"\b{_IT} (?:will|automatically)\b.*:$",
    r"\bautomatically \w+s\b.*:$",
)
_SUMS_UP = _any(
    r"\b(?:high[- ]level|overview|summary|in short|overall|basic|main|general|outline|roughly)\b.*:$",
    r"\b(?:split|divided|broken)\b.* (?:steps|parts|stages|phases):$",
    r"\b(?:consists?|comprises?)\b.*:$",
)
_SENTENCES = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!E\.g\.)(?<!etc\.)\s+")
_LONGEST = 300


@lru_cache(8192)
def last_words(text: str) -> str:
    """The last sentence of a paragraph: what leads in to a list."""
    words = plain(text[-_LONGEST:].rpartition("\n")[2] if len(text) > _LONGEST else text)
    return _SENTENCES.split(words)[-1]


@lru_cache(8192)
def is_lead_in(lead: str, *, opening: bool = False) -> bool:
    """Whether bullets behind a sentence are steps: "follow these steps:", "do the following", "To restore it:".

    `opening`: it stands above the first section of a file, where it must speak of steps.
    """
    return bool((_SPEAKS_OF_STEPS if opening else _LEADS_IN).search(lead))


@lru_cache(8192)
def speaks_of_steps(lead: str) -> bool:
    """Whether a sentence says that steps follow, whatever their words are."""
    return bool(_SPEAKS_OF_STEPS.search(lead) or _LEADS_IN.search(lead))


@lru_cache(8192)
def happens_by_itself(lead: str) -> bool:
    """Whether a sentence says that a machine does what follows: "The script automatically attempts the following:"."""
    return bool(_BY_ITSELF.search(lead))


@lru_cache(8192)
def says_no_steps(lead: str, *, opening: bool = False) -> bool:
    """Whether a sentence says that the list behind it is something else: "these conditions:", "the script will:".

    Sentences that speak of steps win, but for those that tell what happens by itself. `opening`: above the first
    section of a file a list may sum up what follows.
    """
    if _TELLS_WHAT_HAPPENS.search(lead) or (opening and _SUMS_UP.search(lead)):
        return True
    return bool(_SOMETHING_ELSE.search(lead)) and not _SPEAKS_OF_STEPS.search(lead)
