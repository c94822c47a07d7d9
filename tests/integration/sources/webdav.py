"""Snapshot folders behind a real `rclone serve webdav` with a password."""

from __future__ import annotations

import socket
import subprocess
import time
from typing import TYPE_CHECKING

from bot.sources.registry import Source, make_source
from tests.integration.sources.worlds import ENVIRONMENT, SnapshotWorld, backup, run

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse battery staple"
_PATIENCE = 10.0


class RcloneWorld(SnapshotWorld):
    """The same folders as on disk, read through WebDAV; the password stands in a file of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.password_file = folder / "password"
        self.password_file.write_text(f"{PASSWORD}\n")
        self.config = folder / "rclone.conf"
        self.port = _free_port()
        self._serve()
        self.config.write_text(
            f"[store]\ntype = webdav\nurl = http://127.0.0.1:{self.port}\nvendor = rclone\nuser = u\n"
        )
        self.source: Source = make_source(
            backup("rclone", remote="store:", config=self.config, password_file=self.password_file), ENVIRONMENT
        )

    def vanish(self) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server."""
        if self._server.poll() is None:
            self._server.terminate()
            self._server.wait(timeout=10)

    def _serve(self) -> None:
        argv = [
            "rclone",
            "serve",
            "webdav",
            str(self.root),
            "--addr",
            f"127.0.0.1:{self.port}",
            "--config",
            "/dev/null",
        ]
        self._server = subprocess.Popen(
            [*argv, "--user", "u", "--pass", PASSWORD, "--dir-cache-time", "0s"],
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE
        while not _answers(self.port):
            assert time.monotonic() < deadline, "rclone serves nothing"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(0.05)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def obscured(password: str) -> str:
    """A password as rclone's configuration holds it."""
    return run("rclone", "obscure", password).strip()
