"""The words that the step rule knows: titles of background, of preparation, of procedures.

docs/runbooks.md publishes these lists; a test holds the two together. Titles are compared without case, numbers,
leading symbols and closing punctuation; the plural of a title, and two of them joined, count as the title.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.runbook.titles import bare


def words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


BACKGROUND = words(
    """
    overview, introduction, background, purpose, scope, summary, abstract, about, description, context, contents,
    table of contents, toc, on this page, in this page, meaning, impact, symptom, severity, priority, priorities,
    trigger, alert, alert details, alert definition, alert rule, cause, root cause, reference, reference material,
    related, link, see also, resource, further reading, more reading, read more, conclusion, outcome, feedback,
    feedback and contribution, where to go next, learn more, additional reading, documentation, next steps, what's
    next, whats next, what next, contact, owner, ownership, stakeholders, roles and responsibilities, roles,
    responsibilities, audience, architecture, design, diagram, how it works, how does it work, how does this work,
    concepts, key concepts, terminology, definition, glossary, limitation, known limitations, caveats, known issues,
    note, considerations, key points, key points to note, points to note, things to note, why, what, who, when,
    support, safety, general safety rules, safety rules, safety and rollback, security considerations, benefits, key
    takeaways, faq, frequently asked questions, lessons learned, prevention, preventive measures, best practices,
    retention, objective, goal, recovery objectives, rto/rpo, rpo/rto, rto, rpo, rto and rpo, service level
    objectives, slo, sla, detection, input, output, result, results, expected output, expected outcome, expected
    result, success criteria, exit criteria, acceptance criteria, change log, changelog, history, revision history,
    version history, document history, document control, document information, metadata, sign-off, signoff, approvals,
    assumptions, constraints, risks, key metrics, metrics, dashboards, monitoring and alerting, tools, tooling,
    frequency, schedule, timeline, cost, license, credits, acknowledgements, communication templates, appendix, future
    work, todo, to do, quick links, quick reference, abbreviations, trigger conditions, pitfalls, common pitfalls,
    problem statement, compatibility, applicable versions, recovery targets, rto/rpo targets, targets, information,
    more information, intro, tl;dr, non-goal, non goal, new features, what changed, possible cause, probable cause,
    common cause, advantage, disadvantage, tip, tips and tricks, general advice, duration, expected duration,
    estimated time, time estimate, emeritus maintainers, metrics to track, metrics to watch, metrics to monitor,
    escalation path, escalation triggers, remember, index, objetivo, objectif, ziel,
    überblick, resumen, resumo, aperçu, referencia, referência, référence
    """
)
"""Sections of these titles make no step, with all that stands below them."""

BACKGROUND_SINGULAR = words("issue, problem")
"""Nor do these, but their plurals may hold steps."""

BACKGROUND_UNLISTED = words(
    "documentation, sign-off, signoff, approvals, acceptance criteria, success criteria, exit criteria"
)
"""These do not when they have an ordered list or a task list of their own: then they are work."""

BACKGROUND_STARTS = words(
    """
    why, what is, what are, what's, what does, when to, when would, when should, when do, who, how it works, how does,
    how do you know, how do we know, how we, benefits of, key flags, key fields, overview of, introduction to, about,
    appendix, understanding, purpose of, scope of, background, impact of, architecture of, references, reference:,
    related, supported, next steps, your next steps, compatibility of, limitations of, limitations on, remarks on,
    notes on, criteria for, contact for
    """
)
"""So do titles that begin with these words."""

BACKGROUND_ENDS = words(
    """
    overview, architecture, background, glossary, considerations, limitations, types, categories, modes,
    policy, works, interact, notice, notices, contacts, levels, status, summary, dependencies, reference, parameters,
    triggers
    """
)
"""And titles that end with these."""

BEFORE = words(
    """
    prerequisite, pre-requisite, pre requisite, requirement, before you begin, before you start, before starting,
    before we start, before beginning, before upgrading, preconditions, pre-conditions, required access, access
    required, required permissions, access requirements, what you need, information required, required information,
    what you'll need, you will need, required tools, system requirements, assumptions and prerequisites, requirements
    and prerequisites, prerrequisito, pré-requisito, prérequis, voraussetzung, voraussetzungen
    """
)
"""Sections of these titles are "Before you start"."""

BEFORE_STARTS = words(
    """
    prerequisite:, prerequisites:
    """
)
"""So are titles that begin with these words."""

BEFORE_ENDS = words(
    """
    requirements, prerequisites, pre-requisites, preconditions, access, permissions
    """
)
"""And titles that end with these."""

PROCEDURES = words(
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

PROCEDURE_ENDS = words(
    """
    steps, procedure, procedures, instructions, actions, order, sequence, checklist
    """
)
"""So are titles that end with these words."""

GROUP_WORDS = words(
    """
    phase, stage, option, scenario, case, part, method, approach, alternative, variant, use case, situation, workaround,
    solution, possibility
    """
)
"""Numbered like steps, but each holds steps of its own: `Option 2`, `Case #1`, `Scenario A`."""

STEP_WORDS = words(
    """
    step, task, schritt, etape, étape, paso, passo, stap, krok, steg, action
    """
)
"""Words before a heading's number that make it a step: `Step 3`, `Schritt 3`."""

ACTIONS = words(
    """
    activate, add, adjust, apply, approve, archive, ask, assign, attach, back, block, bring, build, bump, call,
    change, check, clean, clear, click, clone, close, collect, commit, communicate, compare, complete, configure,
    confirm, connect, contact, copy, create, deactivate, declare, decommission, decrease, decrypt, delete, deploy,
    destroy, detach, detect, determine, diagnose, disable, disconnect, download, drain, drop, edit, enable, encrypt,
    ensure, escalate, evaluate, execute, export, extract, fail, failover, fetch, find, fix, follow, force, freeze,
    generate, get, give, go, grant, identify, import, increase, inform, initialise, initialize, inspect, install,
    investigate, isolate, join, kill, label, launch, list, load, locate, lock, log, login, make, mark, merge, migrate,
    mitigate, modify, monitor, mount, move, notify, obtain, open, page, patch, pause, perform, point, prepare,
    promote, provision, publish, pull, purge, push, put, query, read, reboot, rebuild, recover, recreate, recycle,
    redeploy, reduce, register, reindex, release, remove, rename, repair, repeat, replace, report, request, reset,
    resize, resolve, restart, restore, resume, retrieve, retry, return, revert, review, revoke, roll, rotate, run,
    save, scale, schedule, search, select, send, set, setup, shut, shutdown, sign, specify, ssh, start, stop, submit,
    switch, sync, tag, taint, tell, terminate, test, transfer, trigger, turn, undo, uninstall, unlock, unmount,
    unseal, update, upgrade, upload, use, validate, verify, view, wait, watch, write
    """
)
"""A section whose title begins with one of these is something to do, not only to read: that decides the kind of a step,
that an ending does not make its section background, and that a few paragraphs above other sections are a step."""

_STEMS = frozenset({verb.rstrip("e") + "ing" for verb in ACTIONS} | {verb + verb[-1] + "ing" for verb in ACTIONS})


BEFORE_A_TITLE = words("the, document, runbook, related, useful, key, additional, other, further, important")
"""Words that may stand before a title of the lists above."""


def _matcher(titles: tuple[str, ...]) -> re.Pattern[str]:
    one = "(?:" + "|".join(sorted(map(re.escape, titles), key=len, reverse=True)) + ")s?"
    return re.compile(rf"(?:(?:{'|'.join(BEFORE_A_TITLE)}) )?{one}(?:(?: ?[/&,] ?| and | or ){one})*")


_IS_BACKGROUND = _matcher(BACKGROUND)
_IS_UNLISTED = _matcher(BACKGROUND_UNLISTED)
_IS_BEFORE = _matcher(BEFORE)
_IS_PROCEDURE = _matcher(PROCEDURES)
_STARTS = tuple(f"{one} " for one in BACKGROUND_STARTS)
_ENDS = tuple(f" {one}" for one in BACKGROUND_ENDS)
_PROCEDURE_ENDS = tuple(f" {one}" for one in PROCEDURE_ENDS)
_BEFORE_STARTS = tuple(f"{one} " for one in BEFORE_STARTS)
_BEFORE_ENDS = tuple(f" {one}" for one in BEFORE_ENDS)
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@lru_cache(8192)
def _key(title: str) -> str:
    return _BRACKETS.sub("", bare(title)).lower().replace("\u2019", "'")


@lru_cache(8192)
def is_background(title: str) -> bool:
    """Whether a section of that title makes no step."""
    key = _key(title)
    return bool(_IS_BACKGROUND.fullmatch(key)) or key in BACKGROUND_SINGULAR


def is_unlisted_background(title: str) -> bool:
    """Whether a section of that title is background only without a list of things to do."""
    return bool(_IS_UNLISTED.fullmatch(_key(title)))


@lru_cache(8192)
def like_background(title: str) -> bool:
    """Whether a title begins or ends like one of background; one that begins with an action does not end so."""
    key = _key(title)
    return key.startswith(_STARTS) or (f" {key}".endswith(_ENDS) and not is_action(title))


def is_before(title: str) -> bool:
    """Whether a section of that title is "Before you start"."""
    key = _key(title)
    return bool(_IS_BEFORE.fullmatch(key)) or key.startswith(_BEFORE_STARTS)


def like_before(title: str) -> bool:
    """Whether a title ends like one of "Before you start", and does not begin with an action."""
    return f" {_key(title)}".endswith(_BEFORE_ENDS) and not is_action(title)


def is_procedure(title: str) -> bool:
    """Whether a section of that title holds steps, bullets too."""
    key = _key(title)
    return bool(_IS_PROCEDURE.fullmatch(key)) or (key.endswith(_PROCEDURE_ENDS) and " the " not in key)


def is_action(title: str) -> bool:
    """Whether a title begins with an action: `Stop the writers`, `Stopping the writers`."""
    word = _key(title).partition(" ")[0]
    return word in ACTIONS or word in _STEMS
