"""Runbooks as teams have them, without a word for this bot: parts, a link to another one, placeholders, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = """# Gateway outage

What to do when the gateway answers with errors.

## Restart the gateway

1. Look at the last errors

   ```sh
   ssh <gateway host> journalctl -u gateway -n 50
   ```

   and whether its disk is full:

   ```sh
   ssh <gateway host> df -h
   ```

2. Tell <!channel> and [the vendor](javascript:x) that it restarts
3. [Unseal the vault](vault.md)
4. Restart it

   ```sh
   ssh <gateway host> systemctl restart gateway
   ```

## Move to the standby

1. Point the name at the standby
2. Check that the standby answers
"""
VAULT = """# Vault unseal

1. Log in to the vault's host
2. Enter the first key
3. Enter the second key
"""


def write_walked(folder: Path) -> None:
    """Write them beside what is there."""
    (folder / "gateway.md").write_text(GATEWAY, encoding="utf-8")
    (folder / "vault.md").write_text(VAULT, encoding="utf-8")
