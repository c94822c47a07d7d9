"""How long it takes to read runbooks, against a bare markdown-it-py parse of the same files.

`./run bench runbooks [FOLDER]`. The bar: parse, split and digest together in at most 1.5 times the bare parse, and
a check of 1,500 runbooks in one run.
"""

from __future__ import annotations

import sys
import tempfile
import time
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


def ratio(folder: Path) -> tuple[int, float, float]:
    """Files, seconds of a bare parse, and seconds of ours: each the best of some rounds over all files."""
    files = [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.suffix in {".md", ".erb"}]
    texts = [data.decode("utf-8", "replace") for _, data in files]
    rounds = _ROUNDS_OF_FEW if len(files) < _FEW else _ROUNDS_OF_MANY
    bare = best(rounds, lambda: _parse_all(texts))
    ours = best(rounds, lambda: _read_all(folder, files))
    return len(files), bare, ours


def _read_all(folder: Path, files: Sequence[tuple[str, bytes]]) -> object:
    # Each round looks for the files that commands name anew, as each reading of a folder does.
    named = NamedFiles(folder).of
    return [parse(decode_source(data, name), name, named) for name, data in files]


def _parse_all(texts: list[str]) -> object:
    parser = make_parser()
    return [parser.parse(text) for text in texts]


def best(rounds: int, work: Callable[[], object]) -> float:
    """The shortest of so many rounds, in seconds of this process."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


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
        return report.files, checked, best(1, lambda: [parse_blocks(body) for body in bodies])


def main(arguments: Sequence[str]) -> int:
    """Prints both figures; 1 when the ratio is above the bar."""
    folder = Path(arguments[0]) if arguments else OWN
    files, bare, ours = ratio(folder)
    print(f"{files} runbooks: bare parse {bare * 1000:.0f} ms, ours {ours * 1000:.0f} ms, ratio {ours / bare:.2f}")  # noqa: T201 - a command's output
    checked, seconds, parsing = check_many(folder)
    share = max(0.0, 1 - parsing / seconds)
    print(f"check of {checked} runbooks: {seconds:.1f} s, {share:.0%} of it outside parsing")  # noqa: T201 - a command's output
    return int(ours / bare > MOST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
