"""A local workspace that speaks Slack's Web API and Socket Mode, with a page for people.

Any Bolt app runs against it unchanged with ``base_url = http://127.0.0.1:PORT/api/``. It imports nothing else of
``bot``, so that a fault of the bot cannot hide behind the same fault here. docs/console.md lists what it speaks.
"""
