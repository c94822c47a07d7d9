"""Slack's bad days, to rehearse with: what goes wrong, how often, for how long, and how often it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from fnmatch import fnmatchcase
from math import inf
from random import Random
from typing import TYPE_CHECKING, Any

from .errors import PageError

if TYPE_CHECKING:
    from .clock import Clock
    from .records import Json


class FaultKind(Enum):
    """What goes wrong."""

    RATE_LIMITED = "429"  # a call is answered with HTTP 429 and Retry-After: seconds
    SERVER_ERROR = "500"  # a call is answered with HTTP 500, and nothing is done
    TIMEOUT = "timeout"  # a call is not done, and its connection is cut after so many seconds
    LOST_ANSWER = "lost_answer"  # a call is done, and its connection is cut instead of an answer
    DELAY = "delay"  # calls and envelopes wait so many seconds
    DUPLICATE = "duplicate"  # an envelope comes a second time under another envelope id
    DROP_SOCKET = "drop_socket"  # all sockets are cut right after an envelope was sent
    REFUSE_SOCKET = "refuse_socket"  # a new socket is refused with HTTP 503, and its ticket is spent
    DOWN = "down"  # all of it: calls are cut, sockets are cut and refused


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: it strikes a ``share`` (0 to 1) of what it can strike, at most ``times`` (None: without end), until
    ``ends_at``. ``seconds`` is the length of a delay or pause; ``method`` narrows calls, as a pattern.
    """

    kind: FaultKind
    share: float = 1.0
    times: int | None = None
    seconds: float = 1.0
    method: str = "*"
    ends_at: datetime | None = None

    def to_json(self) -> Json:
        """The fault as JSON values."""
        ends_at = self.ends_at.isoformat() if self.ends_at else None
        return asdict(self) | {"kind": self.kind.value, "ends_at": ends_at}


def fault_from(raw: dict[str, Any], now: datetime) -> Fault:
    """A fault as a form or JSON describes it; ``lasts`` is in seconds. Raises PageError for what makes no sense."""
    try:
        share, seconds = float(raw.get("share") or 1), float(raw.get("seconds") or 1)
        times = int(raw["times"]) if raw.get("times") else None
        lasts = timedelta(seconds=float(raw["lasts"])) if raw.get("lasts") else None
        kind = FaultKind(raw.get("kind"))
    except (TypeError, ValueError, OverflowError) as problem:
        kinds = ", ".join(each.value for each in FaultKind)
        raise PageError(
            400, f"{problem}. A fault has a kind ({kinds}), share, times, seconds, method, lasts."
        ) from None
    if not (0 < share <= 1 and 0 <= seconds < inf and (times is None or times > 0)):
        raise PageError(400, "share lies above 0 and at most 1, seconds is finite and not negative, times is positive.")
    return Fault(kind, share, times, seconds, str(raw.get("method") or "*"), now + lasts if lasts else None)


def kind_from(given: str | None) -> FaultKind | None:
    """The kind of a name; None where none is given. Raises PageError for a name that no fault has."""
    try:
        return FaultKind(given) if given else None
    except ValueError:
        kinds = ", ".join(each.value for each in FaultKind)
        raise PageError(400, f"There is no such kind of fault. Known: {kinds}.") from None


class Faults:
    """The faults that are on. A seed makes their chance the same in every run."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        self._chance = Random(seed)  # noqa: S311 - chance for rehearsals, not for secrets
        self._on: list[Fault] = []
        self.struck: Counter[str] = Counter()

    @property
    def on(self) -> list[Fault]:
        """What can still strike."""
        now = self._clock.now()
        self._on = [each for each in self._on if each.ends_at is None or each.ends_at > now]
        return list(self._on)

    def add(self, fault: Fault) -> None:
        """Turns a fault on."""
        self._on.append(fault)

    def clear(self, kind: FaultKind | None = None) -> None:
        """Turns all faults off, or all of one kind."""
        self._on = [each for each in self._on if kind is not None and each.kind is not kind]

    def strikes(self, *kinds: FaultKind, method: str = "") -> Fault | None:
        """The fault of one of these kinds that strikes now, counted and used up by one; None when all goes well."""
        for fault in self.on:
            fits = fault.kind in kinds and (not method or fnmatchcase(method, fault.method))
            if fits and self._chance.random() < fault.share:
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        self.struck[fault.kind.value] += 1
        if fault.times is not None:
            position = self._on.index(fault)
            left = replace(fault, times=fault.times - 1)
            self._on[position : position + 1] = [left] if left.times else []
