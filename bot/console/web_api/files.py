"""files.*: the three-step upload, and what was uploaded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.console.errors import ApiError
from bot.console.records import Json, Message, StoredFile
from bot.console.shapes import file_json
from bot.console.workspace import fresh_id

from .call import Call, Method

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 100 * 1024 * 1024


def content_path(folder: Path, file_id: str) -> Path:
    """Where the content of a file lies."""
    return folder / "files" / file_id


def get_upload_url(call: Call) -> Json:
    """A place to send a file to; no token is needed there, the address is the permission."""
    length = call.number("length", 0, LARGEST + 1)
    if length > LARGEST:
        raise ApiError("file_upload_size_restricted")
    config = call.workspace.config
    name = call.text("filename")
    created = int(call.workspace.clock.now().timestamp())
    file = StoredFile(fresh_id("F"), name, name, config.bot_user_id, length, created)
    call.workspace.keep_file(file)
    return {"upload_url": f"{call.services.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Shares what was sent: in a channel, in a thread, or nowhere yet."""
    wanted = call.structure("files")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) for each in wanted):
        raise ApiError("invalid_arguments")
    done = []
    for each in wanted:
        file = call.workspace.files.get(str(each.get("id", "")))
        if file is None or not content_path(call.services.folder, file.id).exists():
            raise ApiError("file_not_found")
        done.append(replace(file, title=str(each.get("title") or file.name), complete=True))
    targets = [*call.names("channel_id"), *call.names("channels")]
    for target in targets:
        Call(call.services, {"channel": target}).member_conversation()
    for file in done:
        call.workspace.keep_file(file)
    for target in targets:
        _share(call, target, tuple(file.id for file in done))
    return {"files": [file_json(file, call.services.base_url) for file in done]}


def _share(call: Call, channel: str, file_ids: tuple[str, ...]) -> None:
    call.workspace.post(
        Message(
            channel=channel,
            ts=call.workspace.next_ts(),
            user=call.workspace.config.bot_user_id,
            text=call.text("initial_comment", ""),
            via_bot=True,
            thread_ts=call.maybe("thread_ts"),
            files=file_ids,
        )
    )


def info(call: Call) -> Json:
    """One file."""
    file = call.workspace.files.get(call.text("file"))
    if file is None or not file.complete:
        raise ApiError("file_not_found")
    return {"file": file_json(file, call.services.base_url)}


METHODS: Final = {
    "files.getUploadURLExternal": Method(get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(complete_upload, "files:write"),
    "files.info": Method(info, "files:read"),
}
