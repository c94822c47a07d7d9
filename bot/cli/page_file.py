"""A page written into a file that somebody named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import BringbackError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.cli.screen import Screen


def write_page(screen: Screen, file: Path, page: str) -> None:
    """Write it and say so on the error stream. Raises BringbackError when the file cannot be written."""
    if file.suffix == ".md":
        raise BringbackError(f"{file} is markdown: no page is written over it.", "Name a file that ends in .html.")
    try:
        file.write_text(page, encoding="utf-8", errors="replace")
    except OSError as error:
        raise BringbackError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    screen.err.print(f"Written: {file}", soft_wrap=True)
