"""The interactive elements of Block Kit, and the objects they are composed of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .checks import (
    Check,
    Faults,
    Field,
    any_string,
    anything,
    boolean,
    both,
    by_type,
    fault,
    integer,
    items,
    matching,
    may,
    need,
    obj,
    one_of,
    string,
    text,
    web_address,
)
from .limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES: Final = LIMITS["file_input.max_files"]
DATE: Final = matching(r"\d{4}-\d\d-\d\d", "a date (YYYY-MM-DD)")
TIME: Final = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time (HH:mm)")

CONFIRM: Final = obj(
    {
        "title": need(text("confirm.title", "plain_text")),
        "text": need(text("confirm.text")),
        "confirm": need(text("confirm.confirm", "plain_text")),
        "deny": need(text("confirm.deny", "plain_text")),
        "style": may(one_of("primary", "danger")),
    },
)


def option(*text_kinds: str, linked: bool = False) -> Check:
    """One choice; ``linked`` allows the url of an overflow menu."""
    return obj(
        {
            "text": need(text("option.text", *text_kinds)),
            "value": need(string("option.value")),
            "description": may(text("option.description", *text_kinds)),
            **({"url": may(web_address("button.url"))} if linked else {}),
        },
    )


PLAIN_OPTION: Final = option("plain_text")
RICH_OPTION: Final = option("plain_text", "mrkdwn")
OPTION_GROUP: Final = obj(
    {"label": need(text("option_group.label", "plain_text")), "options": need(items("select.options", PLAIN_OPTION))},
)
INTERACTIVE: Final = {"type": need(any_string), "action_id": may(string("action_id")), "confirm": may(CONFIRM)}
ENTRY: Final = {
    "type": need(any_string),
    "action_id": may(string("action_id")),
    "placeholder": may(text("placeholder", "plain_text")),
    "focus_on_load": may(boolean),
}
MENU: Final = {**ENTRY, "confirm": may(CONFIRM)}
OPTIONS: Final = {
    "options": may(items("select.options", PLAIN_OPTION)),
    "option_groups": may(items("select.option_groups", OPTION_GROUP)),
}
SEARCHED: Final = {"min_query_length": may(integer)}
MANY: Final = {"max_selected_items": may(integer)}
DISPATCH: Final = obj({"trigger_actions_on": may(anything)})


def initially_among(key: str) -> Check:
    """What is chosen at first must be one of the options, word for word."""

    def check(value: Any, where: str, faults: Faults) -> None:
        chosen = value.get(key)
        chosen = chosen if isinstance(chosen, list) else [chosen] if chosen else []
        offered = {json.dumps(each, sort_keys=True) for each in _offered(value)}
        if any(json.dumps(each, sort_keys=True) not in offered for each in chosen):
            fault(faults, f"{key} must be one of the options", f"{where}/{key}")

    return check


def _offered(element: Any) -> list[Any]:
    grouped = [each for group in element.get("option_groups") or [] for each in group.get("options", [])]
    return [*(element.get("options") or []), *grouped]


def one_list_of_options(value: Any, where: str, faults: Faults) -> None:
    """A select has options or option groups, not both and not neither."""
    if bool(value.get("options")) == bool(value.get("option_groups")):
        fault(faults, "must have exactly one of options and option_groups", where)


def few_files(value: Any, where: str, faults: Faults) -> None:
    """A place for files takes one to ten of them."""
    most = value.get("max_files", FILES.most)
    if isinstance(most, int) and not FILES.least <= most <= FILES.most:
        fault(faults, f"must be {FILES.least} to {FILES.most}", f"{where}/max_files")


def _select(initial: str, initial_check: Check, extra: Mapping[str, Field]) -> Check:
    return obj({**MENU, initial: may(initial_check), **extra})


_BUTTON: Final = obj(
    {
        **INTERACTIVE,
        "text": need(text("button.text", "plain_text")),
        "value": may(string("button.value")),
        "url": may(web_address("button.url")),
        "style": may(one_of("primary", "danger")),
        "accessibility_label": may(string("button.accessibility_label")),
        "visible_to_user_ids": may(items("select.options", any_string)),
    },
)
_ID: Final = any_string
_IDS: Final = items("select.options", any_string)
_CONVERSATIONS: Final = {
    "filter": may(anything),
    "default_to_current_conversation": may(boolean),
    "response_url_enabled": may(boolean),
}

ELEMENTS: Final[dict[str, Check]] = {
    "button": _BUTTON,
    "overflow": obj({**INTERACTIVE, "options": need(items("overflow.options", option("plain_text", linked=True)))}),
    "static_select": both(
        _select("initial_option", PLAIN_OPTION, OPTIONS), one_list_of_options, initially_among("initial_option")
    ),
    "multi_static_select": both(
        _select("initial_options", items("select.options", PLAIN_OPTION), {**OPTIONS, **MANY}),
        one_list_of_options,
        initially_among("initial_options"),
    ),
    "external_select": _select("initial_option", PLAIN_OPTION, SEARCHED),
    "multi_external_select": _select("initial_options", items("select.options", PLAIN_OPTION), {**SEARCHED, **MANY}),
    "users_select": _select("initial_user", _ID, {}),
    "multi_users_select": _select("initial_users", _IDS, MANY),
    "channels_select": _select("initial_channel", _ID, {"response_url_enabled": may(boolean)}),
    "multi_channels_select": _select("initial_channels", _IDS, MANY),
    "conversations_select": _select("initial_conversation", _ID, _CONVERSATIONS),
    "multi_conversations_select": _select("initial_conversations", _IDS, {**MANY, **_CONVERSATIONS}),
    "radio_buttons": both(
        obj(
            {
                **INTERACTIVE,
                "focus_on_load": may(boolean),
                "options": need(items("choices.options", RICH_OPTION)),
                "initial_option": may(RICH_OPTION),
            }
        ),
        initially_among("initial_option"),
    ),
    "checkboxes": both(
        obj(
            {
                **INTERACTIVE,
                "focus_on_load": may(boolean),
                "options": need(items("choices.options", RICH_OPTION)),
                "initial_options": may(items("choices.options", RICH_OPTION)),
            }
        ),
        initially_among("initial_options"),
    ),
    "datepicker": _select("initial_date", DATE, {}),
    "timepicker": _select("initial_time", TIME, {"timezone": may(any_string)}),
    "datetimepicker": obj({**INTERACTIVE, "focus_on_load": may(boolean), "initial_date_time": may(integer)}),
    "plain_text_input": obj(
        {
            **ENTRY,
            "initial_value": may(string("plain_text_input.min_length")),
            "multiline": may(boolean),
            "min_length": may(integer),
            "max_length": may(integer),
            "dispatch_action_config": may(DISPATCH),
        }
    ),
    "number_input": obj(
        {
            **ENTRY,
            "is_decimal_allowed": need(boolean),
            "initial_value": may(any_string),
            "min_value": may(any_string),
            "max_value": may(any_string),
            "dispatch_action_config": may(DISPATCH),
        }
    ),
    "email_text_input": obj({**ENTRY, "initial_value": may(any_string), "dispatch_action_config": may(DISPATCH)}),
    "url_text_input": obj({**ENTRY, "initial_value": may(any_string), "dispatch_action_config": may(DISPATCH)}),
    "file_input": both(
        obj(
            {
                "type": need(any_string),
                "action_id": may(string("action_id")),
                "filetypes": may(items("select.options", any_string)),
                "max_files": may(integer),
            }
        ),
        few_files,
    ),
    "image": obj(
        {
            "type": need(any_string),
            "image_url": need(web_address("image.url")),
            "alt_text": need(string("image.alt_text")),
        }
    ),
}
TYPED: Final = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
IN_SECTION: Final = tuple(kind for kind in ELEMENTS if kind not in {*TYPED, "file_input"})
IN_ACTIONS: Final = tuple(kind for kind in ELEMENTS if kind not in {*TYPED, "file_input", "image"})
IN_INPUT: Final = tuple(kind for kind in ELEMENTS if kind not in {"button", "overflow", "image"})


def element(*only: str) -> Check:
    """An element of one of these types."""
    return by_type(lambda: ELEMENTS, only)
