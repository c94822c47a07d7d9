"""How long it takes to read runbooks, against a bare markdown-it-py parse of the same files.

`./run bench runbooks [FOLDER]`. The bar: parse, split and digest together in at most 1.5 times the bare parse, and
a check of 1,500 runbooks in one run. Words that were read before are remembered: what the first reading takes is
printed too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runbook.document import make_parser, parse_blocks
from bot.runbook.lint import check_folder
from bot.runbook.named_files import NamedFiles
from bot.runbook.parse import parse
from bot.runbook.source import decode_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OWN = Path(__file__).parent.parent / "fixtures" / "runbooks"
MOST = 1.5
CHECKED = 1500
_FEW = 100
_ROUNDS_OF_FEW, _ROUNDS_OF_MANY = 20, 3


@dataclass(frozen=True)
class Ratio:
    """Files, and the seconds of a bare parse and of ours in each round over all of them, taken in turn."""

    files: int
    bare: tuple[float, ...]
    ours: tuple[float, ...]

    @property
    def best(self) -> float:
        """Of the shortest rounds: what else the machine does only makes rounds longer."""
        return min(self.ours) / min(self.bare)

    @property
    def first(self) -> float:
        """Of the first rounds."""
        return self.ours[0] / self.bare[0]


def ratio(folder: Path) -> Ratio:
    """Times both over the runbooks of a folder."""
    files = [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.suffix in {".md", ".erb"}]
    texts = [data.decode("utf-8", "replace") for _, data in files]
    rounds = _ROUNDS_OF_FEW if len(files) < _FEW else _ROUNDS_OF_MANY
    _parse_all(["x"])
    _read_all(folder, [("x.md", b"x")])
    taken = [(seconds(_parse_all, texts), seconds(_read_all, folder, files)) for _ in range(rounds)]
    bare, ours = zip(*taken, strict=True)
    return Ratio(len(files), bare, ours)


def _read_all(folder: Path, files: Sequence[tuple[str, bytes]]) -> object:
    # Each round looks for the files that commands name anew, as each reading of a folder does.
    named = NamedFiles(folder).of
    return [parse(decode_source(data, name), name, named) for name, data in files]


def _parse_all(texts: list[str]) -> object:
    parser = make_parser()
    return [parser.parse(text) for text in texts]


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """What a call takes, in seconds of this process."""
    begun = time.process_time()
    work(*arguments)
    return time.process_time() - begun


def check_many(folder: Path, count: int = CHECKED) -> tuple[int, float, float]:
    """Files and seconds of one check over `count` copies of the runbooks of a folder; seconds of their block parse."""
    paths = sorted(folder.rglob("*.md"))
    with tempfile.TemporaryDirectory() as place:
        for index in range(count):
            (Path(place) / f"{index}.md").write_bytes(paths[index % len(paths)].read_bytes())
        begun = time.process_time()
        report = check_folder(Path(place), {}, date(2026, 1, 1))
        checked = time.process_time() - begun
        bodies = [decode_source(path.read_bytes(), path.name).body for path in Path(place).iterdir()]
        return report.files, checked, seconds(lambda: [parse_blocks(body) for body in bodies])


def main(arguments: Sequence[str]) -> int:
    """Prints both figures; 1 when the ratio is above the bar."""
    folder = Path(arguments[0]) if arguments else OWN
    read = ratio(folder)
    print(  # noqa: T201 - a command's output
        f"{read.files} runbooks: bare parse {min(read.bare) * 1000:.0f} ms, ours {min(read.ours) * 1000:.0f} ms, "
        f"ratio {read.best:.2f}; read for the first time {read.first:.2f}"
    )
    checked, taken, parsing = check_many(folder)
    share = max(0.0, 1 - parsing / taken)
    print(f"check of {checked} runbooks: {taken:.1f} s, {share:.0%} of it outside parsing")  # noqa: T201 - a command's output
    return int(read.best > MOST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
