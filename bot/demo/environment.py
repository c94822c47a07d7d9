"""The demo's own look at the environment, and the small environments that it gives to the programs it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.layout import Layout


def inherited() -> dict[str, str]:
    """A copy of this process's environment."""
    return dict(os.environ)  # noqa: TID251 - the one place where the demo reads the environment


def programs_folder() -> Path:
    """Where pip put the programs that came with the requirements: beside the running interpreter."""
    return Path(sys.executable).parent


def project_folder() -> Path:
    """The checkout: the folder that holds `bot`."""
    return Path(__file__).resolve().parents[2]


def default_state() -> Path:
    """The folder of the estate when none is named."""
    return project_folder() / ".state" / "demo"


def for_programs(layout: Layout) -> dict[str, str]:
    """What a program of the estate sees: nothing of the caller's but PATH, so that two machines behave alike."""
    path = [str(layout.programs), str(programs_folder()), inherited().get("PATH", os.defpath)]
    return {
        "PATH": os.pathsep.join(path),
        "PYTHONPATH": str(project_folder()),
        "HOME": str(layout.work),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "ESTATE_DIR": str(layout.estate),
        # Run by root, tar would give a restored database the owners that are written in the archive.
        "TAR_OPTIONS": "--no-same-owner",
    }
