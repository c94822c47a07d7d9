"""The words for things to do: what a title, a sentence or an item of a list begins with when it tells to do something.

docs/runbooks.md publishes these lists; a test holds the two together.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.runbook.titles import plain
from bot.runbook.word_lists import title_key, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

ACTIONS = words(
    """
    abort, accept, access, acknowledge, activate, adapt, add, adjust, adopt, agree, alert, align, allocate, allow,
    alter, analyse, analyze, announce, append, apply, approve, archive, arrange, ask, assemble, assess, assign,
    attach, attempt, audit, authenticate, authorise, authorize, avoid, back, backfill, backup, balance, begin, bind,
    block, book, boot, bootstrap, bring, browse, build, bump, bypass, call, cancel, capture, carry, catch, change,
    check, choose, clean, cleanup, clear, click, clone, close, collect, combine, come, commit, communicate, compare,
    compile, complete, compress, compute, conduct, configure, confirm, connect, consider, consult, contact, contain,
    continue, convert, coordinate, copy, cordon, correct, correlate, create, customise, customize, cut, deactivate,
    debug, decide, declare, decommission, decompress, decrease, decrypt, define, delegate, delete, deploy,
    deprovision, describe, destroy, detach, detect, determine, diagnose, disable, discard, disconnect, discuss,
    distribute, do, document, double-check, downgrade, download, draft, drain, drop, dump, edit, eject, eliminate,
    email, empty, enable, encrypt, end, engage, enlarge, ensure, enter, eradicate, escalate, establish, estimate,
    evacuate, evaluate, evict, examine, execute, exit, expand, explain, explore, export, expose, extend, extract,
    fail, failover, fetch, file, fill, filter, finalise, finalize, find, finish, fix, flip, flush, focus, follow,
    force, format, forward, free, freeze, gather, generate, get, give, go, grab, grant, grep, halt, hand, handle,
    have, head, hit, hold, identify, ignore, implement, import, improve, include, increase, indicate, inform,
    initialise, initialize, initiate, inject, insert, inspect, install, invalidate, investigate, invite, invoke,
    isolate, issue, join, keep, kick, kill, label, launch, leave, let, limit, link, list, listen, load, locate,
    lock, log, login, look, lower, maintain, make, manage, map, mark, match, measure, meet, merge, message, migrate,
    mirror, mitigate, modify, monitor, mount, move, name, navigate, note, notify, nuke, observe, obtain, open,
    optimise, optimize, order, organise, organize, override, page, paste, patch, pause, perform, persist, pick, pin,
    ping, place, plan, plug, point, poll, populate, post, power, preload, prepare, preserve, press, prevent, print,
    prioritise, prioritize, proceed, process, promote, prompt, propose, provide, provision, prune, publish, pull,
    purchase, purge, push, put, query, quiesce, raise, re-enable, re-run, reach, read, reapply, reassign, reattach,
    rebalance, rebase, reboot, rebuild, receive, reclaim, recommend, reconcile, reconfigure, reconnect, record, recover,
    recreate, recycle, redact, redeploy, redirect, reduce, refer, reformat, refresh, regenerate, register,
    rehydrate, reimage, reindex, reinstall, reinstate, reissue, reject, rejoin, relaunch, release, reload, relocate,
    remediate, remember, remount, remove, rename, renew, reopen, repair, repeat, replace, replay, replicate,
    repoint, repopulate, report, reprocess, request, requeue, require, reroute, rerun, reschedule, resend, reset,
    resize, resolve, respond, restart, restore, restrict, resubmit, resume, resync, retain, retest, retire,
    retrieve, retry, return, reuse, revalidate, revert, review, revoke, rewind, rewire, rewrite, roll, rollback,
    rotate, route, run, sanity, save, scale, scan, schedule, search, secure, see, seed, select, send, serve, set,
    setup, share, shift, ship, shrink, shut, shutdown, sign, silence, simulate, skip, snapshot, solve, specify,
    spin, split, squash, ssh, stabilise, stabilize, stage, start, stop, store, submit, subscribe, summarise,
    summarize, suppress, suspend, swap, switch, sync, synchronise, synchronize, tag, tail, taint, take, tear, tell,
    terminate, test, thank, throttle, tick, toggle, touch, trace, track, transfer, transition, triage, trigger,
    troubleshoot, try, tune, turn, type, unassign, unblock, uncomment, uncordon, undeploy, understand, undo,
    unfreeze, uninstall, unlink, unload, unlock, unmount, unpack, unpause, unpin, unregister, unseal, unset,
    unsubscribe, untaint, untar, unzip, update, upgrade, upload, use, vacuum, validate, verify, view, visit, wait,
    walk, warm, warn, watch, wipe, work, write
    """
)
"""A title, a sentence or an item that begins with one of these, or with its -ing, tells to do something."""

NOUNS_TOO = words(
    """
    access, alert, backup, cleanup, contact, export, failover, file, import, issue, log, login, message, note, order,
    plan, process, query, release, report, rollback, schedule, setup, shutdown, snapshot, trigger
    """
)
"""Of these actions, those that are names of things as well."""

NOUNS_IN_ING = words("alerting, logging, mapping, monitoring, paging, staging")
"""With their -ing, these actions are names of things only: `Monitoring and alerting`."""

ACTION_NOUNS = words(
    """
    acknowledgement, adjustment, analysis, assessment, backup, check, clean-up, cleanup, communication,
    confirmation, containment, creation, decommissioning, deletion, deployment, diagnosis,
    diagnostics, downgrade, eradication, escalation, export, failback, failover, fix, follow-up, handover,
    implementation, import, installation, investigation, migration, mitigation, notification, post-mortem,
    postmortem, preparation, promotion, rebuild, recovery, redeployment, registration, reinstallation, remediation,
    removal, renewal, repair, replacement, resolution, response, restart, restoration, restore, resumption,
    retrospective, review, rollback, rotation, set-up, setup, shutdown, switchback, switchover, test, triage,
    update, upgrade, validation, verification
    """
)
"""A title that ends with one of these names something to do."""

_OBJECTS = ("a ", "an ", "the ", "all ", "any ", "each ", "every ", "your ", "to ", "in ", "into ", "on ", "out ")
_HOW = (
    "how to ", "how do i ", "how do we ", "how can i ", "what to do", "what do i do", "what do we do",
    "what should i do", "what should we do", "who do i call", "who do we call", "who to call",
)  # fmt: skip
_GERUNDS = frozenset(
    {verb.rstrip("e") + "ing" for verb in ACTIONS} | {verb + verb[-1] + "ing" for verb in ACTIONS}
) - frozenset(NOUNS_IN_ING)
_VERBS = frozenset(ACTIONS)
_THIRD = frozenset(
    verb.removesuffix("y") + "ies" if verb[-2:-1] not in "aeiou" and verb.endswith("y")
    else verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    for verb in set(ACTIONS) - set(NOUNS_TOO) - set(ACTION_NOUNS)
)  # fmt: skip
_NOUNS = frozenset(ACTION_NOUNS) | {f"{noun}s" for noun in ACTION_NOUNS}
_PARTS = re.compile(r"(?<=[.!?:;])\s+|,\s+(?:and\s+|then\s+|please\s+)*|\s+(?:and|then|or)\s+(?:then\s+)?")
_MUST = re.compile(
    r"\b(?:you(?:'ll)?|we)\s+(?:\w+\s+){0,2}?(?:(?:need|have|want|ought)\s+to|should|must|can|could|may)\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?:(?:please|to|then|first|firstly|next|now|finally|lastly|also|again|otherwise|alternatively|afterwards|optionally|"
    r"optional|simply|just|instead|always|never|do not|don't|immediately|\w+ly)\b[,:]?\s+)+",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"`[^`\s]+ [^`]+`")
_RUNS = re.compile(r"\b(?:run|execute|use|type|enter|try|call|invoke)\s+`", re.IGNORECASE)
_SHOULD_BE = re.compile(
    r"\b(?:must|should|needs? to|ha(?:s|ve) to) (?:\w+ )?be (?:\w+ly )?"
    r"(?:\w+(?:ed|en|wn|nt|ut|pt|ld|ilt)|done|run|set|reset|brought)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(r"\b(?:must|should|shall|needs? to|ha(?:s|ve) to) (?:\w+ly )?(\w+)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_COMMONEST = frozenset({"the", "and", "to", "of", "if", "is", "are", "for", "with", "this", "that"})
_COMMON = 100  # one word of so many
_SAMPLE = 5_000
_UNDERSCORED = re.compile(r"(?<!\w)_|_(?!\w)")
_LONGEST = 2000


@lru_cache(8192)
def is_action(title: str) -> bool:
    """Whether a title begins with an action: `Stop the writers`, `Stopping the writers`, `Optional: stop them`."""
    key = title_key(title)
    first = _FIRST.match(key)
    word = (key[first.end() :] if first else key).partition(" ")[0].rstrip(":,")
    return word in _VERBS or word in _GERUNDS or asks_what_to_do(title)


def asks_what_to_do(title: str) -> bool:
    """Whether a title is a question that steps answer: `How do I restore it?`, `What should I do if it hangs?`."""
    return title_key(title).startswith(_HOW)


def is_verb(title: str) -> bool:
    """Whether a title begins with an action that is no noun there: not `Log query`, but `Log a ticket`."""
    first, _, rest = title_key(title).partition(" ")
    return is_action(title) and (first not in NOUNS_TOO or rest.startswith(_OBJECTS))


def is_imperative(title: str) -> bool:
    """Whether a title says what to do to what: `Stop them all`, `Stopping the writers`; not `Monitoring`."""
    key = _FIRST.sub("", title_key(title), count=1)
    first, _, rest = key.partition(" ")
    return is_verb(title) and (first in _VERBS or rest.startswith(_OBJECTS))


def happens(title: str) -> bool:
    """Whether a title says what something does by itself: `Creates the cluster`."""
    return title_key(title).partition(" ")[0] in _THIRD


def names_action(title: str) -> bool:
    """Whether a title begins with an action, or ends with the name of one: `Database recovery`."""
    return is_verb(title) or title_key(title).rpartition(" ")[2] in _NOUNS


def in_english(text: str) -> bool:
    """Whether a text is in English, the language of these lists: by the share of its commonest words."""
    found = _WORD.findall(text[:_SAMPLE].lower())
    return sum(word in _COMMONEST for word in found) * _COMMON >= len(found)


@lru_cache(8192)
def says_to_run(text: str) -> bool:
    """Whether a paragraph says in a sentence what to run, or what should be done: "If it hangs, run `make clean`"."""
    start = text[:_LONGEST]
    orders = any(match[1].lower() in _VERBS for match in _ORDERS.finditer(start))
    return orders or bool(_RUNS.search(start) or _COMMAND.search(start) or _SHOULD_BE.search(start))


def tells(tokens: Iterable[Token]) -> bool:
    """Whether a sentence among tokens begins with an action or a command, or says what you must, should or can do."""
    return any(token.type == "inline" and _sentence_tells(token.content) for token in tokens)


@lru_cache(8192)
def _sentence_tells(text: str) -> bool:
    words_of = " ".join(plain(line) for line in text[:_LONGEST].split("\n"))
    words_of = _UNDERSCORED.sub("", words_of)
    if _COMMAND.match(text):
        return True
    return bool(_MUST.search(words_of)) or any(is_verb(part) for part in _PARTS.split(words_of) if part)
