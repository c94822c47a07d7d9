"""The words that the step rule knows: titles of background, of preparation, of procedures, and lead-ins of lists.

docs/runbooks.md publishes these lists; a test holds the two together. Titles are compared without case, numbers,
leading symbols and closing punctuation; the plural of a title, and two of them joined, count as the title.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.runbook.titles import bare


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


BACKGROUND = _words(
    """
    overview, introduction, background, purpose, scope, summary, abstract, about, description, context, contents, table
    of contents, toc, on this page, in this page, meaning, impact, symptom, severity, priority, trigger, triggers,
    alert, alerts, alert details, alert definition, alert rule, possible causes, probable causes, common causes, causes,
    cause, root cause, root causes, reference, reference material, related, link, see also, resource, further reading,
    more reading, read more, conclusion, outcome, feedback, feedback and contribution, where to go next, learn more,
    more information, additional information, additional resources, additional reading, useful links, documentation,
    next steps, what's next, whats next, what next, contact, owner, ownership, stakeholders, roles and responsibilities,
    roles, responsibilities, audience, architecture, design, diagram, how it works, how does it work, how does this
    work, concepts, key concepts, terminology, definition, glossary, limitation, known limitations, caveats, known
    issues, note, important notes, additional notes, considerations, key points, key points to note, points to note,
    things to note, why, what, who, when, support, safety, general safety rules, safety rules, safety and rollback,
    security considerations, benefits, key takeaways, faq, frequently asked questions, lessons learned, prevention,
    preventive measures, best practices, retention, objective, goal, recovery objectives, rto/rpo, rpo/rto, rto, rpo,
    rto and rpo, service level objectives, slo, sla, detection, input, output, result, results, expected output,
    expected outcome, expected result, success criteria, exit criteria, acceptance criteria, change log, changelog,
    history, revision history, version history, document history, document control, document information, metadata,
    sign-off, signoff, approvals, assumptions, constraints, risks, key metrics, metrics, dashboards, monitoring and
    alerting, tools, tooling, frequency, schedule, timeline, cost, costs, status, license, credits, acknowledgements,
    communication templates, appendix, future work, todo, to do, quick links, quick reference, abbreviations,
    trigger conditions, pitfalls, common pitfalls, recovery targets, rto/rpo targets, targets
    """
)
"""Sections of these titles make no step, with all that stands below them."""

BACKGROUND_STARTS = _words(
    """
    why, what is, what are, what's, what does, when to, when would, when should, when do, who, how it works, how does,
    how do you know, how do we know, how we, benefits of, key flags, key fields, overview of, introduction to, about,
    appendix, understanding, purpose of, scope of, background, impact of, architecture of, references
    """
)
"""So do titles that begin with these words."""

BACKGROUND_ENDS = _words(
    """
    overview, architecture, background, glossary, considerations, limitations
    """
)
"""And titles that end with these."""

BEFORE = _words(
    """
    prerequisite, pre-requisite, pre requisite, requirement, before you begin, before you start, before starting, before
    we start, before beginning, before upgrading, preconditions, pre-conditions, required access, access required,
    required permissions, permissions, access, access requirements, what you need, information required, required
    information, what you'll need, you will need, required tools, system requirements, dependencies, assumptions and
    prerequisites, requirements and prerequisites
    """
)
"""Sections of these titles are "Before you start"."""

BEFORE_ENDS = _words(
    """
    requirements, prerequisites, pre-requisites, preconditions
    """
)
"""So are titles that end with these words."""

PROCEDURES = _words(
    """
    procedure, step, instruction, action, process, runbook, task, workflow, how to, steps to take, steps to follow,
    steps to fix, steps to resolve, the steps, the process, step by step, step-by-step, step by step guide, step-by-step
    guide, step-by-step instructions, immediate actions, immediate action, recovery steps, recovery procedure, restore
    procedure, restore steps, restoration steps, rollback, rollback procedure, rollback steps, roll back, resolution
    steps, mitigation steps, remediation steps, diagnosis steps, investigation steps, upgrade steps, upgrade procedure,
    deployment steps, verification steps, manual steps, first steps, initial response, response, execution, todo list
    """
)
"""Titles of sections whose bullets are steps."""

PROCEDURE_ENDS = _words(
    """
    steps, procedure, procedures, instructions, actions
    """
)
"""So are titles that end with these words."""

GROUP_WORDS = _words(
    """
    phase, stage, option, scenario, case, part, method, approach, alternative, variant, use case, situation, workaround,
    solution, possibility
    """
)
"""Numbered like steps, but each holds steps of its own: `Option 2`, `Case #1`, `Scenario A`."""

STEP_WORDS = _words(
    """
    step, task, schritt, etape, étape, paso, passo, stap, krok, steg, action
    """
)
"""Words before a heading's number that make it a step: `Step 3`, `Schritt 3`."""

ACTIONS = _words(
    """
    add, apply, approve, archive, ask, assign, attach, back, block, bring, build, bump, call, change, check, clean,
    clear, click, clone, close, collect, commit, communicate, compare, complete, configure, confirm, connect, contact,
    copy, create, declare, decommission, delete, deploy, destroy, detach, determine, diagnose, disable, disconnect,
    download, drain, edit, enable, ensure, escalate, evaluate, execute, export, fail, failover, fetch, find, fix,
    follow, force, freeze, generate, get, give, go, grant, identify, import, inform, inspect, install, investigate,
    isolate, kill, launch, list, load, locate, lock, log, login, make, merge, migrate, mitigate, monitor, mount, move,
    notify, obtain, open, page, patch, pause, perform, point, prepare, promote, provision, publish, pull, purge, push,
    put, read, rebuild, reboot, recover, recreate, redeploy, register, release, remove, rename, repair, repeat, replace,
    report, request, reset, resize, resolve, restart, restore, resume, retry, return, revert, review, revoke, roll,
    rotate, run, save, scale, schedule, select, send, set, setup, shut, shutdown, sign, ssh, start, stop, submit,
    switch, sync, tell, terminate, test, transfer, trigger, turn, undo, uninstall, unlock, unmount, update, upgrade,
    upload, use, validate, verify, view, wait, watch, write
    """
)
"""A section whose title begins with one of these is something to do, not only to read: it
changes the kind of the step, never where it begins."""

_STEMS = frozenset({verb.rstrip("e") + "ing" for verb in ACTIONS} | {verb + verb[-1] + "ing" for verb in ACTIONS})

_FOLLOWING = r"(?:the |these |this )?(?:\w+ )?(?:steps?|instructions?|procedures?|process|commands?|actions?|checks?)"
_DO = r"do|perform|try|complete|carry out|run|execute|check|verify|take|ensure|confirm"
_HELPERS = r"will|would|may|might|can|just|then|also|first"
_MUST = r"(?:need|have|want|ought) to|must|should|can|shall"
LEAD_INS = (
    rf"\bfollow(?:ing)? {_FOLLOWING}\b",
    r"\b(?:these|below|next|some|few) (?:\w+ )?steps\b",
    r"\bsteps (?:are|below|to|for|that|you|involved)\b",
    r"\bsteps:?$",
    rf"\b(?:{_DO}) (?:all )?(?:of )?the following\b",
    r"\bas follows:?$",
    rf"\b(?:you|we|i|they) (?:(?:{_HELPERS}) )*(?:{_MUST})(?: do)?(?: the following)?:$",
    r"\bprocedure(?: is| below)?:?$",
    r"^(?:in order )?to [^.]*:$",
    r"\binstructions?:$",
    r"\bprocess(?: is)?:$",
)
LEAD_IN = re.compile("|".join(LEAD_INS), re.IGNORECASE)
"""The end of a paragraph before bullets that are steps: "follow these steps", "do the following", "To restore it:"."""

SAYS_STEPS = re.compile(
    r"\b(?:steps?|instructions?|procedures?)\b[^.]{0,40}:?$|\b(?:have|need) to(?: do)?:$", re.IGNORECASE
)
"""A lead-in that speaks of steps means steps, whatever else it says."""

NO_STEP_WORDS = _words(
    r"""
    notes?, assum\w+, constraints?, conditions?, requirements?, prerequisites?, expectations?, reasons?, factors?,
    criteria, caveats?, limitations?, components?, options, possibilities, benefits, advantages, goals, principles,
    rules, categories, types, kinds, causes, scenarios, cases, symptoms, phases, stages, environments, points, features,
    fields, columns, parameters, arguments, variables, definitions, examples?, files, resources, documents, links,
    sections, topics, questions, consists? of, contains?, comprises?, includes?, including, such as, because,
    for example, e\.g\.
    """
)
"""Words at the end of a lead-in that make a list anything but steps."""

_AGENTS = (
    r"script|job|workflow|pipeline|tool|command|playbook|action|it|this|operator|controller|automation|function|lambda|"
    r"alert|system|service|program|process"
)
_NO_STEPS = (
    rf"\b(?:{'|'.join(NO_STEP_WORDS)})\b[^.:]{{0,25}}:$",
    rf"\b(?:{_AGENTS}) (?:will |then |does |performs |automatically |would |can )+[^.]{{0,60}}:$",
    r"\bmeans\b[^.]{0,20}:?$",
    r"\b(?:does|should be|such that|so that):?$",
    r"\b(?:installed|available|in place|ready|configured|enabled):?$",
    r"^(?:the|this|each|every|any) (?:\S+ ){1,3}(?:will|should|would|does|can|must|may|has|have)(?: also)?:$",
    r"^(?:the|this|each|every) (?!following|next|above|below)\S+(?: \S+)?:$",
)
NO_STEPS = re.compile("|".join(_NO_STEPS), re.IGNORECASE)
"""The end of a paragraph before a list that is no list of steps: conditions, notes, what a tool does."""


def _matcher(titles: tuple[str, ...]) -> re.Pattern[str]:
    one = "(?:" + "|".join(sorted(map(re.escape, titles), key=len, reverse=True)) + ")s?"
    return re.compile(rf"(?:the |document |runbook |related |useful |key )?{one}(?:(?: ?[/&,] ?| and | or ){one})*")


_IS_BACKGROUND = _matcher(BACKGROUND)
_IS_BEFORE = _matcher(BEFORE)
_IS_PROCEDURE = _matcher(PROCEDURES)
_STARTS = tuple(f"{words} " for words in BACKGROUND_STARTS)
_ENDS = tuple(f" {words}" for words in BACKGROUND_ENDS)
_PROCEDURE_ENDS = tuple(f" {words}" for words in PROCEDURE_ENDS)
_BEFORE_ENDS = tuple(f" {words}" for words in BEFORE_ENDS)
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@lru_cache(8192)
def _key(title: str) -> str:
    return _BRACKETS.sub("", bare(title)).lower().replace("\u2019", "'")


@lru_cache(8192)
def is_background(title: str) -> bool:
    """Whether a section of that title makes no step."""
    key = _key(title)
    return bool(_IS_BACKGROUND.fullmatch(key)) or key.startswith(_STARTS) or key.endswith(_ENDS)


def is_before(title: str) -> bool:
    """Whether a section of that title is "Before you start"."""
    key = _key(title)
    return bool(_IS_BEFORE.fullmatch(key)) or key.endswith(_BEFORE_ENDS)


def is_procedure(title: str) -> bool:
    """Whether a section of that title holds steps, bullets too."""
    key = _key(title)
    return bool(_IS_PROCEDURE.fullmatch(key)) or key.endswith(_PROCEDURE_ENDS)


def is_action(title: str) -> bool:
    """Whether a title begins with an action: `Stop the writers`, `Stopping the writers`."""
    word = _key(title).partition(" ")[0]
    return word in ACTIONS or word in _STEMS
