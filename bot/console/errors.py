"""The console's errors.

ConsoleError
    ConfigError     the configuration file cannot be used
    ApiError        a Web API call is refused; becomes ``{"ok": false, "error": ...}``
        RateLimited     there were too many; becomes HTTP 429 with Retry-After
    PageError       a request of the page is refused; becomes an HTTP answer with a sentence
"""

from __future__ import annotations

from typing import Any


class ConsoleError(Exception):
    """Base of the console's errors."""


class ConfigError(ConsoleError):
    """The configuration cannot be used; says which file and why."""


class ApiError(ConsoleError):
    """A refusal under Slack's own error name, with further keys of the answer."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name)
        self.name = name
        self.more = more

    def answer(self) -> dict[str, Any]:
        """The body to send."""
        return {"ok": False, "error": self.name, **self.more}


class RateLimited(ApiError):
    """Too many calls: try again after so many whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class PageError(ConsoleError):
    """The page refuses a request: HTTP status, and a sentence for the person."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def fault_messages(name: str, *messages: str) -> ApiError:
    """An ApiError that carries messages in the place where Slack's clients look for them."""
    return ApiError(name, errors=list(messages), response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})
