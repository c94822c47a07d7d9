"""`/recovery runbook`: walk one runbook, or a part of it, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import notice, pack
from bot.blocks.restore_modal import working_modal
from bot.blocks.walk_modal import ALL, TITLE, Brings, inputs_modal, part_value, walk_modal, walk_part_modal
from bot.domain.errors import BringbackError, UnknownName
from bot.domain.frozen_plan import Mode
from bot.domain.parts import parts_of
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.slack.payload import argument_of, entries_of, metadata_of
from handlers.inputs import carried_along, checks, given_of, input_errors, page_of_fault, pages_of
from handlers.once import started_before
from handlers.place import place_of
from handlers.started import started_notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.blocks.elements import Block
    from bot.domain.estate import Estate
    from bot.domain.runbook import Part, Runbook
    from bot.operations.preview_restore import Preview
    from bot.slack.call import Call
    from bot.slack.payload import Payload


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person has chosen so far; empty: they have not. `part` is what the menu of parts carries.

    `of`: what the form was about in which `mode` stood.
    """

    runbook: str = ""
    part: str = ""
    mode: str = ""
    why: str = ""
    of: Brings = Brings.UNSAID


async def open_form(call: Call) -> None:
    """Open at once, then fill; a name after the command is chosen beforehand, and so is a part named behind it."""
    view_id = await call.reply.open(working_modal("Reading the runbooks…", TITLE))
    carried = {**place_of(call.payload), "d": call.heard_at.isoformat()}
    argument = argument_of(call.payload) if "command" in call.payload else ""
    try:
        estate = call.desk.estate
        wanted = _named(estate, argument)
        view = _choose_view(estate, wanted, carried)
        if not _walkable(estate):
            view = notice(TITLE, "There is no runbook yet. RUNBOOKS_DIR says where they are read from.")
        elif wanted.runbook and wanted.runbook not in _walkable(estate):
            view = notice(TITLE, f"{wanted.runbook} is a plan: it is restored, not walked. Use restore.")
    except BringbackError as fault:
        view = notice(TITLE, str(fault))
    await call.reply.show(view_id, view)


async def choose_runbook(call: Call) -> None:
    """Another runbook was chosen: show its parts, and keep what was entered."""
    wanted, carried = _entered(call.payload), metadata_of(call.payload)
    try:
        view = _choose_view(call.desk.estate, wanted, carried)
    except BringbackError as fault:
        view = notice(TITLE, str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


def acknowledge(_payload: Payload) -> Mapping[str, Any]:
    """The choice is taken; the rest follows."""
    return {"response_action": "update", "view": working_modal("Starting…", TITLE)}


async def start(call: Call) -> None:
    """Start the walk and say where it goes on; which part, and what its runbook asks for, is asked first."""
    wanted, carried = _entered(call.payload), metadata_of(call.payload)
    try:
        book = call.desk.estate.runbook(wanted.runbook)
        wanted = replace(wanted, mode=_said_mode(book, wanted))
        offered = _offered(book, wanted.part)
        if offered and not wanted.part:
            view = walk_part_modal(book.name, book.title, offered, pack({**carried, **_kept(wanted)}))
        else:
            view = await _go_on(call, {**carried, **_kept(wanted)})
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


async def start_part(call: Call) -> None:
    """A part was chosen in a view of its own: go on with it."""
    carried = {**metadata_of(call.payload), "pt": _entered(call.payload).part}
    try:
        view = await _go_on(call, carried)
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


def acknowledge_inputs(payload: Payload) -> Mapping[str, Any]:
    """Say what is wrong with a value beside its field; else the next form, or the walk, follows."""
    errors = input_errors(payload)
    return {"response_action": "errors", "errors": errors} if errors else acknowledge(payload)


async def start_with_inputs(call: Call) -> None:
    """Ask for the values that are left, else start the walk with all that were entered."""
    carried = metadata_of(call.payload)
    carried["g"] = {**carried.get("g", {}), **dict(given_of(call.payload))}
    try:
        view = await _go_on(call, carried, page=int(carried.get("n", 0)) + 1)
    except BringbackError as fault:
        view = notice("Not started", str(fault))
    await call.reply.show(str(call.payload["view"]["id"]), view)


async def _go_on(call: Call, carried: Mapping[str, Any], page: int = 0) -> Block:
    """The form of that page, or, past the last one, the walk: with a fault, the form where it is mended."""
    request = _request(call.desk.estate, carried)
    preview = await preview_restore(call.desk, request)
    pages = pages_of(preview)
    if page < len(pages) and (page or preview.missing):
        return _ask(preview, carried, page)
    try:
        state = await started_before(call, request) or await start_recovery(call.desk, request, call.actor)
    except BringbackError as fault:
        if not pages:
            raise
        return _ask(preview, carried, page_of_fault(preview), str(fault))
    return started_notice(call.desk, state)


def _ask(preview: Preview, carried: Mapping[str, Any], page: int, fault: str = "") -> Block:
    pages = pages_of(preview)
    kept = carried_along({**carried, **checks(pages[page]), "n": page})
    title = preview.plan.units[0].title
    return inputs_modal(title, pages[page], kept, page=page, pages=len(pages), fault=fault)


def _request(estate: Estate, carried: Mapping[str, Any]) -> RestoreRequest:
    request = RestoreRequest(
        runbook=str(carried.get("r", "")),
        mode=Mode(carried["md"]),
        reason=str(carried.get("w", "")),
        inputs=tuple((name, str(value)) for name, value in carried.get("g", {}).items()),
    )
    return replace(request, parts=_titles(estate.runbook(request.runbook), str(carried.get("pt", ""))))


def _titles(book: Runbook, value: str) -> tuple[str, ...]:
    """The titles behind a choice of the menu. Raises BringbackError for a part that is gone meanwhile."""
    if value == ALL:
        return tuple(part.title for part in parts_of(book) if not part.hidden)
    titles = tuple(part.title for part in parts_of(book) if part_value(part.title) == value)
    if value and not titles:
        raise BringbackError(f"The part that was chosen is no longer in {book.name}.", "Open the form again.")
    return titles


def _named(estate: Estate, argument: str) -> Wanted:
    """What follows the command: a runbook, and the title of a part of it. Raises UnknownName."""
    if not argument:
        names = list(_walkable(estate))
        return Wanted(names[0] if len(names) == 1 else "")  # of several none: a menu's first is soon the wrong one
    words = argument.split()
    for count in range(len(words), 0, -1):
        name, rest = " ".join(words[:count]), " ".join(words[count:])
        if name in estate.runbooks or name in estate.systems:
            book = estate.runbook(name)
            return Wanted(book.name, part_value(_part(book, rest).title) if rest else "")
    return Wanted(estate.runbook(argument).name)


def _part(book: Runbook, title: str) -> Part:
    known = {part.title.casefold(): part for part in parts_of(book)}
    if title.casefold() not in known:
        raise UnknownName(f"part of {book.name}", title, [part.title for part in known.values()])
    return known[title.casefold()]


def _walkable(estate: Estate) -> dict[str, str]:
    return {name: book.title for name, book in sorted(estate.runbooks.items()) if not book.plan}


def _offered(book: Runbook, named: str = "") -> tuple[Part, ...]:
    """The parts to choose from: hidden ones only by name."""
    return tuple(part for part in parts_of(book) if not part.hidden or part_value(part.title) == named)


def _choose_view(estate: Estate, wanted: Wanted, carried: Mapping[str, Any]) -> Block:
    books = _walkable(estate)
    book = estate.runbooks.get(wanted.runbook)
    parts = _offered(book, wanted.part) if book else ()
    return walk_modal(
        books,
        wanted.runbook,
        _mode(book, wanted),
        pack(carried),
        parts=parts,
        part=wanted.part,
        why=wanted.why,
        brings=_brings(book),
    )


def _brings(book: Runbook | None) -> Brings:
    return Brings.UNSAID if book is None else Brings.SYSTEM if book.system else Brings.NOTHING


def _mode(book: Runbook | None, wanted: Wanted) -> str:
    """Drill or real, or neither: a runbook that brings no system back is done unless a person says drill.

    Where one does, they say which. A "real" that stood there for another kind of runbook is not their word.
    """
    brings = _brings(book)
    stood_there = wanted.of is Brings.NOTHING and brings is not Brings.NOTHING and wanted.mode == Mode.REAL.value
    said = "" if stood_there else wanted.mode
    return said or (Mode.REAL.value if brings is Brings.NOTHING else "")


def _said_mode(book: Runbook, wanted: Wanted) -> str:
    if not (mode := _mode(book, wanted)):
        raise BringbackError(f"{book.name} brings a system back.", "Say which: drill, or real, which overwrites.")
    return mode


def _entered(payload: Payload) -> Wanted:
    entries = entries_of(payload)
    _, part = _of_kind(entries, action_ids.PART)
    of, mode = _of_kind(entries, action_ids.MODE)
    return Wanted(
        runbook=str(entries.get(action_ids.RUNBOOK) or ""),
        part=part,
        mode=mode,
        why=str(entries.get(action_ids.WHY) or "").strip(),
        of=Brings(of) if of in set(Brings) else Brings.UNSAID,
    )


def _of_kind(entries: Mapping[str, Any], name: str) -> tuple[str, str]:
    """What stands behind the block's name, and what was entered in it."""
    found = ((block, value) for block, value in entries.items() if block.partition(":")[0] == name)
    block, value = next(found, ("", None))
    return block.partition(":")[2], str(value or "")


def _kept(wanted: Wanted) -> dict[str, str]:
    return {"r": wanted.runbook, "pt": wanted.part, "md": wanted.mode, "w": wanted.why}
