"""The settings with which the bot works on an estate: for the bot itself, and for `./run bot` in another terminal."""

from __future__ import annotations

import json
import os
import pwd
import shlex
from typing import TYPE_CHECKING

from bot.demo.environment import inherited, programs_folder, project_folder
from bot.demo.files import replace_file
from bot.demo.record import read_record

if TYPE_CHECKING:
    from bot.demo.layout import Layout

_TERMINAL_LOGIN = "root"  # whose place in policy.yaml the person takes who starts the demo


def bot_environment(layout: Layout) -> dict[str, str]:
    """The bot's environment on this estate, PATH among it. Writes the runbooks that it names."""
    write_runbooks(layout)
    path = os.pathsep.join([str(programs_folder()), inherited().get("PATH", os.defpath)])
    return _settings(layout) | {"PATH": path}


def bot_exports(layout: Layout) -> str:
    """The same as lines for a shell, whose own PATH stays behind the programs of this project."""
    write_runbooks(layout)
    lines = [f"export {name}={shlex.quote(value)}" for name, value in _settings(layout).items()]
    return "\n".join([*lines, f'export PATH={shlex.quote(str(programs_folder()))}:"$PATH"', ""])


def write_bot_exports(layout: Layout) -> None:
    """Keeps these lines in the file that `./run bot` reads, for as long as the estate is up."""
    replace_file(layout.bot_exports, bot_exports(layout).encode())


def write_runbooks(layout: Layout) -> None:
    """Links to the project's runbooks, and its policy with whoever runs the demo as the responder at the terminal."""
    source = project_folder() / "runbooks"
    layout.runbooks.mkdir(exist_ok=True)
    for path in sorted(source.glob("*.md")):
        link = layout.runbooks / path.name
        if not link.is_symlink():
            link.symlink_to(path)
    policy = (source / "policy.yaml").read_text(encoding="utf-8")
    mine = policy.replace(f"login: {_TERMINAL_LOGIN},", f"login: {json.dumps(terminal_login())},")
    replace_file(layout.runbooks / "policy.yaml", mine.encode())


def terminal_login() -> str:
    """The login of the user that this process runs as. The bot asks the kernel as well, never LOGNAME or USER."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _settings(layout: Layout) -> dict[str, str]:
    return {
        "ESTATE_DIR": str(layout.estate),
        "STATE_DIR": str(layout.bot),
        "RUNBOOKS_DIR": str(layout.runbooks),
        "PORT": str(read_record(layout.record).ports["bot"]),
        "SITE": "local",
    }
