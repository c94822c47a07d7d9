"""The words that the step rule knows: titles of background, of preparation, of procedures.

docs/runbooks.md publishes these lists; a test holds the two together. Titles are compared without case, numbers,
leading symbols and closing punctuation; the plural of a title, and two of them joined, count as the title.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.runbook.actions import asks_what_to_do, is_verb
from bot.runbook.word_lists import title_key, words

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
    retention, objective, goal, recovery objective, objectives, criteria, model, symptoms, rto/rpo, rpo/rto, rto,
    rpo, rto and rpo, service level objectives, slo, sla, detection, input, output, result, results, expected
    output, expected outcome, expected result, success criteria, exit criteria, acceptance criteria, change log,
    changelog, history, revision history, version history, document history, document control, document information,
    metadata, sign-off, signoff, approvals, assumptions, constraints, risks, key metrics, metrics, dashboards,
    monitoring and alerting, tools, tooling, frequency, schedule, timeline, cost, license, credits,
    acknowledgements, communication templates, appendix, future work, todo, to do, quick links, quick reference,
    abbreviations, trigger conditions, pitfalls, common pitfalls, problem statement, compatibility, applicable
    versions, recovery targets, rto/rpo targets, targets, information, more information, intro, tl;dr, non-goal, non
    goal, new features, what changed, possible cause, probable cause, common cause, advantage, disadvantage, tip,
    tips and tricks, general advice, duration, expected duration, estimated time, time estimate, emeritus
    maintainers, metrics to track, metrics to watch, metrics to monitor, escalation path, escalation triggers,
    escalation, contact information, contact details, you should know, what you should know, good to know, remember,
    index, component, environment, blast radius, cadence, evidence, implication, big picture, mechanism, alert
    trigger, alert name, edge case, plan, monitoring and metric, distribution, element, motivation, consequence,
    positive consequence, negative consequence, decision drivers, considered options, decision outcome, drawback,
    highlight, bug fixes, bugs fixed, user stories, success metrics, contributing, contributor, translation,
    versioning, statistics, response times, failure classes, war story, help, need help, getting help, example output,
    sample output, operational notes, relevant urls, url, objetivo, objectif, ziel, überblick, resumen, resumo,
    aperçu, referencia, referência, référence, warning, caution, future, security, also see, summing up, sum up,
    let's sum up, tldr, end of runbook, end of procedure, further steps, security model, footnote, to-do,
    know before you go, under the hood, things to watch out for, things to watch for, q&a, philosophy, important,
    use case
    """
)
"""Sections of these titles make no step, with all that stands below them."""

BACKGROUND_SINGULAR = words("issue, problem, scenario")
"""Nor do these, but their plurals may hold steps."""

BACKGROUND_UNLISTED = words(
    """
    distribution, documentation, escalation, sign-off, signoff, approvals, acceptance criteria, success criteria,
    exit criteria, security, warning, caution, further steps, next steps, to do, to-do, todo
    """
)
"""These do not when they have an ordered list or a task list of their own: then they are work."""

BACKGROUND_OPEN = words("detection, description, roles and responsibilities, role, responsibilities, security")
"""These, and a section of level 1, do not hide a section below them that has a command or an ordered list in it."""

BACKGROUND_STARTS = words(
    """
    context:, what changes, why, what is, what are, what happens, what happened, what changed, what this, what
    the, what's, what does, when to, when would, when should, when do, who, how it works, how does, how long, how
    often, how much, how many, how do you know, how do we know, how we, benefits of, key flags, key fields,
    overview of, introduction to, about, appendix, understanding, purpose of, scope of, background, impact of,
    architecture of, references, reference:, related, supported, next steps, your next steps, compatibility of,
    limitations of, limitations on, definition of, remarks on, notes on, a note on, note on, severity:,
    criticality, raci, criteria for, contact for, overview:, automatic, example of, examples of, historical, what,
    changes from, symptoms of, blast radius, notable
    """
)
"""So do titles that begin with these words."""

BACKGROUND_ENDS = words(
    """
    overview, architecture, background, glossary, considerations, limitations, types, categories, modes, policy,
    works, interact, notice, notices, contacts, levels, status, summary, dependencies, reference, parameters,
    cadence, triggers, definition, real-world example, docs, info, notes, tips, impact, causes, schedule, template,
    templates, matrix, resources, links, urls, diagram, diagrams, structure, theory, statistics, metrics,
    thresholds, definitions, responsibilities, objectives, severity, goals, features, principles, expectations,
    documentation, information, war story, details, false positives,
    conventions, behavior, behaviour
    """
)
"""And titles that end with these."""

TROUBLE = words(
    """
    troubleshooting, trouble shooting, troubleshooting guide, troubleshooting tips, common issues, common problems,
    common errors, common failures, known problems, possible issues, possible problems, potential issues
    """
)
"""Sections of these titles make no step behind other steps: they are looked up when one of these fails."""

BEFORE = words(
    """
    prerequisite, pre-requisite, pre requisite, requirement, before you begin, before you start, before starting,
    before we start, before beginning, before upgrading, preconditions, pre-conditions, required access, access
    required, required permissions, access requirements, what you need, information required, required information,
    what you'll need, you will need, you may need, you might need, required tools, system requirements, assumptions
    and prerequisites, requirements and prerequisites, prerrequisito, pré-requisito, prérequis, voraussetzung,
    voraussetzungen
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
    steps to fix, steps to resolve, the steps, the process, step by step, step-by-step, step by step guide,
    step-by-step guide, step-by-step instructions, immediate actions, immediate action, recovery steps, recovery
    procedure, restore procedure, restore steps, restoration steps, rollback, rollback procedure, rollback steps,
    roll back, resolution steps, mitigation steps, remediation steps, diagnosis steps, investigation steps, upgrade
    steps, upgrade procedure, deployment steps, verification steps, manual steps, first steps, initial response,
    response, execution, todo list, what to do
    """
)
"""Titles of sections whose bullets are steps."""

PROCEDURE_ENDS = words(
    """
    steps, procedure, procedures, instructions, actions, order, sequence, checklist
    """
)
"""So are titles that end with these words."""

PROCEDURE_STARTS = words("process to, process for, steps to, steps for, procedure to, procedure for")
"""And titles that begin with these."""

GROUP_WORDS = words(
    """
    phase, stage, option, scenario, case, part, method, approach, alternative, variant, use case, situation,
    workaround, solution, possibility
    """
)
"""Numbered like steps, but each holds steps of its own: `Option 2`, `Case #1`, `Scenario A`."""

STEP_WORDS = words(
    """
    step, task, schritt, etape, étape, paso, passo, stap, krok, steg, action
    """
)
"""Words before a heading's number that make it a step: `Step 3`, `Schritt 3`."""

BEFORE_A_TITLE = words(
    """
    the, runbook, related, relevant, useful, key, additional, other, more, further, important, affected, quick
    """
)
"""Words that may stand before a title of the lists above."""


def _matcher(titles: tuple[str, ...]) -> re.Pattern[str]:
    one = "(?:" + "|".join(sorted(map(re.escape, titles), key=len, reverse=True)) + ")s?"
    return re.compile(rf"(?:(?:{'|'.join(BEFORE_A_TITLE)}) )?{one}(?:(?: ?[/&,] ?| and | or ){one})*")


_IS_BACKGROUND = _matcher(BACKGROUND)
_IS_OPEN = _matcher(BACKGROUND_OPEN)
_IS_UNLISTED = _matcher(BACKGROUND_UNLISTED)
_IS_BEFORE = _matcher(BEFORE)
_IS_PROCEDURE = _matcher(PROCEDURES)
_STARTS = tuple(f"{one} " for one in BACKGROUND_STARTS)
_ENDS = tuple(f" {one}" for one in BACKGROUND_ENDS)
_PROCEDURE_ENDS = tuple(f" {one}" for one in PROCEDURE_ENDS)
_PROCEDURE_STARTS = tuple(f"{one} " for one in PROCEDURE_STARTS)
_BEFORE_STARTS = tuple(f"{one} " for one in BEFORE_STARTS)
_BEFORE_ENDS = tuple(f" {one}" for one in BEFORE_ENDS)


@lru_cache(8192)
def is_background(title: str) -> bool:
    """Whether a section of that title makes no step."""
    key = title_key(title)
    return bool(_IS_BACKGROUND.fullmatch(key)) or key in BACKGROUND_SINGULAR


def is_unlisted_background(title: str) -> bool:
    """Whether a section of that title is background only without a list of things to do."""
    return bool(_IS_UNLISTED.fullmatch(title_key(title)))


def is_trouble(title: str) -> bool:
    """Whether a section of that title tells what to do when a step fails."""
    return title_key(title) in TROUBLE


def is_open_background(title: str) -> bool:
    """Whether a section of that title is background by itself: the sections below it may be work."""
    return bool(_IS_OPEN.fullmatch(title_key(title)))


@lru_cache(8192)
def like_background(title: str) -> bool:
    """Whether a title begins or ends like one of background; one that begins with an action does not end so."""
    key = title_key(title)
    starts = key.startswith(_STARTS) and not (key.startswith(("what to ", "what if ")) or asks_what_to_do(title))
    return starts or (f" {key}".endswith(_ENDS) and not is_verb(title))


@lru_cache(8192)
def is_before(title: str) -> bool:
    """Whether a section of that title is "Before you start"."""
    key = title_key(title)
    return bool(_IS_BEFORE.fullmatch(key)) or key.startswith(_BEFORE_STARTS)


@lru_cache(8192)
def like_before(title: str) -> bool:
    """Whether a title ends like one of "Before you start", and does not begin with an action."""
    return f" {title_key(title)}".endswith(_BEFORE_ENDS) and not is_verb(title)


@lru_cache(8192)
def is_procedure(title: str) -> bool:
    """Whether a section of that title holds steps, bullets too."""
    key = title_key(title)
    ends = key.endswith(_PROCEDURE_ENDS) and " the " not in key
    return bool(_IS_PROCEDURE.fullmatch(key)) or ends or key.startswith(_PROCEDURE_STARTS)


def is_checklist(title: str) -> bool:
    """Whether a section of that title is a list to tick, box or no box."""
    return title_key(title).endswith(" checklist")
