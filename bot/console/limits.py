"""Slack's limits, in one table of the console's own.

Kept apart from the table by which the bot fits its messages, so that an error in one shows against the other.
Sources: Slack's Block Kit reference, and what its API was seen to refuse. docs/console.md prints this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` and at least ``least`` of ``unit``."""

    most: int
    unit: str = "characters"
    least: int = 0


LIMITS: dict[str, Limit] = {
    "message.blocks": Limit(50, "blocks"),
    "message.text": Limit(4000),
    "message.blocks_text": Limit(13_200),
    "message.tables": Limit(1, "tables"),
    "message.attachments": Limit(100, "attachments"),
    "metadata.bytes": Limit(16_000, "bytes"),
    "view.blocks": Limit(100, "blocks"),
    "view.title": Limit(24, least=1),
    "view.submit": Limit(24, least=1),
    "view.close": Limit(24, least=1),
    "view.callback_id": Limit(255),
    "view.external_id": Limit(255),
    "view.private_metadata": Limit(3000),
    "view.bytes": Limit(250_000, "bytes"),
    "view.stack": Limit(3, "views"),
    "block_id": Limit(255),
    "action_id": Limit(255, least=1),
    "section.text": Limit(3000, least=1),
    "section.fields": Limit(10, "fields", 1),
    "section.field": Limit(2000, least=1),
    "header.text": Limit(150, least=1),
    "context.elements": Limit(10, "elements", 1),
    "context.text": Limit(3000, least=1),
    "actions.elements": Limit(25, "elements", 1),
    "input.label": Limit(2000, least=1),
    "input.hint": Limit(2000, least=1),
    "image.url": Limit(3000, least=1),
    "image.alt_text": Limit(2000, least=1),
    "image.title": Limit(2000, least=1),
    "markdown.text": Limit(12_000, least=1),
    "alert.text": Limit(3000, least=1),
    "table.rows": Limit(100, "rows", 1),
    "table.columns": Limit(20, "columns", 1),
    "table.text": Limit(10_000),
    "plan.title": Limit(256, least=1),
    "plan.tasks": Limit(48, "tasks", 1),
    "task_card.title": Limit(256, least=1),
    "task_card.task_id": Limit(255, least=1),
    "task_card.details": Limit(500),
    "container.title": Limit(150, least=1),
    "container.children": Limit(10, "blocks", 1),
    "rich_text.elements": Limit(1000, "elements", 1),
    "button.text": Limit(75, least=1),
    "button.value": Limit(2000),
    "button.url": Limit(3000, least=1),
    "button.accessibility_label": Limit(75, least=1),
    "confirm.title": Limit(100, least=1),
    "confirm.text": Limit(300, least=1),
    "confirm.confirm": Limit(30, least=1),
    "confirm.deny": Limit(30, least=1),
    "placeholder": Limit(150, least=1),
    "option.text": Limit(75, least=1),
    "option.value": Limit(150, least=1),
    "option.description": Limit(75, least=1),
    "select.options": Limit(100, "options", 1),
    "select.option_groups": Limit(100, "groups", 1),
    "option_group.label": Limit(75, least=1),
    "overflow.options": Limit(5, "options", 2),
    "choices.options": Limit(10, "options", 1),
    "file_input.max_files": Limit(10, "files", 1),
    "plain_text_input.max_length": Limit(3000, least=1),
    "plain_text_input.min_length": Limit(3000),
    "response_url.uses": Limit(5, "uses"),
    "response_url.seconds": Limit(30 * 60, "seconds"),
    "trigger_id.seconds": Limit(3, "seconds"),
    "chat.postMessage.per_second": Limit(1, "posts a channel"),
    "chat.postMessage.burst": Limit(8, "posts a channel"),
    "bookmark.title": Limit(255, least=1),
}
