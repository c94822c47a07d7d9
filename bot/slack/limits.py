"""What Slack takes, as it documents it or was seen to: the bot's own table, read only by `bot.slack.fit`."""

from __future__ import annotations

from typing import Final

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_BUDGET: Final = 8_000  # characters of all block text; Slack refuses somewhere above 11,000, undocumented
MESSAGE_TEXT: Final = 4_000
SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
SECTION_FIELD: Final = 2_000
HEADER_TEXT: Final = 150
CONTEXT_ELEMENTS: Final = 10
CONTEXT_TEXT: Final = 2_000
ACTIONS_ELEMENTS: Final = 25
MARKDOWN_TEXT: Final = 12_000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TEXT: Final = 5_000  # Slack's 10,000 would eat a message's budget
PLAN_TITLE: Final = 256
PLAN_TASKS: Final = 48
TASK_DETAILS: Final = 500
TASK_ID: Final = 255
CONTAINER_CHILDREN: Final = 10
CONTAINER_TITLE: Final = 150
RICH_TEXT_ELEMENTS: Final = 200
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
URL: Final = 3_000
IDENTIFIER: Final = 255  # action_id, block_id, callback_id
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
CHOICES: Final = 10  # of radio buttons and checkboxes
OVERFLOW: Final = (2, 5)
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
PLACEHOLDER: Final = 150
LABEL: Final = 2_000
INPUT_LENGTH: Final = 3_000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
VIEW_BYTES: Final = 250_000
