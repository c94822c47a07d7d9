"""A runbook, and words of people, that try to mention, to link, to break out, and to show a secret."""

from __future__ import annotations

SECRET = "hunter2-of-the-soak"
HOSTILE = f"<!channel> <!subteam^S1> <@U9EVIL> <https://evil.example|click> *bold* {SECRET} ``` <!here>"
RUNBOOK = f"""# Flush the cache {HOSTILE}
## Log in
Open the console of the cache. {HOSTILE}
## Flush it
Press the button. {HOSTILE}
"""
