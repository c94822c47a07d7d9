"""Files that people put into a modal: kept beside the journal, and named by their ids from then on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from .records import Json, StoredFile
from .shapes import file_json
from .web_api.files import content_path
from .workspace import fresh_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .config import Person
    from .workspace import Workspace


class Uploads:
    """Keeps what the fields of a form bring."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self._workspace = workspace
        self._folder = folder

    async def keep(self, person: Person, posted: Sequence[str | bytes | bytearray | web.FileField]) -> list[str]:
        """What a field holds as texts: each new file is kept and stands as its id; a browser's empty one is none."""
        kept = []
        for value in posted:
            if isinstance(value, web.FileField):
                if value.filename:
                    kept.append(await self._keep(person, value))
            elif isinstance(value, str):
                kept.append(value)
        return kept

    async def _keep(self, person: Person, upload: web.FileField) -> str:
        content = await asyncio.to_thread(upload.file.read)
        created = int(self._workspace.clock.now().timestamp())
        file = StoredFile(
            fresh_id("F"), upload.filename, upload.filename, person.id, len(content), created, complete=True
        )
        await asyncio.to_thread(content_path(self._folder, file.id).write_bytes, content)
        self._workspace.keep_file(file)
        return file.id


def with_files(values: Json, files: dict[str, StoredFile], user: str, base: str) -> Json:
    """``state.values`` as the app gets them: each id of a file of this person is the file."""
    return {
        block: {action: _with_files(entry, files, user, base) for action, entry in entries.items()}
        for block, entries in values.items()
    }


def _with_files(entry: Json, files: dict[str, StoredFile], user: str, base: str) -> Json:
    if entry["type"] != "file_input":
        return entry
    own = [files[each] for each in entry["files"] if each in files and files[each].user == user]
    return entry | {"files": [file_json(file, base) for file in own]}
