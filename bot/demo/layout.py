"""Where everything of one demo estate lies. All of it is in one folder; nothing is written anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths below the state folder, which is absolute."""

    state: Path

    @property
    def record(self) -> Path:
        """What runs, where, under which process ids."""
        return self.state / "estate.json"

    @property
    def estate(self) -> Path:
        """What burns: data, scratch, and the responders' tools. Runbooks know it as ESTATE_DIR."""
        return self.state / "estate"

    @property
    def backups(self) -> Path:
        """Where the copies lie. In real life: another machine."""
        return self.state / "backups"

    @property
    def archive(self) -> Path:
        """What the storage archive serves."""
        return self.backups / "archive"

    @property
    def aside(self) -> Path:
        """Damaged data that was moved out of the way. Nothing here is ever deleted."""
        return self.estate / "aside"

    @property
    def configuration(self) -> Path:
        """Configuration of the backup tools, and the password that readers of the archive use."""
        return self.estate / "etc"

    @property
    def programs(self) -> Path:
        """The responders' tools: `estate`, `psql`, `barman` with its configuration."""
        return self.estate / "bin"

    @property
    def removed(self) -> Path:
        """What `break` took out of the backups, so that `mend` can put it back."""
        return self.state / "removed"

    @property
    def work(self) -> Path:
        """Room for half-made things; also the home of the programs."""
        return self.state / "work"

    @property
    def reader_password(self) -> Path:
        """The password of the storage archive, as those who restore read it."""
        return self.configuration / "archive.password"

    @property
    def rclone_configuration(self) -> Path:
        """Names the storage archive for rclone, without its password."""
        return self.configuration / "rclone.conf"

    @property
    def barman_configuration(self) -> Path:
        """Names the server `orders` for barman."""
        return self.configuration / "barman.conf"

    @property
    def litestream_configuration(self) -> Path:
        """Names the database of reporting and its replica for litestream."""
        return self.configuration / "litestream.yml"

    @property
    def console(self) -> Path:
        """The state of the console, which stands in for Slack."""
        return self.state / "console"

    @property
    def bot(self) -> Path:
        """The state of the bot."""
        return self.state / "bot"

    @property
    def bot_exports(self) -> Path:
        """The bot's settings as lines for a shell, while the estate is up: `./run bot` reads them."""
        return self.state / "bot.env"

    @property
    def runbooks(self) -> Path:
        """The runbooks as the bot reads them: links, and a policy that names whoever runs the demo."""
        return self.state / "runbooks"

    def data(self, system: str) -> Path:
        """A system's living data."""
        return self.estate / "data" / system

    def scratch(self, system: str) -> Path:
        """Where a drill restores a system."""
        return self.estate / "scratch" / system

    def snapshots(self, system: str) -> Path:
        """A system's copied snapshots, a folder each."""
        return self.backups / "files" / system

    def truth(self, system: str) -> Path:
        """What the living system acknowledged, a JSON object a line."""
        return self.state / "truth" / f"{system}.jsonl"

    def log(self, name: str) -> Path:
        """The output of one process."""
        return self.state / "log" / f"{name}.log"

    def make(self) -> None:
        """Makes the folders that everything else expects. Only their owner may look inside."""
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (
            *(self.estate / name for name in ("data", "scratch", "aside", "etc", "bin")),
            self.backups / "files",
            self.removed,
            self.work,
            self.state / "truth",
            self.state / "log",
        ):
            folder.mkdir(parents=True, exist_ok=True)
