"""The names that an estate knows."""

from __future__ import annotations

import pytest

from bot.domain.errors import UnknownName
from bot.domain.estate import make_estate
from bot.domain.runbook import Plan, Runbook, System


def test_a_runbook_that_nobody_wrote_gets_every_name_that_can_be_walked_once() -> None:
    books = [
        Runbook("keys", "keys.md", "Keys", ()),
        Runbook("orders-db", "orders-db.md", "Orders", (), system=System("orders-db", "orders-db")),
        Runbook("full-site", "full-site.md", "Site", (), plan=Plan("full-site", "full-site", ("orders-db",))),
    ]
    with pytest.raises(UnknownName) as unknown:
        make_estate(books).runbook("nosuch")
    assert unknown.value.helps == "Known: keys, orders-db."
