"""The name of an element's field in a form, made of its block id and action id. Pure.

Only letters, digits, "-" and "_" stand in it: browsers rewrite quotes in the names of a form that carries files.
"""

from __future__ import annotations

import base64
import json

_MARK = "field."


def field_name(block_id: str, action_id: str) -> str:
    """The name."""
    return _MARK + base64.urlsafe_b64encode(json.dumps([block_id, action_id]).encode()).decode().rstrip("=")


def query_name(block_id: str, action_id: str) -> str:
    """The name of the field beside a menu in which its options are looked for."""
    return f"query.{field_name(block_id, action_id)}"


def read_field_name(name: str) -> tuple[str, str] | None:
    """Block id and action id of a name; None when it is the name of something else."""
    if not name.startswith(_MARK):
        return None
    text = name.removeprefix(_MARK)
    try:
        block_id, action_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    return str(block_id), str(action_id)
