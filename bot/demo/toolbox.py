"""What responders find in ESTATE_DIR: env.sh, which puts the tools on PATH, and the tools themselves."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING

from bot.demo import postgres
from bot.demo.environment import programs_folder, project_folder
from bot.demo.files import replace_file

if TYPE_CHECKING:
    from bot.demo.layout import Layout

_FROM_POSTGRES = ("psql", "pg_isready", "pg_amcheck", "pg_verifybackup", "pg_waldump")


def write_toolbox(layout: Layout) -> None:
    """Writes env.sh and the tools anew."""
    environment = [
        '# The responders\' environment on this estate: `. "$ESTATE_DIR/env.sh"` as the first line of a command.',
        f"ESTATE_DIR={shlex.quote(str(layout.estate))}",
        f'PATH="$ESTATE_DIR/bin:"{shlex.quote(str(programs_folder()))}":$PATH"',
        'RCLONE_CONFIG="$ESTATE_DIR/etc/rclone.conf"',
        f"BACKUPS_DIR={shlex.quote(str(layout.backups))}",
        "TAR_OPTIONS=--no-same-owner",
        "PGHOST=127.0.0.1 PGUSER=postgres PGDATABASE=postgres",
        "LC_ALL=C.UTF-8",
        "export ESTATE_DIR PATH RCLONE_CONFIG BACKUPS_DIR TAR_OPTIONS PGHOST PGUSER PGDATABASE LC_ALL",
        "",
    ]
    replace_file(layout.estate / "env.sh", "\n".join(environment).encode())
    python = f"PYTHONPATH={shlex.quote(str(project_folder()))} exec {shlex.quote(sys.executable)}"
    estate = f"{python} -m bot.demo.estate --state {shlex.quote(str(layout.state))}"
    barman = f"exec {shlex.quote(str(programs_folder() / 'barman'))} -c {shlex.quote(str(layout.barman_configuration))}"
    tools = {"estate": estate, "barman": barman}
    for name in _FROM_POSTGRES:
        program = postgres.programs() / name
        if program.exists():
            tools[name] = f"exec {shlex.quote(str(program))}"
    for name, line in tools.items():
        replace_file(layout.programs / name, f'#!/bin/sh\n{line} "$@"\n'.encode(), mode=0o755)


def find_program(name: str) -> str:
    """A program that came with the requirements."""
    return shutil.which(name, path=str(programs_folder())) or name
