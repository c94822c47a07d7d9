"""Times, ports, zones and the responders' toolbox."""

from __future__ import annotations

import socket
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from dnslib import QTYPE

from bot.demo.clock import compact, from_rfc3339, rfc3339
from bot.demo.layout import Layout
from bot.demo.ports import free_port, is_free
from bot.demo.services.dns_server import Zones
from bot.demo.services.docs import build_index
from bot.demo.toolbox import write_toolbox

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = timezone(timedelta(hours=1))
ZONE = "$ORIGIN estate.test.\n$TTL 5\napi IN A 127.0.0.1\n_api._tcp IN SRV 0 0 20080 api\n"


def test_a_time_is_written_in_utc_with_microseconds_and_read_back() -> None:
    moment = datetime(2026, 11, 22, 11, 15, 0, 5, tzinfo=BERLIN)
    assert rfc3339(moment) == "2026-11-22T10:15:00.000005Z"
    assert from_rfc3339(rfc3339(moment)) == moment


def test_names_of_folders_sort_by_time() -> None:
    moments = [datetime(2026, 11, 22, 10, 15, tzinfo=UTC) + timedelta(microseconds=n * 999_999) for n in range(5)]
    assert sorted(compact(moment) for moment in moments) == [compact(moment) for moment in moments]


def test_a_free_port_is_none_of_those_taken() -> None:
    ports: list[int] = []
    for _ in range(20):
        ports.append(free_port(ports))
    assert len(set(ports)) == 20


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not is_free(server.getsockname()[1])


def test_zones_are_read_again_when_they_change(tmp_path: Path) -> None:
    (tmp_path / "services.zone").write_text(ZONE, encoding="ascii")
    zones = Zones(tmp_path)
    zones.refresh()
    assert zones.find("_api._tcp.estate.test.", QTYPE.SRV)[0].rdata.port == 20080
    (tmp_path / "more.zone").write_text("$ORIGIN estate.test.\n$TTL 5\ndocs IN A 127.0.0.1\n", encoding="ascii")
    (tmp_path / "services.zone").unlink()
    zones.refresh()
    assert (zones.count(), len(zones.find("api.estate.test.", QTYPE.A))) == (1, 0)


def test_the_canary_is_not_counted_among_the_records(tmp_path: Path) -> None:
    (tmp_path / "canary.zone").write_text('$ORIGIN estate.test.\n$TTL 1\ncanary IN TXT "t" "w"\n', encoding="ascii")
    zones = Zones(tmp_path)
    zones.refresh()
    assert zones.count() == 0


def test_the_index_names_the_pages_that_hold_a_word(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("restore order", encoding="utf-8")
    (tmp_path / "two.md").write_text("order", encoding="utf-8")
    assert build_index(tmp_path)["order"] == ["one", "two"]


def test_the_toolbox_works_in_a_folder_whose_name_needs_quoting(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "it's a $HOME")
    layout.make()
    write_toolbox(layout)
    script = '. "$1/env.sh"; for tool in estate psql barman; do command -v $tool; done; echo "$ESTATE_DIR"'
    said = subprocess.run(["sh", "-c", script, "sh", layout.estate], check=True, capture_output=True, text=True).stdout
    tools = [str(layout.programs / name) for name in ("estate", "psql", "barman")]
    assert said.splitlines() == [*tools, str(layout.estate)]
