"""What can go wrong with the demo estate. Each message says what happened, to what, and what helps."""

from __future__ import annotations


class DemoError(Exception):
    """Something that a person should read: shown as it is, without a traceback."""


class NotRunning(DemoError):
    """The estate is not up, or its supervisor does not answer."""


class Refused(DemoError):
    """The supervisor understood, and will not do it."""


class SystemSilent(DemoError):
    """A system does not answer, or answers with something else than its newest canary."""
