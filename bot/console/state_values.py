"""What a person chose or typed, as ``state.values`` and actions carry it. Pure.

A form posts strings; each element type says what they mean.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from .limits import LIMITS
from .validate import elements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .records import Json

# element type -> (key of the value, key of what it is at first)
VALUE_KEYS: Final = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),  # ids here; the app is given each file as the Web API shows it
}
MANY: Final = frozenset(kind for kind, (key, _) in VALUE_KEYS.items() if key.endswith("s"))
EXTERNAL: Final = frozenset({"external_select", "multi_external_select"})
OF_OPTIONS: Final = frozenset({"static_select", "multi_static_select", "radio_buttons", "checkboxes"}) | EXTERNAL
MOST_FILES: Final = LIMITS["file_input.max_files"].most
REQUIRED: Final = "Please complete this required field."


def options_of(element: Json) -> list[Json]:
    """All options of an element, groups flattened."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def initial_value(element: Json) -> Json:
    """The value of an element before anybody touched it."""
    key, initial = VALUE_KEYS[element["type"]]
    empty: list[str] | None = [] if element["type"] in MANY else None
    return {"type": element["type"], key: element.get(initial, empty)}


def posted_value(element: Json, posted: Sequence[str]) -> Json:
    """The value of an element after a form was posted. Raises ValueError with a sentence for the person."""
    kind = element["type"]
    key, _ = VALUE_KEYS[kind]
    given = [each for each in posted if each.strip()]
    if kind in OF_OPTIONS:
        known = {option["value"]: option for option in options_of(element)}
        chosen = [known[each] for each in given if each in known]
        return {"type": kind, key: chosen if kind in MANY else (chosen[0] if chosen else None)}
    if kind == "file_input" and len(given) > element.get("max_files", MOST_FILES):
        raise ValueError(f"Please choose at most {element.get('max_files', MOST_FILES)} files.")
    if kind in MANY:
        return {"type": kind, key: given}
    text = posted[0].replace("\r\n", "\n") if given else None
    return {"type": kind, key: _READERS.get(kind, _as_it_is)(element, text) if text is not None else None}


def _as_it_is(element: Json, text: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(text) < least:
        raise ValueError(f"Please enter at least {least} characters.")
    if len(text) > most:
        raise ValueError(f"Please enter at most {most} characters.")
    return text


def _number(element: Json, text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("Please enter a number.") from None
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        raise ValueError("Please enter a whole number.")
    if "min_value" in element and number < Decimal(element["min_value"]):
        raise ValueError(f"Please enter a number of at least {element['min_value']}.")
    if "max_value" in element and number > Decimal(element["max_value"]):
        raise ValueError(f"Please enter a number of at most {element['max_value']}.")
    return text.strip()


def _date(_: Json, text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).strftime("%Y-%m-%d")
    except ValueError:
        raise ValueError("Please enter a date as YYYY-MM-DD.") from None


def _time(_: Json, text: str) -> str:
    try:
        return datetime.strptime(text[:5], "%H:%M").replace(tzinfo=UTC).strftime("%H:%M")
    except ValueError:
        raise ValueError("Please enter a time as HH:MM.") from None


def _moment(_: Json, text: str) -> int:
    if text.isdigit():
        return int(text)
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise ValueError("Please enter a date and time.") from None


def _email(_: Json, text: str) -> str:
    if "@" not in text:
        raise ValueError("Please enter an email address.")
    return text.strip()


def _url(_: Json, text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("Please enter a link that starts with http:// or https://.")
    return text.strip()


_READERS: Final[dict[str, Callable[[Json, str], str | int]]] = {
    "number_input": _number,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _moment,
    "email_text_input": _email,
    "url_text_input": _url,
}


def is_empty(value: Json) -> bool:
    """Whether nothing was entered."""
    key, _ = VALUE_KEYS[value["type"]]
    return value[key] in (None, "", [])


def values_of(blocks: Sequence[Json], draft: Json) -> Json:
    """``state.values`` of these blocks: what the draft holds, else what each field is at first."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in VALUE_KEYS:
                entered = draft.get(block["block_id"], {}).get(element["action_id"])
                kept = entered if entered and entered["type"] == element["type"] else initial_value(element)
                values.setdefault(block["block_id"], {})[element["action_id"]] = kept
    return values


def read_form(blocks: Sequence[Json], posted: Callable[[str, str], list[str] | None]) -> tuple[Json, dict[str, str]]:
    """The values that a form posted, and for each block id what is wrong with its input.

    ``posted(block_id, action_id)`` gives the strings of a field, None when the form did not show it.
    """
    values: Json = {}
    problems: dict[str, str] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in VALUE_KEYS:
                continue
            strings = posted(block["block_id"], element["action_id"])
            try:
                value = posted_value(element, strings) if strings is not None else initial_value(element)
            except ValueError as problem:
                problems[block["block_id"]] = str(problem)
                value = {"type": element["type"], VALUE_KEYS[element["type"]][0]: (strings or [""])[0]}
            values.setdefault(block["block_id"], {})[element["action_id"]] = value
            if block["type"] == "input" and not block.get("optional") and is_empty(value):
                problems.setdefault(block["block_id"], REQUIRED)
    return values, problems
