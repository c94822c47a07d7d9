"""Open modals, a stack for each person, and their App Homes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import ApiError
from .limits import LIMITS
from .records import Json, View, to_json, view_from
from .validate import check_view, elements_of, with_ids
from .workspace import fresh_id

if TYPE_CHECKING:
    from .workspace import Workspace


class Views:
    """What is open in front of each person."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        for _, raw in workspace.journal.values("stack"):
            for view in map(view_from, raw):
                self._stacks.setdefault(view.user, []).append(view)
        for _, raw in workspace.journal.values("home"):
            self._homes[raw["user"]] = view_from(raw)

    def stack(self, user: str) -> list[View]:
        """The open modals of a person, the visible one last."""
        return list(self._stacks.get(user, []))

    def top(self, user: str) -> View | None:
        """The modal that a person sees."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """The App Home of a person, once the app published one."""
        return self._homes.get(user)

    def open(self, user: str, body: Json) -> View:
        """Shows a modal in place of whatever was open."""
        view = self._made(user, body, None)
        self._keep(user, [view])
        return view

    def push(self, user: str, body: Json) -> View:
        """Lays a modal over the open one. Raises ApiError when there is none, or when three are open."""
        stack = self.stack(user)
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= LIMITS["view.stack"].most:
            raise ApiError("push_limit_reached")
        view = self._made(user, body, stack[-1])
        self._keep(user, [*stack, view])
        return view

    def update(self, view: View, body: Json, expected_hash: str | None = None) -> View:
        """Replaces what a modal shows; what the person entered stays where the fields stay."""
        if expected_hash is not None and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        check_view(body, "modal")
        filled = {**body, "blocks": with_ids(body["blocks"], fresh_id("b"))}
        updated = replace(view, body=filled, hash=self._fresh_hash(filled), draft=_kept(view.draft or {}, filled))
        self.replace(updated)
        return updated

    def publish(self, user: str, body: Json, expected_hash: str | None = None) -> View:
        """Sets the App Home of a person."""
        before = self._homes.get(user)
        if expected_hash is not None and before is not None and expected_hash != before.hash:
            raise ApiError("hash_conflict")
        check_view(body, "home")
        filled = {**body, "blocks": with_ids(body["blocks"], fresh_id("b"))}
        view_id = before.id if before else fresh_id("V")
        view = View(view_id, user, self._fresh_hash(filled), filled, view_id)
        self.keep_home(view)
        return view

    def keep_home(self, view: View) -> None:
        """Stores the App Home of a person as it now is."""
        self._homes[view.user] = view
        self._workspace.journal.put("home", view.user, to_json(view))
        self._workspace.touched()

    def find(self, view_id: str | None, external_id: str | None = None) -> View:
        """A view by its id or the app's own. Raises ApiError when it is closed or never was."""
        everything = [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]
        for view in everything:
            if view.id == view_id or (external_id and view.body.get("external_id") == external_id):
                return view
        raise ApiError("not_found")

    def replace(self, view: View) -> None:
        """Stores an open view as it now is."""
        if self._homes.get(view.user, view).id == view.id and view.body["type"] == "home":
            self.keep_home(view)
            return
        self._keep(view.user, [view if each.id == view.id else each for each in self.stack(view.user)])

    def close(self, view: View) -> None:
        """Closes one modal and all above it."""
        stack = self.stack(view.user)
        position = next((index for index, each in enumerate(stack) if each.id == view.id), len(stack))
        self._keep(view.user, stack[:position])

    def clear(self, user: str) -> None:
        """Closes all modals of a person."""
        self._keep(user, [])

    def _made(self, user: str, body: Json, below: View | None) -> View:
        check_view(body, "modal")
        external_id = body.get("external_id")
        if external_id and any(
            each.body.get("external_id") == external_id for stack in self._stacks.values() for each in stack
        ):
            raise ApiError("duplicate_external_id")
        view_id = fresh_id("V")
        filled = {**body, "blocks": with_ids(body["blocks"], fresh_id("b"))}
        return View(
            id=view_id,
            user=user,
            hash=self._fresh_hash(filled),
            body=filled,
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
        )

    def _fresh_hash(self, body: Json) -> str:
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:8]
        return f"{self._workspace.next_ts()}.{digest}"

    def _keep(self, user: str, stack: list[View]) -> None:
        self._stacks[user] = stack
        self._workspace.journal.put("stack", user, [to_json(view) for view in stack])
        self._workspace.touched()


def _kept(draft: Json, body: Json) -> Json:
    """What of a draft still has its field, under the same block id and action id."""
    kept: Json = {}
    for block in body["blocks"]:
        for element in elements_of(block):
            value = draft.get(block["block_id"], {}).get(element["action_id"])
            if value is not None and value["type"] == element["type"]:
                kept.setdefault(block["block_id"], {})[element["action_id"]] = value
    return kept
