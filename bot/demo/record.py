"""estate.json: the ports, the processes and the broken things of one estate, kept where `down` and others find them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.demo.errors import NotRunning
from bot.demo.processes import ProcessRecord

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Breakage:
    """Something that `break` did and `mend` can undo. `detail` names what was moved, as `mend` needs it."""

    mode: str
    system: str
    at: str  # RFC 3339
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """A system that runs on some data: the live one, or a scratch copy. `open`: its writers and backups are let in."""

    system: str
    target: str
    port: int
    live: bool
    open: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of a running estate. Only its supervisor writes it."""

    ports: Mapping[str, int] = field(default_factory=dict)
    key: str = ""  # who may talk to the supervisor
    archive_password: str = ""  # what the archive asks for; the backup job's own copy
    state: str = "starting"  # starting | up | failed: why
    furnished: tuple[str, ...] = ()  # systems that were given their first data
    processes: tuple[ProcessRecord, ...] = ()
    instances: tuple[Instance, ...] = ()
    breakages: tuple[Breakage, ...] = ()

    def process(self, name: str) -> ProcessRecord | None:
        """The process of that name."""
        return next((process for process in self.processes if process.name == name), None)

    def instance(self, target: Path) -> Instance | None:
        """What runs on that data."""
        return next((instance for instance in self.instances if instance.target == str(target)), None)

    def broken(self, mode: str, system: str) -> Breakage | None:
        """The breakage of that kind, while it lasts."""
        return next((item for item in self.breakages if (item.mode, item.system) == (mode, system)), None)

    def with_breakage(self, breakage: Breakage) -> Record:
        """With one more thing broken."""
        return replace(self, breakages=(*self.breakages, breakage))

    def without_breakage(self, breakage: Breakage) -> Record:
        """Without that breakage: it is mended."""
        return replace(self, breakages=tuple(item for item in self.breakages if item != breakage))

    def with_detail(self, breakage: Breakage, detail: str) -> Record:
        """With what became of a breakage only now."""
        known = replace(breakage, detail=detail)
        return replace(self, breakages=tuple(known if item == breakage else item for item in self.breakages))

    def without_gone(self, system: str) -> Record:
        """With that system no longer gone: it was brought back, whatever lies where its data was moved to."""
        kept = tuple(item for item in self.breakages if (item.mode, item.system) != ("gone", system))
        return replace(self, breakages=kept)

    def with_process(self, process: ProcessRecord) -> Record:
        """With this process instead of any earlier one of its name."""
        return replace(
            self.without_process(process.name), processes=(*self.without_process(process.name).processes, process)
        )

    def without_process(self, name: str) -> Record:
        """Without the process of that name."""
        return replace(self, processes=tuple(process for process in self.processes if process.name != name))

    def with_instance(self, instance: Instance) -> Record:
        """With this instance instead of any earlier one on the same data."""
        others = tuple(other for other in self.instances if other.target != instance.target)
        return replace(self, instances=(*others, instance))

    def without_instance(self, target: Path) -> Record:
        """Without what ran on that data."""
        return replace(self, instances=tuple(other for other in self.instances if other.target != str(target)))


def new_record(ports: Mapping[str, int]) -> Record:
    """The record of an estate that was never up."""
    return Record(ports=dict(ports), key=secrets.token_urlsafe(24), archive_password=secrets.token_urlsafe(12))


def write_record(path: Path, record: Record) -> None:
    """Replaces estate.json in one move. It holds a key and a password: only its owner may read it."""
    draft = path.with_suffix(".tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(record), file, indent=2)
    draft.replace(path)


def read_record(path: Path) -> Record:
    """What estate.json says. Raises NotRunning when there is none."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotRunning(f"No estate was ever started in {path.parent}. `./run demo up` starts one.") from None
    return Record(
        **{
            **document,
            "furnished": tuple(document["furnished"]),
            "processes": tuple(
                ProcessRecord(**{**item, "command": tuple(item["command"])}) for item in document["processes"]
            ),
            "instances": tuple(Instance(**item) for item in document["instances"]),
            "breakages": tuple(Breakage(**item) for item in document["breakages"]),
        }
    )
